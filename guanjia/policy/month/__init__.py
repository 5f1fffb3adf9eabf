"""From one month to the next: who must be decided again, and what they come to.

A third reading of the same text, over columns of persons. It serves those of a city of whom
something new is recorded or whom time touches: a few hundred thousand, whose statement a planner
would take longer over than their rules. It is held against both other readings.
"""
