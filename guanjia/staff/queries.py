"""Questions about posts: who holds which, who may take one over, what was handed to whom."""

from datetime import date

from django.db.models import Q, QuerySet, Sum

from guanjia.staff import open_work
from guanjia.staff.models import Handover, Post, User
from guanjia.staff.roles import CHIEFS, ROLES


def posts_of(user_id: int, on: date) -> QuerySet[Post]:
    """The posts that a user holds on a day, with their places."""
    return in_force(on).filter(user_id=user_id)


def in_force(on: date) -> QuerySet[Post]:
    """The posts that are held on a day, with their places and holders, of accounts not locked."""
    held = Post.objects.filter(since__lte=on, user__is_active=True)
    return held.filter(Q(until__isnull=True) | Q(until__gt=on)).select_related("place", "user")


def in_places(place: str) -> QuerySet[Post]:
    """All posts of a place and of those below it, past ones too."""
    found = Post.objects.filter(place__code__startswith=place)
    return found.select_related("place", "user", "stands_in_for__user")


def successors(post: Post, left: dict[str, int], on: date) -> list[Post]:
    """Posts that can take over on a day: in force, over the same place, able to do all that is open."""
    needed = {open_work.KINDS[code].may for code in left}
    found = in_force(on).exclude(pk=post.pk).exclude(user_id=post.user_id)
    above = [post.place_id[:digits] for digits in range(6, len(post.place_id) + 1)]
    able = [role for role, may in ROLES.items() if may and needed <= may]
    return list(found.filter(place_id__in=above, role__in=able).order_by("-place_id", "role", "pk"))


def chief_over(post: Post, on: date) -> Post | None:
    """The nearest chief over a post's place, other than its holder."""
    above = [post.place_id[:digits] for digits in range(6, len(post.place_id) + 1)]
    found = in_force(on).filter(place_id__in=above, role__in=CHIEFS)
    return found.exclude(user_id=post.user_id).order_by("-place_id", "pk").first()


def handed_to(user_id: int) -> list[tuple[Handover, int]]:
    """Handovers to a user's posts that he has not taken yet, and how much was open at each."""
    found = Handover.objects.filter(to__user_id=user_id, taken__isnull=True)
    counted = found.annotate(amount=Sum("open_work__count")).order_by("-pk")
    return [(one, one.amount or 0) for one in counted.select_related("post__place", "post__user")]


def users() -> QuerySet[User]:
    """All accounts, by name."""
    return User.objects.order_by("username")
