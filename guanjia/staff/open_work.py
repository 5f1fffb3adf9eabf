"""Open work of a post: rooms say here what lies at a desk, so that no desk empties in silence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from guanjia.staff.models import Post
from guanjia.staff.roles import ROLES, May

MOST = 10_000  # counted no further: a handover need not know


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of open work. `may` is what a successor must be allowed; `count` is asked under the
    scope of the post and counts at most MOST; `page` is the URL name of where it lies.
    """

    code: str
    label: Promise | str
    may: May
    page: str
    count: Callable[[Post], int]


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """A room names what may be open at a desk, when it starts."""
    KINDS.update({kind.code: kind for kind in kinds})


def some(rows: QuerySet[Any]) -> int:
    """How many rows there are, counted up to MOST."""
    return len(rows.values_list("pk", flat=True)[:MOST])


def of(post: Post) -> dict[str, int]:
    """What is open at the desk: kind to how much, without what is not. Under the post's scope."""
    asked = (kind for kind in KINDS.values() if kind.may in ROLES[post.role])
    counts = {kind.code: kind.count(post) for kind in asked}
    return {code: count for code, count in counts.items() if count}
