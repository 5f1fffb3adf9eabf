"""The pages of those who ask. Asking in four steps, one's own matter by its slip, all one's matters by a
code to a contact, and the photos that come with them.
"""
