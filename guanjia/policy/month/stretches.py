"""Stretches of months in which no amount of a household changes, as rows: first, second, and so on.

A column of stretches has a row for each, as long as the households or persons are. Who has fewer
has empty ones at the end, in which everything stays as it was.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from guanjia.policy.month.cells import PERSON, Array
from guanjia.policy.month.register import OPEN
from guanjia.policy.month.seats import Seats

EVER = -(2**31)
"""The month in which a first stretch begins."""
MONTHS = 20
"""Bits that the number of a month has room in."""


class Stretches:
    """Of households with these seats: `starts` says in which month each begins, `many` how many each has."""

    def __init__(self, seats: Seats, starts: Array, many: Array) -> None:
        self.seats, self.starts, self.many = seats, starts, many
        self.most = len(starts)

    @classmethod
    def of(cls, changes: Sequence[tuple[Array, Array]], seats: Seats) -> "Stretches":
        """From whose amounts change in which months."""
        keys = [home.astype(np.int64) << MONTHS | since for home, since in changes]
        turns = np.sort(np.concatenate([np.zeros(0, np.int64), *keys]))
        turns = turns[np.append(turns[1:] != turns[:-1], True)] if len(turns) else turns
        home, since = turns >> MONTHS, turns & ((1 << MONTHS) - 1)
        after = np.bincount(home, minlength=seats.homes)
        begins = np.cumsum(after) - after
        starts = np.full((int(after.max(initial=0)) + 1, seats.homes), OPEN, np.int32)
        starts[0] = EVER
        starts[np.arange(len(turns)) - begins.take(home) + 1, home] = since
        return cls(seats, starts, after + 1)

    def narrow(self, places: Array, seats: Seats) -> "Stretches":
        """Those of a few of the households."""
        many = self.many.take(places)
        return Stretches(seats, self.starts[: int(many.max(initial=1))].take(places, axis=1), many)

    def number(self, home: Array, since: Array) -> Array:
        """In which stretch of its household a month begins that an amount is told of."""
        found: Array = np.zeros(len(home), np.int8 if self.most < 127 else np.int16)
        for start in self.starts[1:]:
            found = found + (start.take(home) <= since)
        return found

    @cached_property
    def _of_homes(self) -> tuple[Array, Array]:
        last = np.full((1, self.seats.homes), OPEN, np.int32)
        return self.starts, np.concatenate([self.starts[1:], last])

    @cached_property
    def _of_persons(self) -> tuple[Array, Array]:
        starts, ends = self._of_homes
        return self.seats.spread(starts), self.seats.spread(ends)

    def bounds(self, level: int) -> tuple[Array, Array]:
        """The month in which each begins, and in which the next one does: rows of households or of persons."""
        return self._of_persons if level & PERSON else self._of_homes
