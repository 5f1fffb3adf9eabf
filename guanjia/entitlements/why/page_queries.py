"""What pages show of one person or household: awards, and decisions as periods."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Q

from guanjia.entitlements import queries
from guanjia.entitlements.models import Award, Determination
from guanjia.people import belief


@dataclass(frozen=True, slots=True)
class Period:
    """A decision and how long it held: until a later one for the same unit and benefit."""

    determination: Determination
    until: date | None


def awards_of(
    person: int | None, household: int | None, known_at: datetime | None = None
) -> list[Award]:
    """Awards of a person, of a household, or of both, as believed at a moment, newest first."""
    held = belief.at(Award.objects.filter(_of(person, household)), known_at)
    return list(held.select_related("prepared_by", "approved_by").order_by("-since", "benefit"))


def periods_of(
    person: int | None, household: int | None, known_at: datetime | None = None
) -> list[Period]:
    """Decisions of a person, a household, or both, as periods, newest first; those made by then."""
    decided = queries.standing().filter(_of(person, household)).select_related("run")
    if known_at is not None:
        decided = decided.filter(decided_at__lt=known_at)
    rows = decided.order_by("benefit", "person_id", "household_id", "-since", "-id")
    found = [
        period
        for _unit, of_unit in groupby(rows, lambda d: (d.benefit, d.person_id, d.household_id))
        for period in _periods(of_unit)
    ]
    return sorted(found, key=lambda p: (p.determination.since, p.determination.pk), reverse=True)


def determination(number: int) -> Determination:
    """One decision with its run and award. Raises Determination.DoesNotExist."""
    named = Determination.objects.select_related("run__approved_by", "award", "previous")
    return named.get(pk=number)


def periods_of_unit(one: Determination) -> list[Period]:
    """Every decision of the same unit and benefit, as periods, newest first."""
    found = periods_of(one.person_id, one.household_id)
    return [period for period in found if period.determination.benefit == one.benefit]


def _of(person: int | None, household: int | None) -> Q:
    units = Q(pk__in=[])
    if person is not None:
        units |= Q(person_id=person)
    if household is not None:
        units |= Q(household_id=household)
    return units


def _periods(newest_first: Iterable[Determination]) -> Iterator[Period]:
    """Each holds until the next month that has one; of two for one month, the later counts."""
    until: date | None = None
    for one in newest_first:
        if one.since != until:
            yield Period(one, until)
            until = one.since
