"""Families as the rules read them. As they stood on a day and were known at a moment, one by one or a whole city
laid out; what a result means beside an award, and of whom a row speaks.
"""
