"""The facts of some households, as columns of households, of persons, and of stretches of months.

A stretch lasts until an amount of the household changes. Whoever has no change within the months
that a rule looks back to has one stretch; then an amount is a column of persons.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from guanjia.policy.facts import Fact
from guanjia.policy.month.cells import HOME, PERSON, STRETCH, UNKNOWN, Array, Cells
from guanjia.policy.month.news import City, Each
from guanjia.policy.month.picking import Picked, Picks, as_kind
from guanjia.policy.month.register import LOST, OPEN, coded, lost
from guanjia.policy.month.seats import Seats
from guanjia.policy.month.stretches import Stretches

STILL = OPEN
"""The floor of households of which no change matters."""
USUAL = 2
"""Stretches that most have of whom something changed."""
KINDS: dict[str, type[np.signedinteger[Any]]] = {
    "yes_no": np.int8,
    "choice": np.int16,
    "place": np.int32,
    "day": np.int32,
}
"""The narrowest columns that hold a fact's codes; an amount takes a whole one, and is reckoned with."""


class Homes:
    """Some households of a city, the largest first: `at` are their places in the register.

    `floor` is the month number up to which a change matters to no rule. Of households for which it is
    STILL no change does: each has one stretch. Of plain ones nothing rare is recorded. `near`
    is what came in of these, and maybe of others.
    """

    seats: Seats

    def __init__(
        self,
        city: City,
        at: Array,
        floor: int,
        plain: bool = False,
        near: list[Each] | None = None,
        within: "tuple[Homes, Array] | None" = None,
    ) -> None:
        self.city, self.floor, self.plain, self._within = city, floor, plain, within
        self.at, sizes = (
            (at, within[0].seats.sizes.take(within[1])) if within else _ordered(city, at)
        )
        self.seats = Seats(sizes)
        self._facts: dict[str, Cells] = {}
        self._awards: dict[tuple[str, int], tuple[Cells, Cells]] = {}
        self._above: dict[int, Array] = {}
        whole = (within[0].picks, self._spots) if within else None
        self.picks: Picks = Picks(city, self.at, self.seats, plain, near, whole)

    @cached_property
    def persons(self) -> Array:
        """The members' places in the register."""
        if self._within is not None:
            return self._within[0].persons.take(self._spots(PERSON))
        return self.seats.members(self.city.register.arrays["first"].take(self.at))

    # ── a few of them ──

    def some(self, places: Array, floor: int | None = None) -> "Homes":
        """A few of these, in the same order: what is known of all is taken from there."""
        floor = self.floor if floor is None else floor
        return Homes(self.city, self.at[places], floor, self.plain, within=(self, places))

    def part(self, which: Array, floor: int | None = None) -> "Iterator[Homes]":
        """Those of these that are marked, if there are any."""
        if which.all():
            self.floor = self.floor if floor is None else floor
            yield self
        elif which.any():
            yield self.some(np.flatnonzero(which), floor)

    def narrow(self, cells: Cells) -> Cells:
        """Of a column of those from whom these were taken the part that is of these."""
        if cells.everywhere:
            return cells
        spots = self._spots(cells.level)
        value, known, most = (self._taken(x, spots) for x in (cells.value, cells.known, cells.most))
        return Cells(value, known, cells.level, most)

    def _taken(self, column: Any, spots: Array) -> Any:
        if not isinstance(column, np.ndarray):
            return column
        if column.ndim == 1:
            return column.take(spots)
        return column[: self.stretches.most].take(spots, axis=-1)

    def _spots(self, level: int) -> Array:
        """Where those of a level stand among those from whom these were taken."""
        assert self._within is not None
        whole, places = self._within
        if not level & PERSON:
            return places
        found = self._above.get(PERSON)
        if found is None:
            found = self._above[PERSON] = whole.seats.spots(places)
        return found

    def _knows(self, name: str) -> bool:
        """Whether a fact has been read, here or for those from whom these were taken."""
        return name in self._facts or (self._within is not None and self._within[0]._knows(name))

    def count(self, level: int) -> int:
        """How many there are of a level; stretches are rows, and are not counted."""
        return self.seats.persons if level & PERSON else len(self.at)

    # ── from one level to another ──

    def lift(self, cells: Cells, level: int) -> Cells:
        """The same for each member of a household, or in each stretch of months."""
        if cells.level == level or cells.everywhere:
            return cells
        if cells.level & PERSON or not level & PERSON:
            return cells._replace(level=level)
        value, known, most = (
            self.seats.spread(x) if isinstance(x, np.ndarray) else x
            for x in (cells.value, cells.known, cells.most)
        )
        return Cells(value, known, level, most)

    def together(self, parts: list[Cells]) -> list[Cells]:
        """All at the level that they have in common."""
        level = HOME
        for part in parts:
            level |= part.level
        return [self.lift(part, level) for part in parts]

    def any(self, said: Any, level: int) -> Array:
        """The households of which it is said, or of a member of which."""
        wide = said if np.ndim(said) else np.full(self.count(level), said)
        return self.seats.some(wide) if level & PERSON else wide

    @cached_property
    def stretches(self) -> Stretches:
        """Their stretches of months."""
        if self._within is not None and "stretches" in self._within[0].__dict__:
            whole, places = self._within
            return whole.stretches.narrow(places, self.seats)
        homes_of, changes = self.seats.homes_of, []
        for fact in self.city.facts if self.floor != STILL else ():
            for rows in self._changes(fact)[1] if fact.by_month else ():
                who, _told, since = rows.part(np.flatnonzero(rows.since > self.floor))
                changes.append((homes_of.take(who) if fact.of == "person" else who, since))
        return Stretches.of(changes, self.seats)

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

    def forget(self, fact: Fact) -> None:
        """A fact that is not asked for again soon."""
        self._facts.pop(fact.name, None)

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
        kind = KINDS.get(fact.type, np.int64)
        absent = LOST if fact.absent is None else coded(fact, self.city.places, fact.absent)
        column = self.city.register.column(f"fact-{fact.name}")
        changes = [(rows.who, rows.told) for rows in self.picks.rows(f"fact-{fact.name}", level)]
        later = list[Picked]()
        if fact.by_month and self.floor == STILL:
            last = self.city.register.column(f"last-{fact.name}")
            column = column if last is None else last
            turns = self.picks.rows if last is None else self.picks.news
            changes += [(rows.who, rows.told) for rows in turns(f"turn-{fact.name}", level)]
        elif fact.by_month:
            early, later = self._changes(fact)
            changes += [(rows.who, rows.told) for rows in early]
        if column is None and not later and not any(len(who) for who, _told in changes):
            return _value(fact, np.array(absent))
        if column is None:
            none = np.iinfo(kind).min if absent == LOST else absent
            values = np.full(self.count(level), none, kind)
        else:
            values = as_kind(column.take(self.persons if level else self.at), kind)
        for who, told in changes:
            values[who] = as_kind(told, kind)
        if later:
            return _value(fact, self._by_stretch(values, later, level), level | STRETCH)
        return _value(fact, values, level)

    def _changes(self, fact: Fact) -> tuple[list[Picked], list[Picked]]:
        """The changes of an amount, the oldest first: those that count from the first month on, and later ones.

        What came in since stands last, however far it reaches back: it counts more.
        """
        name, level = f"turn-{fact.name}", PERSON if fact.of == "person" else HOME
        early, later = list[Picked](), list[Picked]()
        for rows in self.picks.old(name, level):
            after = rows.since > self.floor
            early.append(rows.part(np.flatnonzero(~after)))
            later.append(rows.part(np.flatnonzero(after)))
        later += self.picks.news(name, level)
        return early, [rows for rows in later if len(rows.who)]

    def _by_stretch(self, first: Array, later: list[Picked], level: int) -> Array:
        """An amount in every stretch: what it was at first, and from each change on what it is then.

        A change that became known later and reaches back holds from its month on.
        """
        stretches = self.stretches
        values = np.repeat(first[None], stretches.most, axis=0)
        who, told, since = (np.concatenate(parts) for parts in zip(*later, strict=True))
        home = self.seats.homes_of.take(who) if level & PERSON else who
        begins = stretches.number(home, since)
        for number, row in enumerate(values):
            begun = np.flatnonzero(begins <= number)
            row[who.take(begun)] = told.take(begun)
        return values

    def award(self, benefit: str, level: int, month: int) -> Cells:
        """The month of the assessment of the award in force; not known where there is none."""
        return self._award(benefit, level, month)[0]

    def award_ends(self, benefit: str, level: int, month: int) -> Cells:
        """The first month without the award that is in force; not known where it is open, or none is."""
        return self._award(benefit, level, month)[1]

    def _award(self, benefit: str, level: int, month: int) -> tuple[Cells, Cells]:
        found = self._awards.get((benefit, month))
        if found is None:
            found = self._awards[benefit, month] = self._held(benefit, level, month)
        return found

    def _held(self, benefit: str, level: int, month: int) -> tuple[Cells, Cells]:
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


def _ordered(city: City, at: Array) -> tuple[Array, Array]:
    """Places of households, the largest first, and their sizes."""
    first = city.register.arrays["first"]
    sizes = first.take(at + 1) - first.take(at)
    if len(sizes) and sizes.max() > sizes.min():
        order = np.argsort(-sizes.astype(np.int8), kind="stable")
        at, sizes = at[order], sizes[order]
    return at, sizes


def _value(fact: Fact, values: Array, level: int = HOME) -> Cells:
    """A column of codes as cells."""
    unknown = values == lost(values)
    known = True if not unknown.any() else ~unknown
    if known is not True:
        values = values * known
    if fact.type == "yes_no":
        values = values != 0
    if not values.ndim:
        value = values[()] if fact.type == "yes_no" else int(values)
        return Cells(value, True if known is True else np.False_)
    return Cells(values, known, level)
