"""The tables of books and of what comes after a payment. Each promise that the database holds stands with the row
that it is made of.
"""
