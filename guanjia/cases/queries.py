"""Questions about cases: what may be done with one, what is late, why a clock ends when it does."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from guanjia.cases import clock, terms
from guanjia.cases.clock import Deadline, Step
from guanjia.cases.models import Beat, Case, Clock, Notice
from guanjia.cases.promises import Promises
from guanjia.cases.ways import IN_APP
from guanjia.cases.workflow import (
    BACKSTOP,
    CHIEF,
    DESK,
    MOST_RETURNS,
    SWEEP,
    Move,
    Workflow,
)
from guanjia.kit.days import SHANGHAI
from guanjia.staff import roles
from guanjia.staff.models import Post

CITY = 6
SILENCE = timedelta(minutes=15)
CHIEFS = (roles.CITY_CHIEF, roles.TOWN_CHIEF)
MOVES_AWAY = ("transfer", "return", "assign")
OF_A_FOLLOWER = ("contact", "extend", "split")  # the rest is done with its leading case


def standing(post: Post, case: Case) -> frozenset[str]:
    """What a post is to a case: its desk (or one above it), a chief there, the backstop."""
    if not case.desk_id.startswith(post.place_id):
        return frozenset()
    found = {DESK}
    if post.role in CHIEFS:
        found.add(CHIEF)
    if len(post.place_id) == CITY:
        found.add(BACKSTOP)
    return frozenset(found)


def lawful(work: Workflow, case: Case, who: frozenset[str]) -> list[Move]:
    """Everything that these may do with the case now, in the workflow's order."""
    found = work.lawful(case.state, who)
    if follows(case):
        return [m for m in found if m.verb in OF_A_FOLLOWER]
    found = [m for m in found if m.verb != "split"]
    return [m for m in found if m.verb not in MOVES_AWAY or _may_leave(case, m.verb)]


def follows(case: Case) -> bool:
    """Whether it was merged into another and both wait for an answer."""
    return case.merged_into_id is not None and case.answered_at is None


def _may_leave(case: Case, verb: str) -> bool:
    """Whether a case may go to another desk: one that was assigned stays; returns have an end."""
    if case.assigned_at is not None:
        return False
    if case.returns == MOST_RETURNS:
        return verb == "assign"
    return verb != "return" or len(case.desk_id) > CITY


def earliest(case_id: int, round_: int) -> datetime | None:
    """When the earliest unmet clock of a round ends."""
    running = Clock.objects.filter(case_id=case_id, round=round_, met_at=None)
    found: datetime | None = running.aggregate(due=Min("due_at"))["due"]
    return found


def late(at: datetime) -> QuerySet[Case]:
    """Open cases without an answer whose moment has passed."""
    return Case.objects.filter(closed_at=None, answered_at=None, due_at__lt=at)


def late_in_turn(at: datetime, below: int, size: int = 500) -> Iterator[Case]:
    """All late cases below a level, by number, read so many at a time."""
    after = 0
    while batch := list(late(at).filter(level__lt=below, pk__gt=after).order_by("pk")[:size]):
        yield from batch
        after = batch[-1].pk


def to_send(at: datetime, most: int = 500) -> QuerySet[Notice]:
    """Notices whose next try has come, the oldest first, so many at a time."""
    waiting = Notice.objects.filter(sent_at=None, given_up_at=None, next_at__lte=at)
    return waiting.order_by("next_at", "pk")[:most]


def told_to(post: Post) -> QuerySet[Notice]:
    """What was told to the desk of a post, and to no other."""
    return Notice.objects.filter(desk=post.place_id, way=IN_APP)


def unread(post: Post) -> QuerySet[Notice]:
    """What nobody at the desk has read."""
    return told_to(post).filter(read_at=None)


def provisional_in_turn(size: int = 500) -> Iterator[Clock]:
    """Unmet clocks that reach into a year without a calendar, by number, read so many at a time."""
    after = 0
    found = Clock.objects.filter(provisional=True, met_at=None)
    while batch := list(found.filter(pk__gt=after).order_by("pk")[:size]):
        yield from batch
        after = batch[-1].pk


def stopped(at: datetime) -> datetime | None:
    """When the sweep last ran, where that is too long ago; None where it runs, or never was to run."""
    beat = Beat.objects.filter(name=SWEEP).first()
    return beat.at if beat is not None and at - beat.at > SILENCE else None


def why(one: Clock, promises: Promises) -> list[Step]:
    """The count, day by day, from the beginning of a clock to the end it was given at first."""
    return clock.why(one.started_at, terms.read_period(one.period), promises.days)


def deadline(one: Clock) -> Deadline:
    """The end of a clock with the civil day that it ends with."""
    return moment(one.due_at, one.provisional)


def moment(due_at: datetime, provisional: bool = False) -> Deadline:
    """A moment as the end of its day: 24:00 belongs to the day before."""
    day = (due_at - clock.MOMENT).astimezone(SHANGHAI).date()
    return Deadline(due_at, day, provisional)
