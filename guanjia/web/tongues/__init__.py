"""The languages of the house. Which there are, how the book's own words are told in each, in pages and in a
terminal; where the catalogues lie compiled; and how Traditional is written.
"""
