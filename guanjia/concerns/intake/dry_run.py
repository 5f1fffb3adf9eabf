"""A routing table tried on last year's matters: how many would have gone elsewhere, and which."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from guanjia.cases.models import Event
from guanjia.concerns.models import Sorting
from guanjia.concerns.rules.routing import LEVELS, Matter, Table

KIND = "concern"
BATCH, MOST, SHOWN = 2000, 100_000, 30


@dataclass(frozen=True, slots=True)
class Way:
    """From which desk to which, of which category; as levels, since that is what rows say."""

    category: str
    was: str
    goes: str


@dataclass(slots=True)
class DryRun:
    """`read` matters, of which `moved` would go elsewhere; `first` are the newest of them.

    `capped`: there were more than MOST, of which the newest were read.
    """

    read: int = 0
    moved: int = 0
    capped: bool = False
    ways: Counter[Way] = field(default_factory=Counter)
    first: list[tuple[int, Matter, str, str]] = field(default_factory=list)


def tried(table: Table, since: datetime, until: datetime, most: int = MOST) -> DryRun:
    """Every matter in sight that came in within the time, sent by `table` as it came in.

    Compared with the desk to which it was sent when it was opened; moves since then are not asked.
    """
    found = DryRun()
    for number, asked, was in _opened(since, until):
        if found.read == most:
            found.capped = True
            break
        found.read += 1
        goes = table.send(asked).desk
        if goes != was:
            found.moved += 1
            found.ways[Way(asked.category, _level(was), _level(goes))] += 1
            if len(found.first) < SHOWN:
                found.first.append((number, asked, was, goes))
    return found


def _opened(since: datetime, until: datetime) -> Iterator[tuple[int, Matter, str]]:
    """Newest first, read so many at a time."""
    opened = Event.objects.filter(step=0, case__kind=KIND, at__gte=since, at__lt=until)
    columns = ("case_id", "case__concern__category", "case__place_id", "at", "desk_id")
    rows = opened.order_by("-case_id").values_list(*columns)
    before: int | None = None
    while True:
        batch = list((rows if before is None else rows.filter(case_id__lt=before))[:BATCH])
        if not batch:
            return
        before = batch[-1][0]
        named = _policies([row[0] for row in batch])
        for number, category, place, at, desk in batch:
            yield number, Matter(category, place, at, named.get(number, "")), desk


def _policies(cases: list[int]) -> dict[int, str]:
    """The policy under which each was put at the door, where it was."""
    at_the_door = Sorting.objects.filter(case_id__in=cases, at=F("case__opened_at"))
    return dict(at_the_door.values_list("case_id", "policy"))


def _level(desk: str) -> str:
    return next(level for level, digits in LEVELS.items() if digits == len(desk))
