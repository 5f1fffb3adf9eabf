"""After a payment was posted. What is held before it is sent, what a bank answers, accounts put right, what was too
much, and the files themselves.
"""
