"""The list of leads: filtered as a sentence says, by place, a page at a time; and how many wait where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from guanjia.entitlements import units
from guanjia.entitlements.models import Lead, LeadKind, LeadState
from guanjia.entitlements.units import Unit
from guanjia.kit.scope import place_range
from guanjia.people import words
from guanjia.places import queries as places

PAGE = 50
BATCH = 500
BELOW = {places.CITY: places.TOWN, places.TOWN: places.COMMUNITY}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which leads: all of them at or below a place; empty words filter nothing."""

    place: str
    kind: str = ""
    benefit: str = ""
    state: str = LeadState.OPEN


class Mark(NamedTuple):
    """Where a page of leads ended."""

    place: str
    number: int


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
    """The leads of a filter, by place and number."""
    lo, hi = place_range(wanted.place)
    leads = Lead.objects.filter(place__gte=lo, place__lt=hi)
    for column in ("kind", "benefit", "state"):
        if value := getattr(wanted, column):
            leads = leads.filter(**{column: value})
    named = leads.select_related("first_run", "determination", "settled_by")
    return named.order_by("place_id", "id")


def page(
    wanted: Wanted, after: Mark | None, on: date, size: int = PAGE
) -> tuple[list[tuple[Lead, Unit]], Mark | None]:
    """One page with who each lead speaks of; then where the next page begins."""
    leads = chosen(wanted)
    if after is not None:
        beyond = Q(place__gt=after.place) | Q(place=after.place, id__gt=after.number)
        leads = leads.filter(beyond, place__gte=after.place)
    rows = list(leads[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    whom = units.of_rows(rows[:size], on)
    mark = Mark(last.place_id, last.pk) if last else None
    return [(lead, whom[lead.pk]) for lead in rows[:size]], mark


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


def everyone(wanted: Wanted, on: date) -> Iterator[tuple[Lead, Unit]]:
    """All leads of a filter, read a batch at a time, for a file."""
    after: Mark | None = None
    while True:
        rows, after = page(wanted, after, on, BATCH)
        yield from rows
        if after is None:
            return
