"""What keeps a house from starting."""


class UnsafeRole(RuntimeError):
    """The database role would ignore row security: what it is, why not, what to use."""


class NotReady(RuntimeError):
    """The database lacks what this program needs: what, and which command makes it."""
