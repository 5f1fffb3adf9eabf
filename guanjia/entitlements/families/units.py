"""Who a determination or a lead speaks of, as lists show it: a person, or a household by its head."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import Q

from guanjia.people import words
from guanjia.people.models import Membership, Person
from guanjia.places import queries as places


class OfUnit(Protocol):
    """A row that speaks of a person or of a household, at a place."""

    pk: int
    person_id: int | None
    household_id: int | None
    place_id: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The chip of the person, or of the household's first member; None where out of reach."""

    chip: words.Chip | None
    household: int | None
    place: str


def of_rows(rows: Iterable[OfUnit], on: date) -> dict[int, Unit]:
    """Row number to unit, in four reads however many rows."""
    listed = list(rows)
    heads = _heads({r.household_id for r in listed if r.household_id}, on)
    wanted = {r.person_id for r in listed if r.person_id} | set(heads.values())
    people = Person.objects.in_bulk(wanted)
    names = places.names(row.place_id for row in listed)
    return {row.pk: _unit(row, heads, people, names, on) for row in listed}


def _unit(
    row: OfUnit, heads: dict[int, int], people: dict[int, Person], names: dict[str, str], on: date
) -> Unit:
    number = heads.get(row.household_id) if row.household_id else row.person_id
    person = people.get(number) if number is not None else None
    chip = words.chip(person, row.place_id, names, on) if person else None
    return Unit(chip, row.household_id, words.place_words(row.place_id, names))


def _heads(households: set[int], on: date) -> dict[int, int]:
    """Household to its first member on a day: registers list the head first."""
    if not households:
        return {}
    living = Membership.objects.filter(
        household_id__in=households, superseded_at__isnull=True, since__lte=on
    ).filter(Q(until__isnull=True) | Q(until__gt=on))
    first = living.order_by("household_id", "id").distinct("household_id")
    return dict(first.values_list("household_id", "person_id"))
