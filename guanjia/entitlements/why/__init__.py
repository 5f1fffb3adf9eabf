"""Why. A stored decision explained by the book and the facts of its day, or what the text says now, and the
decisions of one person or household as periods.
"""
