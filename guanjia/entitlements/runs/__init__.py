"""A run from asking to payment. The office's verbs, the jobs that decide and pay, the pages and the terminal where
two people ask and approve.
"""
