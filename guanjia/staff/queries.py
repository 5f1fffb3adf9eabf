"""Questions about posts."""

from datetime import date

from django.db.models import Q, QuerySet

from guanjia.staff.models import Post


def posts_of(user_id: int, on: date) -> QuerySet[Post]:
    """The posts that a user holds on a day, with their places."""
    held = Post.objects.filter(user_id=user_id, since__lte=on)
    return held.filter(Q(until__isnull=True) | Q(until__gt=on)).select_related("place", "user")
