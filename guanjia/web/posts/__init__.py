"""Posts and accounts, for the administrator. Who sits where and from when, who takes over, who can sign in and
where one is signed in.
"""
