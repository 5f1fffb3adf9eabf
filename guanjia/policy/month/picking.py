"""Rows of a city looked up for some households and their members."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from guanjia.policy.month.cells import PERSON, Array
from guanjia.policy.month.news import City
from guanjia.policy.month.register import Rows, between, lost


class Picked(NamedTuple):
    """Rows of somebody here: of whom, what is told, since which month; those of one in order of time."""

    who: Array
    told: Array
    since: Array


class Picks:
    """What a city has recorded of households at these places, and of these persons.

    Of plain ones there is nothing but what many have (see City.rare). `within` are the picks of more
    households from whom these were taken, and where they stand there.
    """

    def __init__(
        self,
        city: City,
        homes: Array,
        persons: Array,
        plain: bool,
        within: "tuple[Picks, Callable[[int], Array]] | None" = None,
    ) -> None:
        self._city, self._homes, self._persons, self._within = city, homes, persons, within
        self._plain = plain
        self._known: dict[str, list[Picked]] = {}
        self._spots: dict[int, Array] = {}

    def rows(self, name: str, level: int) -> list[Picked]:
        """The rows of this name, the oldest first; looked up once, for all from whom these were taken."""
        found = self._known.get(name)
        if found is None:
            if self._plain and not self._city.register.common(name):
                found = []
            elif self._within is not None:
                every = self._within[0].rows(name, level)
                found = [self._of_these(rows, level) for rows in every]
            else:
                found = [self._mine(rows, level) for rows in self._city.changes(name)]
            found = self._known[name] = [rows for rows in found if len(rows.who)]
        return found

    def last(self, name: str, level: int, register: bool) -> Iterator[tuple[Array, Array]]:
        """The rows of this name of which the last of each counts: of whom, what; the register's too, or not."""
        if self._plain and not self._city.register.common(name):
            return
        for rows in self._city.changes(name) if register else self._city.news(name):
            picked = self._mine(rows, level)
            yield picked.who, picked.told

    def _places(self, level: int) -> Array:
        return self._persons if level & PERSON else self._homes

    def _mine(self, rows: Rows, level: int) -> Picked:
        """The city's rows that are of somebody here."""
        places = self._places(level)
        if rows.begins is not None:
            begin, end = rows.begins.take(places), rows.begins.take(places + 1)
            who = np.repeat(np.arange(len(begin)), end - begin)
            here = ranges(begin, end)
        else:
            low, high = (int(places.min()), int(places.max()) + 1) if len(places) else (0, 0)
            start, stop = between(rows.at, low, high)
            asked = rows.at[start:stop]
            who = self._city.spots(level & PERSON, places).take(asked)
            mine = (
                np.flatnonzero(places.take(who, mode="clip") == asked) if len(places) else who[:0]
            )
            who, here = who.take(mine), start + mine
        since = np.zeros(0, np.int64) if rows.since is None else rows.since.take(here)
        return Picked(who, as_kind(rows.is_.take(here), np.int64), since)

    def _of_these(self, rows: Picked, level: int) -> Picked:
        """Of the rows that were looked up for more households those that are of somebody here."""
        who = self._local(level).take(rows.who)
        here = np.flatnonzero(who >= 0)
        since = rows.since.take(here) if len(rows.since) else rows.since
        return Picked(who.take(here), rows.told.take(here), since)

    def _local(self, level: int) -> Array:
        """For each of those from whom these were taken where it stands here, -1 where not."""
        found = self._spots.get(level & PERSON)
        if found is None:
            assert self._within is not None
            whole, spots = self._within
            mine = spots(level & PERSON)
            found = np.full(len(whole._places(level)), -1, np.int32)
            found[mine] = np.arange(len(mine), dtype=np.int32)
            self._spots[level & PERSON] = found
        return found


def ranges(begin: Array, end: Array) -> Array:
    """The whole numbers of several ranges, one after another."""
    many = (end - begin).astype(np.int64)
    edges = np.cumsum(many)
    total = int(edges[-1]) if len(edges) else 0
    found: Array = np.arange(total) + np.repeat(begin - (edges - many), many)
    return found


def as_kind(values: Array, kind: type[np.signedinteger[Any]]) -> Array:
    """A column in wider or narrower numbers; what is not known is the least of each."""
    if values.dtype == kind:
        return values
    found = values.astype(kind)
    unknown = values == lost(values)
    if unknown.any():
        found[unknown] = lost(found)
    return found
