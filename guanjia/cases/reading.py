"""What a desk was told and has read: marked by the desk that it was told to, and by nobody above or below."""

from datetime import datetime

from guanjia.cases import queries
from guanjia.cases.models import Notice
from guanjia.staff.models import Post


def read_one(post: Post, number: int, at: datetime) -> Notice | None:
    """One notice of the desk, now read; None where it is not of the desk."""
    found = queries.told_to(post).select_related("event").filter(pk=number).first()
    if found is not None:
        queries.unread(post).filter(pk=number).update(read_at=at)
    return found


def read_until(post: Post, number: int, at: datetime) -> int:
    """Everything up to that one is read: what came while the page was open is not. Returns how many."""
    return queries.unread(post).filter(pk__lte=number).update(read_at=at)
