"""The demonstration. A city is filled, staffed, paid for some months and asked of; then it is told in one screen,
with the addresses to look at first.
"""
