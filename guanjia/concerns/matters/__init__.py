"""One matter, as every page and job works with it. Opened with its code, put under a category, looked for,
looked at, told in words. It knows neither who asks for it nor on which page it stands.
"""
