"""The facts of some households, as columns of households, of persons, and of stretches of months.

A stretch lasts until an amount of the household changes. Whoever has no change within the months
that a rule looks back to has one stretch; then an amount is a column of persons.
"""

from functools import cached_property
from typing import Any

import numpy as np

from guanjia.policy.facts import Fact
from guanjia.policy.month.cells import HOME, PERSON, STRETCH, UNKNOWN, Array, Cells
from guanjia.policy.month.news import City
from guanjia.policy.month.picking import Picked, Picks, ranges, wide
from guanjia.policy.month.register import LOST, OPEN, coded

EVER = -(2**31)
"""The month in which a first stretch begins."""
STILL = OPEN
"""The floor of households of which no change matters."""


class Homes:
    """Some households of a city, in the order of the register: `at` are their places in it.

    `floor` is the month number up to which a change matters to no rule. Of households for which it is
    STILL no change does: each has one stretch.
    """

    def __init__(
        self, city: City, at: Array, floor: int, within: "tuple[Homes, Array] | None" = None
    ) -> None:
        self.city, self.at, self.floor, self._within = city, at, floor, within
        first = city.register.arrays["first"]
        begins = first[at].astype(np.int64)
        sizes = first[at + 1] - begins
        self.first = np.concatenate(([0], np.cumsum(sizes)))
        self.home_of = np.repeat(np.arange(len(at)), sizes)
        self.persons = np.arange(self.first[-1]) + np.repeat(begins - self.first[:-1], sizes)
        self._facts: dict[str, Cells] = {}
        self._above: dict[tuple[int, int], Array] = {}
        self._single: dict[int, bool] = {}
        whole = (within[0].picks, self._spots) if within else None
        self.picks: Picks = Picks(city, at, self.persons, whole)

    # ── a few of them ──

    def some(self, places: Array) -> "Homes":
        """A few of these: what is known of all is taken from there."""
        return Homes(self.city, self.at[places], self.floor, (self, places))

    def narrow(self, cells: Cells) -> Cells:
        """Of a column of those from whom these were taken the part that is of these."""
        if cells.everywhere:
            return cells
        spots = self._spots(cells.level)
        value, known, level, most = (_taken(x, spots) for x in cells)
        return Cells(value, known, level, most)

    def _spots(self, level: int) -> Array:
        """Where those of a level stand among those from whom these were taken."""
        assert self._within is not None
        whole, places = self._within
        if level == HOME:
            return places
        found = self._above.get((-1, level))
        if found is None:
            begin, end = places, places + 1
            if level & PERSON:
                begin, end = whole.first[begin], whole.first[end]
            if level & STRETCH:
                edges = whole.edges(level)
                begin, end = edges[begin], edges[end]
            found = self._above[-1, level] = ranges(begin, end)
        return found

    def _knows(self, name: str) -> bool:
        """Whether a fact has been read, here or for those from whom these were taken."""
        return name in self._facts or (self._within is not None and self._within[0]._knows(name))

    def count(self, level: int) -> int:
        """How many there are of a level."""
        if level & STRETCH:
            return int(self.edges(level)[-1])
        return len(self.persons) if level & PERSON else len(self.at)

    # ── from one level to another ──

    def lift(self, cells: Cells, level: int) -> Cells:
        """The same for each member of a household, or in each stretch of months."""
        if cells.level == level or cells.everywhere:
            return cells
        spots = self._upward(cells.level, level)
        value, known, most = (_taken(x, spots) for x in (cells.value, cells.known, cells.most))
        return Cells(value, known, level, most)

    def _upward(self, low: int, high: int) -> Array:
        """For each of a level above the place of what it belongs to."""
        found = self._above.get((low, high))
        if found is None:
            found = self._above[low, high] = self._belongs(low, high)
        return found

    def _belongs(self, low: int, high: int) -> Array:
        if high == PERSON:
            return self.home_of
        if low == STRETCH:
            homes, persons = self.edges(STRETCH), self.edges(PERSON | STRETCH)
            away = homes[self.home_of] - persons[:-1]
            of: Array = np.arange(persons[-1]) + np.repeat(away, np.diff(persons))
            return of
        if low == HOME and high & PERSON:
            return self.home_of[self._upward(PERSON, high)]
        return np.repeat(np.arange(self.count(low)), np.diff(self.edges(high)))

    def together(self, parts: list[Cells]) -> list[Cells]:
        """All at the level that they have in common."""
        level = HOME
        for part in parts:
            level |= part.level
        return [self.lift(part, level) for part in parts]

    def over(self, values: Array, level: int) -> Array:
        """Sums of stretches, or over the members of each household."""
        edges = self.edges(level)
        if level not in self._single:
            self._single[level] = bool(len(edges) - 1 == edges[-1] and (np.diff(edges) == 1).all())
        return values if self._single[level] else sums(values, edges)

    def edges(self, level: int) -> Array:
        """Where the parts of each unit begin: stretches of a unit, members of a household."""
        return self._stretches[bool(level & PERSON)] if level & STRETCH else self.first

    # ── stretches ──

    @cached_property
    def _ranks(self) -> Array:
        """Of each month from the floor on and each household: how many turns it has seen by then."""
        if self._within is not None and "_ranks" in self._within[0].__dict__:
            ranks: Array = self._within[0]._ranks[:, self._within[1]]
            return ranks
        changes = [
            (self.home_of.take(who) if fact.of == "person" else who, since - self.floor)
            for fact in self.city.facts
            if fact.by_month
            for who, _told, since in self._changes(fact)
        ]
        latest = max((int(after.max()) for _home, after in changes), default=0)
        turned = np.zeros((max(latest, 0) + 1, len(self.at)), bool)
        for home, after in changes:
            turned[np.maximum(after, 0), home] = True
        turned[0] = False
        return np.cumsum(turned, axis=0, dtype=np.int16)

    @cached_property
    def _stretches(self) -> tuple[Array, Array]:
        """Where the stretches of each household begin, and of each person."""
        many = self._ranks[-1].astype(np.int64) + 1
        return (
            np.concatenate(([0], np.cumsum(many))),
            np.concatenate(([0], np.cumsum(many[self.home_of]))),
        )

    @cached_property
    def _starts(self) -> tuple[Array, Array]:
        homes, _persons = self._stretches
        starts = np.full(homes[-1], EVER, np.int64)
        ranks = self._ranks
        after, home = np.nonzero(ranks[1:] != ranks[:-1])
        starts[homes[home] + ranks[after + 1, home]] = after + 1 + self.floor
        return starts, starts[self._upward(STRETCH, PERSON | STRETCH)]

    @cached_property
    def _ends(self) -> tuple[Array, Array]:
        ends = np.append(self._starts[0][1:], OPEN)
        ends[ends == EVER] = OPEN
        return ends, ends[self._upward(STRETCH, PERSON | STRETCH)]

    def starts(self, level: int) -> Array:
        """The month in which each stretch begins."""
        return self._starts[bool(level & PERSON)]

    def ends(self, level: int) -> Array:
        """The month in which the next one begins."""
        return self._ends[bool(level & PERSON)]

    # ── facts ──

    def fact(self, fact: Fact) -> Cells:
        """A fact of each household or person; of an amount that changes, in each stretch."""
        found = self._facts.get(fact.name)
        if found is None:
            if self._within is not None and self._within[0]._knows(fact.name):
                found = self.narrow(self._within[0].fact(fact))
            else:
                found = self._recorded(fact)
            self._facts[fact.name] = found
        return found

    def placed(self, place: Cells, prefix: str) -> Cells:
        """Whether a place lies within another."""
        if place.everywhere:
            return UNKNOWN
        inside = np.array([name.startswith(prefix) for name in self.city.places], bool)
        return place._replace(value=inside.take(place.value))

    @cached_property
    def place(self) -> Cells:
        """Where each household lives."""
        return Cells(self.city.register.arrays["place"].take(self.at))

    def _recorded(self, fact: Fact) -> Cells:
        """What stands in the register, with what came in since."""
        level = PERSON if fact.of == "person" else HOME
        assert not isinstance(fact.absent, tuple)
        absent = LOST if fact.absent is None else coded(fact, self.city.places, fact.absent)
        column = self.city.register.column(f"fact-{fact.name}")
        changes = [(rows.who, rows.told) for rows in self.picks.rows(f"fact-{fact.name}", level)]
        later = list[Picked]()
        if fact.by_month and self.floor == STILL:
            last = self.city.register.column(f"last-{fact.name}")
            column = column if last is None else last
            changes += self.picks.last(f"turn-{fact.name}", level, last is None)
        elif fact.by_month:
            later = self._changes(fact)
        if column is None and not later and not any(len(who) for who, _told in changes):
            return _value(fact, np.array(absent))
        if column is None:
            values = np.full(self.count(level), absent, np.int64)
        else:
            values = column.take(self.persons if level else self.at)
            if fact.type in ("whole", "fen") or changes or later:
                values = wide(values)
        for who, told in changes:
            values[who] = told
        if later:
            return _value(fact, self._by_stretch(values, later, level), level | STRETCH)
        return _value(fact, values, level)

    def _changes(self, fact: Fact) -> list[Picked]:
        """The changes of an amount, the oldest first."""
        return self.picks.rows(f"turn-{fact.name}", PERSON if fact.of == "person" else HOME)

    def _by_stretch(self, first: Array, later: list[Picked], level: int) -> Array:
        """An amount in every stretch: what it was at first, and from each change on what it is then."""
        edges = self.edges(level | STRETCH)
        values = np.zeros(edges[-1], np.int64)
        told = np.zeros(edges[-1], bool)
        values[edges[:-1]], told[edges[:-1]] = first, True
        latest = np.full(self.count(level), EVER, np.int64)
        for who, said, since in later:
            home = self.home_of.take(who) if level & PERSON else who
            spot = edges.take(who) + self._ranks[np.maximum(since - self.floor, 0), home]
            before = latest.take(who)
            for k in np.flatnonzero(since < before):  # it reaches back: later ones fall
                told[spot[k] + 1 : edges[who[k] + 1]] = False
            values[spot], told[spot] = said, True
            latest[who] = np.maximum(before, since)
        filled = np.maximum.accumulate(np.arange(len(told)) * told)
        return values.take(filled)

    def award(self, benefit: str, level: int, month: int) -> Cells:
        """The month of the assessment of the award in force; not known where there is none."""
        return self._award(benefit, level, month)[0]

    def award_ends(self, benefit: str, level: int, month: int) -> Cells:
        """The first month without the award that is in force; not known where it is open, or none is."""
        return self._award(benefit, level, month)[1]

    def _award(self, benefit: str, level: int, month: int) -> tuple[Cells, Cells]:
        rows = self.picks.rows(f"held-{benefit}", level)
        if not rows:
            return UNKNOWN, UNKNOWN
        assessed, ends = np.zeros((2, self.count(level)), np.int64)
        for who, told, since in rows:
            assessed[who], ends[who] = told, since
        held = ends > month
        if not held.any():
            return UNKNOWN, UNKNOWN
        ending = held & (ends < OPEN)
        until = Cells(ends * ending, ending, level) if ending.any() else UNKNOWN
        return Cells(assessed * held, held, level), until


def _taken(column: Any, spots: Array) -> Any:
    return column.take(spots) if np.ndim(column) else column


def sums(values: Array, edges: Array) -> Array:
    """The sum of each part of a column, also of an empty one."""
    run = np.empty(len(values) + 1, np.int64)
    run[0] = 0
    np.cumsum(values, out=run[1:])
    return np.diff(run.take(edges))


def _value(fact: Fact, values: Array, level: int = HOME) -> Cells:
    """A column of codes as cells."""
    kind = values.dtype if values.dtype != np.int64 else np.dtype(np.int64)
    least = np.iinfo(kind).min
    unknown = values == least
    known = True if not unknown.any() else ~unknown
    if known is not True:
        values = values * ~unknown
    if fact.type == "yes_no":
        values = values != 0
    if not values.ndim:
        value = values[()] if fact.type == "yes_no" else int(values)
        return Cells(value, True if known is True else np.False_)
    return Cells(values, known, level)
