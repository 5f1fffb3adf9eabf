"""What-ifs. Everybody is tried with other figures, month by month, and nothing is decided; what it would cost is
added up.
"""
