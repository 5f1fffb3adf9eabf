"""Leads for a visit. Who may miss something, or have what may not be owed; the lists, and what a named person found
there.
"""
