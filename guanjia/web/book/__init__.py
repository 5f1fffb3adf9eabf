"""The policy book in public. Which one is shown, its chapters laid out for reading, expressions read aloud,
figures over time as charts are given them.
"""
