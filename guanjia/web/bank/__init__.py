"""The bank's side of a month. A file is sent, its return is read, what failed is put right, and what was too
much is asked back.
"""
