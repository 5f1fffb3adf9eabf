"""Persons and households as a post's reach allows. The search, one of them with all that is known, and the log
of who looked.
"""
