"""Rows of a city looked up for some households and their members."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from guanjia.policy.month.cells import PERSON, Array
from guanjia.policy.month.news import City, Each
from guanjia.policy.month.register import Rows, lost
from guanjia.policy.month.seats import Seats


class Picked(NamedTuple):
    """Rows of somebody here: of whom, what is told, since which month; those of one in order of time."""

    who: Array
    told: Array
    since: Array

    def part(self, which: Array) -> "Picked":
        """Some of them."""
        return Picked(*(column.take(which) for column in self))


class Here(NamedTuple):
    """The rows of one name in the register or a part: of which household here, and where they stand there."""

    home: Array
    row: Array


class Picks:
    """What a city has recorded of households at these places, and of their members.

    Of plain ones there is nothing but what many have (see City.rare). `near` is what came in of
    these, and maybe of others. `within` are the picks of more households from whom these were
    taken, and where they stand there.
    """

    def __init__(
        self,
        city: City,
        homes: Array,
        seats: Seats,
        plain: bool,
        near: list[Each] | None,
        within: "tuple[Picks, Callable[[int], Array]] | None" = None,
    ) -> None:
        self._city, self._homes, self._seats, self._within = city, homes, seats, within
        self._plain, self._near = plain, near
        self._old: dict[str, list[Picked]] = {}
        self._new: dict[str, list[Picked]] = {}
        self._spots: dict[int, Array] = {}

    def rows(self, name: str, level: int) -> list[Picked]:
        """The rows of this name, the oldest first."""
        return self.old(name, level) + self.news(name, level)

    def old(self, name: str, level: int) -> list[Picked]:
        """Those of them that stand in the register."""
        return self._looked_up(self._old, name, level)

    def news(self, name: str, level: int) -> list[Picked]:
        """Those of them that came in since the snapshot."""
        return self._looked_up(self._new, name, level)

    def _looked_up(self, known: dict[str, list[Picked]], name: str, level: int) -> list[Picked]:
        """Rows of the register or those that came in, looked up once, for all from whom these were taken.

        What many have in the register is looked up for these alone.
        """
        found = known.get(name)
        if found is None:
            common, old = self._city.register.common(name), known is self._old
            if self._plain and not common:
                found = []
            elif self._within is not None and (
                not (common and old) or name in self._within[0]._old
            ):
                whole = self._within[0]
                every = whole._looked_up(whole._old if old else whole._new, name, level)
                found = [self._of_these(rows, level) for rows in every]
            elif old:
                found = self._of_register(name, level)
            else:
                found = self._of_parts(name, level)
            found = known[name] = [rows for rows in found if len(rows.who)]
        return found

    def _of_register(self, name: str, level: int) -> list[Picked]:
        rows = self._city.register.rows(name)
        if rows is None:
            return []
        if rows.begins is None:
            here = self._few.get(name)
            return [self._picked(rows, here, level)] if here else []
        places, first = self._homes, self._city.register.arrays["first"]
        if level & PERSON:
            places = self._seats.members(first.take(places))
        begin, end = rows.begins.take(places), rows.begins.take(places + 1)
        who, here_ = np.repeat(np.arange(len(begin)), end - begin), ranges(begin, end)
        return [_told(rows, who, here_)]

    def _of_parts(self, name: str, level: int) -> list[Picked]:
        """What came in, one month after another, as one."""
        found = [
            self._picked(part.rows[name], here[name], level)
            for part, here in zip(self._city.parts, self._parts, strict=True)
            if name in here
        ]
        if len(found) < 2:
            return found
        return [Picked(*(np.concatenate(columns) for columns in zip(*found, strict=True)))]

    @cached_property
    def _few(self) -> dict[str, Here]:
        """The register's rows that few have."""
        if self._plain:
            return {}
        arrays = self._city.register.arrays
        begins = arrays["few.begins"]
        begin, end = begins.take(self._homes), begins.take(self._homes + 1)
        home, here = np.repeat(np.arange(len(begin)), end - begin), ranges(begin, end)
        names = arrays["few.name"].take(here)
        order = np.argsort(names, kind="stable")
        row = arrays["few.row"].take(here.take(order))
        every = self._city.register.few
        return _by_name(every, names.take(order), home.take(order), row)

    @cached_property
    def _parts(self) -> list[dict[str, Here]]:
        """What came in since, month by month."""
        if not len(self._homes):
            return [{} for _part in self._city.parts]
        found, spots = [], self._city.spots(self._homes)
        near = self._city.near(self._homes) if self._near is None else self._near
        for part, rows in zip(self._city.parts, near, strict=True):
            home = spots.take(rows.home)
            mine = np.flatnonzero(self._homes.take(home, mode="clip") == rows.home)
            which, row = rows.which.take(mine), rows.row.take(mine)
            found.append(_by_name(list(part.rows), which, home.take(mine), row))
        return found

    def _picked(self, rows: Rows, here: Here, level: int) -> Picked:
        """Rows of somebody here, as they are told of."""
        who = here.home
        if level & PERSON:
            first = self._city.register.arrays["first"]
            seat = rows.at.take(here.row) - first.take(self._homes.take(who))
            who = np.array(self._seats.begins).take(seat) + who
        return _told(rows, who, here.row)

    def _places(self, level: int) -> int:
        return self._seats.persons if level & PERSON else len(self._homes)

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
            found = np.full(whole._places(level), -1, np.int32)
            found[mine] = np.arange(len(mine), dtype=np.int32)
            self._spots[level & PERSON] = found
        return found


def _told(rows: Rows, who: Array, here: Array) -> Picked:
    since = np.zeros(0, np.int64) if rows.since is None else rows.since.take(here)
    return Picked(who, as_kind(rows.is_.take(here), np.int64), since)


def _by_name(names: Sequence[str], which: Array, home: Array, row: Array) -> dict[str, Here]:
    """Rows apart by which of the names they are of, in whose order they stand."""
    edges = np.searchsorted(which, np.arange(len(names) + 1))
    return {
        name: Here(home[begin:end], row[begin:end])
        for name, begin, end in zip(names, edges, edges[1:], strict=False)
        if end > begin
    }


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
