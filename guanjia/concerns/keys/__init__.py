"""What opens a matter without an account, and what keeps others out. A tracking code, a contact proved by six
digits, the sealed cookies of a browser; and how often an address may try.
"""
