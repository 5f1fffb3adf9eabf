"""Questions about concerns: the asker's own, a desk's list, who waits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case as Sorted
from django.db.models import Count, Prefetch, Q, QuerySet, When
from django.utils.translation import gettext_lazy

from guanjia.cases.models import Case, Event, Notice, State
from guanjia.cases.queries import told_to
from guanjia.concerns.matters import contacts
from guanjia.concerns.models import Concern, SavedFilter
from guanjia.kit.scope import place_range
from guanjia.people import seal
from guanjia.places import queries as places
from guanjia.places.models import Place
from guanjia.staff import lists
from guanjia.staff.lists import Column, Key, Sight
from guanjia.staff.models import Post

PAGE, FEW = 50, 20
MOST_BESIDE = PAGE + FEW  # of one asker, counted beside a case
BELOW = "+"  # after a place: its desk and every one below
DESK = re.compile(r"[0-9]{6}([0-9]{3}){0,2}[+]?")
MOST_FILTERS = 20
MARKED = 99  # unread notices are counted so far
NUMBER = re.compile(r"[0-9]{1,18}")
OPEN, LATE, ALL = "", "late", "all"
NEAR = (30, 180)  # days in which the latest cases are looked for, before all of them are
COUNTED = 1000  # the home page counts no further: a long list costs what a short one does
WAITING = (State.RECEIVED, State.HANDLING, State.PAUSED)
STATES = [
    (OPEN, gettext_lazy("还没有答复的")),
    (LATE, gettext_lazy("已经超时的")),
    (State.ANSWERED.value, gettext_lazy("已答复、待回访的")),
    (State.CLOSED.value, gettext_lazy("已办结的")),
    (ALL, gettext_lazy("不论办理情况")),
]
DUE = Column("due", gettext_lazy("到期"), by="due_at", kind="moment", nullable=True, fixed=True)
COLUMNS = (
    Column("what", gettext_lazy("事项"), fixed=True),
    DUE,
    Column("state", gettext_lazy("办理"), fixed=True),
    Column("place", gettext_lazy("地方"), by="place_id"),
    Column("desk", gettext_lazy("承办"), by="desk_id"),
    Column("opened", gettext_lazy("来件"), by="opened_at", kind="moment"),
)
SOONEST = Column("soonest", gettext_lazy("到期"), by="due_at", kind="moment")
LATEST = Column("latest", gettext_lazy("来件"), by="opened_at", kind="moment")
MARKS = [
    ("", gettext_lazy("不论有无标记")),
    ("urged", gettext_lazy("催办督办过的")),
    ("returned", gettext_lazy("退过单的")),
    ("reopened", gettext_lazy("重新办理的")),
    ("merged", gettext_lazy("并在一起的")),
]
MARKED_BY = {
    "urged": Q(level__gt=0),
    "returned": Q(returns__gt=0),
    "reopened": Q(round__gt=1),
    "merged": Q(merged_into__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: of the post's own desk, of all in its places, of one desk, of all desks below a place
    (`441900119+`); where they stand; of which category; marked how.
    """

    desk: str = ""
    state: str = OPEN
    category: str = ""
    mark: str = ""


def whole(case_id: int) -> Case:
    """A case with all that its page shows. Raises Case.DoesNotExist."""
    acts = Prefetch("events", Event.objects.select_related("by", "post"))
    found = Case.objects.select_related("concern", "person", "consent", "boardcase")
    return found.prefetch_related(acts, "clocks", "ratings", "attachments").get(pk=case_id)


def of_key(key: str) -> Case | None:
    """The case of this key with all that its asker sees, under its asker's scope."""
    found = Case.objects.select_related("concern", "consent", "boardcase").filter(track=key)
    return found.prefetch_related("events", "clocks", "ratings", "attachments__event").first()


def in_sight(key: str) -> Case | None:
    """The case of this key, where the scope at hand sees it."""
    return Case.objects.filter(track=key).first()


def at_desk(post: Post, wanted: Wanted, at: datetime) -> QuerySet[Case]:
    """The cases that a post sees and wants, each with its concern.

    Concerns are read for the rows of a page alone: joined, they would be read for all that are sorted.
    """
    found = Case.objects.prefetch_related("concern")
    if wanted.desk.endswith(BELOW):
        lo, hi = place_range(wanted.desk.removesuffix(BELOW))
        found = found.filter(desk__gte=lo, desk__lt=hi)
    elif wanted.desk != "all":
        found = found.filter(desk=wanted.desk or post.place_id)
    if wanted.category:
        found = found.filter(concern__category=wanted.category)
    if wanted.mark:
        found = found.filter(MARKED_BY[wanted.mark])
    if wanted.state in (OPEN, LATE):
        found = found.filter(closed_at=None, state__in=WAITING)
    elif wanted.state != ALL:
        found = found.filter(state=wanted.state)
    return found.filter(due_at__lt=at) if wanted.state == LATE else found


def open_at_desk(case: Case, words: str) -> list[Case]:
    """Open cases that lead at the desk which has this one, due first; by number or by words in them."""
    found = Case.objects.select_related("concern").exclude(pk=case.pk)
    found = found.filter(desk=case.desk_id, closed_at=None, merged_into=None)
    found = found.filter(kind=case.kind, state__in=(State.RECEIVED, State.HANDLING))
    if NUMBER.fullmatch(words):
        found = found.filter(pk=int(words))
    elif words:
        found = found.filter(concern__text__contains=words)
    return list(found.order_by("due_at", "pk")[:FEW])


def notices(post: Post, before: int = 0) -> list[Notice]:
    """What the desk was told, the newest first, from a number on; one more than a page where there is more."""
    found = told_to(post).select_related("event", "case__concern")
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[: PAGE + 1])


def usual(wanted: Wanted) -> Column:
    """The order nobody chose: what is due first, or, where nothing is due, what came last."""
    return LATEST if wanted.state in (State.CLOSED, ALL) else SOONEST


def page(
    post: Post, wanted: Wanted, seen: Sight, at: datetime
) -> tuple[list[Case], tuple[Key, int] | None]:
    """One page of a desk's cases; then where the next begins."""
    rows = at_desk(post, wanted, at)
    if seen.by.by != LATEST.by or not seen.falling:
        return lists.page(rows, seen, PAGE)
    newest = seen.after[0] if seen.after else at
    assert isinstance(newest, datetime)  # the column is of moments
    for part in _nearer(rows, newest):
        found = lists.page(part, seen, PAGE)
        if found[1] is not None:  # a whole page, and more
            break
    return found


def _nearer(rows: QuerySet[Case], newest: datetime) -> Iterator[QuerySet[Case]]:
    """Cases of the last weeks, then of longer, then all: a page of the latest seldom wants more.

    Row security hides from the planner how many rows there are: asked at once, it reads and sorts a
    town's whole past for one page.
    """
    for days in NEAR:
        yield rows.filter(opened_at__gt=newest - timedelta(days))
    yield rows


def named_desk(text: str, post: Post) -> bool:
    """Whether that is a desk, or a place with all below it, that the post stands above."""
    return bool(DESK.fullmatch(text)) and text.startswith(post.place_id)


def counted(post: Post, wanted: Wanted, at: datetime) -> int:
    """How many there are, counted to COUNTED and one more: a long list costs what a short one does."""
    rows = at_desk(post, wanted, at)
    open_ones = wanted.state not in (State.CLOSED, ALL)
    for part in [rows] if open_ones else _nearer(rows, at):
        found = len(part.values_list("pk", flat=True)[: COUNTED + 1])
        if found > COUNTED:
            break
    return found


def some(numbers: list[int]) -> list[Case]:
    """Cases by number, as far as they are seen, due first."""
    found = Case.objects.select_related("concern").filter(pk__in=numbers)
    return list(found.order_by("due_at", "pk"))


def by_desk(post: Post, at: datetime) -> list[dict[str, Any]]:
    """What waits for an answer in a post's places, by desk: how many, late, urged, returned, reopened."""
    lo, hi = place_range(post.place_id)
    found = Case.objects.filter(closed_at=None, state__in=WAITING, desk__gte=lo, desk__lt=hi)
    counts = {what: Count("pk", filter=marked) for what, marked in MARKED_BY.items()}
    late = Count("pk", filter=Q(due_at__lt=at))
    grouped = found.order_by("desk_id").values("desk_id")
    return [dict(row) for row in grouped.annotate(waiting=Count("pk"), late=late, **counts)]


def beside(case: Case) -> tuple[list[Case], list[Case]]:
    """What was merged into a case; and others of its asker, the newest first: MOST_BESIDE in all."""
    first = When(Q(merged_into=case), then=0)
    listed = list(
        _beside(case).order_by(Sorted(first, default=1), "-opened_at", "-pk")[:MOST_BESIDE]
    )
    voices = [one for one in listed if one.merged_into_id == case.pk]
    return voices, [one for one in listed if one.merged_into_id != case.pk]


def of_its_asker(case: Case) -> QuerySet[Case]:
    """Other cases of the same person, or of who left the same phone, but those merged into this one."""
    return _beside(case).exclude(merged_into=case)


def _beside(case: Case) -> QuerySet[Case]:
    # Each by its own index: an "or" over two tables would read them whole.
    same: list[QuerySet[Any, Any]] = [Case.objects.filter(merged_into=case).values("pk")]
    if case.person_id:
        same.append(Case.objects.filter(person=case.person_id).values("pk"))
    if case.concern.phone_index:
        mine = Concern.objects.filter(phone_index__in=_indexes(case.concern))
        same.append(mine.values("case_id"))
    numbers = same[0].union(*same[1:]) if len(same) > 1 else same[0]
    return Case.objects.select_related("concern").filter(pk__in=numbers).exclude(pk=case.pk)


def _indexes(concern: Concern) -> list[str]:
    """Under what the phone of a concern may stand; its own alone, but while the index key changes."""
    if len(seal.index_keys()) == 1:
        return [concern.phone_index]
    return contacts.indexes_of(contacts.SMS, seal.unseal(bytes(concern.phone_sealed)))


def filters(post: Post) -> list[SavedFilter]:
    """The filters that a post keeps."""
    return list(SavedFilter.objects.filter(post=post)[:MOST_FILTERS])


def waiting(post: Post, at: datetime) -> tuple[int, int]:
    """How many cases wait at a post's own desk, and how many of them are late; counted to COUNTED."""
    mine = at_desk(post, Wanted(), at).order_by("due_at", "pk")[:COUNTED]
    late = Count("pk", filter=Q(due_at__lt=at))
    found = mine.aggregate(waiting=Count("pk"), late=late)
    return found["waiting"], found["late"]


def desks_for(post: Post, case: Case) -> list[Place]:
    """Where a post may send a case: up and down the line of its place; from the city to every town."""
    line = {case.place_id[:n] for n in (6, 9, 12)} - {case.desk_id}
    found = list(Place.objects.filter(code__in=line).order_by("code"))
    if len(post.place_id) == places.CITY:
        found += [p for p in places.towns(post.place_id) if p.code not in {*line, case.desk_id}]
    return found
