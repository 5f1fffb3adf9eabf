"""One family as the rules see it: values by position, what it holds, and from when it was assessed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from guanjia.policy.facts import UNKNOWN, Fact, Facts, Value

HOUSEHOLD: Final = -1
"""The unit number of the household itself; members count from 0 in register order."""

MOST_MEMBERS: Final = 64

Held = dict[tuple[str, int], int]
"""Awards in force on the reference day: (benefit, unit) -> number of the month of `assessed_on`."""


@dataclass(slots=True)
class Family:
    """A household with its members. Lists stand in the order of the declared facts."""

    place: str
    household: list[Value]
    people: list[list[Value]]
    held: Held = field(default_factory=dict)


def blank_person(facts: Facts) -> list[Value]:
    """A person of whom nothing is recorded: each fact as its absence reads."""
    return list(_blank(facts.person))


def blank_household(facts: Facts) -> list[Value]:
    """A household of which nothing is recorded."""
    return list(_blank(facts.household))


def person(facts: Facts, city: str, values: Mapping[str, Value]) -> list[Value]:
    """A person's values in order; `city` is the code whose 户籍 counts as local."""
    row = blank_person(facts)
    for fact in facts.person:
        if fact.name in values:
            row[fact.position] = values[fact.name]
    return derive(facts, city, row)


def derive(facts: Facts, city: str, row: list[Value]) -> list[Value]:
    """Fill the facts that follow from others, in place: local 户籍 from the place of 户籍."""
    for into, source in _derived(facts):
        place = row[source]
        row[into] = place.startswith(city) if isinstance(place, str) else UNKNOWN
    return row


def household(facts: Facts, values: Mapping[str, Value]) -> list[Value]:
    """A household's values in order."""
    row = blank_household(facts)
    for fact in facts.household:
        if fact.name in values:
            row[fact.position] = values[fact.name]
    return row


def turns(facts: Facts, family: Family) -> set[int]:
    """The month numbers in which any monthly amount of the family begins or ends."""
    monthly = _monthly(facts)
    rows = ((family.people, monthly[0]), ([family.household], monthly[1]))
    spans: Iterator[Any] = (
        span
        for members, places in rows
        for row in members
        for p in places
        for span in row[p]  # type: ignore[union-attr]
    )
    return {edge for span in spans for edge in span[:2]}


@cache
def _monthly(facts: Facts) -> tuple[list[int], list[int]]:
    """Positions of the monthly facts of persons, of households."""
    persons, households = (
        [f.position for f in declared if f.by_month] for declared in (facts.person, facts.household)
    )
    return persons, households


@cache
def _blank(declared: tuple[Fact, ...]) -> tuple[Value, ...]:
    return tuple(() if fact.by_month else fact.absent for fact in declared)


@cache
def _derived(facts: Facts) -> tuple[tuple[int, int], ...]:
    position = {fact.name: fact.position for fact in facts.person}
    return tuple((f.position, position[f.derived_from]) for f in facts.person if f.derived_from)
