"""What the words of a matter say. Which category it is likely of, which matters are likely the same, what in it is
personal, which topics keep coming back. Hints that people decide on.
"""
