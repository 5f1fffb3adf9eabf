"""The scoreboard. A month is taken from the cases at a moment, its sums are published with numerator and
denominator, and anybody may have them counted again.
"""
