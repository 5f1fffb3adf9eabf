"""The list of leads: filtered as a sentence says, by place, a page at a time; and how many wait where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy

from guanjia.entitlements.families import units
from guanjia.entitlements.families.units import Unit
from guanjia.entitlements.models import Lead, LeadKind, LeadState
from guanjia.kit.scope import place_range
from guanjia.people import words
from guanjia.places import queries as places
from guanjia.staff import lists
from guanjia.staff.lists import Column, Key, Sight

PAGE = 50
BATCH = 500
Whose = tuple[Lead, Unit]
Mark = tuple[Key, int]
BELOW = {places.CITY: places.TOWN, places.TOWN: places.COMMUNITY}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which leads: all of them at or below a place; empty words filter nothing."""

    place: str
    kind: str = ""
    benefit: str = ""
    state: str = LeadState.OPEN


WHO = Column("who", gettext_lazy("谁"), fixed=True)
COLUMNS = (
    WHO,
    Column("benefit", gettext_lazy("线索 · 待遇"), by="benefit"),
    Column("net", gettext_lazy("每期应得"), by="determination__net", kind="number", nullable=True),
    Column("pays", gettext_lazy("现在发"), by="determination__pays", kind="number"),
    Column("since", gettext_lazy("自"), by="first_run__month", kind="day"),
    Column("state", gettext_lazy("处理"), fixed=True),
)
BY_PLACE = Column("place", gettext_lazy("地方"), by="place_id")


@dataclass(slots=True)
class Tally:
    """How many open leads of each kind one place below has."""

    place: str
    name: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def in_order(self) -> list[tuple[str, int]]:
        """Kind and count, in the order of the kinds."""
        return [(kind.value, self.counts.get(kind.value, 0)) for kind in LeadKind]


def chosen(wanted: Wanted) -> QuerySet[Lead]:
    """The leads of a filter."""
    lo, hi = place_range(wanted.place)
    leads = Lead.objects.filter(place__gte=lo, place__lt=hi)
    for column in ("kind", "benefit", "state"):
        if value := getattr(wanted, column):
            leads = leads.filter(**{column: value})
    return leads.select_related("first_run", "determination", "settled_by")


def page(wanted: Wanted, seen: Sight, on: date) -> tuple[list[Whose], Mark | None]:
    """One page with who each lead speaks of; then where the next page begins."""
    rows, mark = lists.page(chosen(wanted), seen, PAGE)
    return _whose(rows, on), mark


def tallies(place: str) -> list[Tally]:
    """Open leads of each place one step below, by code; none below a community."""
    digits = BELOW.get(len(place))
    if digits is None:
        return []
    waiting = chosen(Wanted(place)).order_by().annotate(part=Left("place_id", digits))
    counted = waiting.values_list("part", "kind").annotate(n=Count("id")).order_by("part")
    found: dict[str, Tally] = {}
    for part, kind, n in counted:
        found.setdefault(part, Tally(part, "")).counts[kind] = n
    names = places.names(found)
    for tally in found.values():
        tally.name = words.short(names.get(tally.place, tally.place))
    return list(found.values())


def everyone(wanted: Wanted, seen: Sight, on: date) -> Iterator[Whose]:
    """All leads of a filter, read a batch at a time, for a file."""
    for batch in lists.everything(chosen(wanted), seen, BATCH):
        yield from _whose(batch, on)


def _whose(rows: list[Lead], on: date) -> list[Whose]:
    whom = units.of_rows(rows, on)
    return [(lead, whom[lead.pk]) for lead in rows]
