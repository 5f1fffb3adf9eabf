"""A month decided. The whole city sifted, some families looked at one by one on all cores, the past decided again
as now known, and what was ever decided decided anew to compare.
"""
