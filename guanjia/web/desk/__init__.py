"""The desk of one who keeps files. Changes of facts, registrations, merges and splits, each asked by one person
and answered by a second.
"""
