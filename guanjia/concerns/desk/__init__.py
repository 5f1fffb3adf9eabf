"""A desk's own day. Its inbox, one matter with everything that may be done next, several at once, who asked, what is
the same matter, what it was told, and what waits below it.
"""
