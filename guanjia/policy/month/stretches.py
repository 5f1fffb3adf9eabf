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


class Stretches:
    """Of households with these seats; `ranks` of each month from the floor on, how many turns they had by then."""

    def __init__(self, ranks: Array, floor: int, seats: Seats) -> None:
        self.ranks, self.floor, self.seats = ranks, floor, seats

    @classmethod
    def of(cls, changes: Sequence[tuple[Array, Array]], floor: int, seats: Seats) -> "Stretches":
        """From whose amounts change in which months."""
        after = [(home, np.maximum(since - floor, 0)) for home, since in changes]
        latest = max((int(months.max()) for _home, months in after if len(months)), default=0)
        turned = np.zeros((latest + 1, seats.homes), bool)
        for home, months in after:
            turned[months, home] = True
        turned[0] = False
        return cls(np.cumsum(turned, axis=0, dtype=np.int16), floor, seats)

    def narrow(self, places: Array, seats: Seats) -> "Stretches":
        """Those of a few of the households."""
        return Stretches(self.ranks[:, places], self.floor, seats)

    @property
    def many(self) -> Array:
        """How many each household has."""
        found: Array = self.ranks[-1] + 1
        return found

    @cached_property
    def most(self) -> int:
        """How many whoever has most has."""
        return int(self.many.max(initial=1))

    def number(self, home: Array, since: Array) -> Array:
        """In which stretch of its household a month begins that an amount is told of."""
        found: Array = self.ranks[np.maximum(since - self.floor, 0), home]
        return found

    @cached_property
    def _starts(self) -> Array:
        starts = np.full((self.most, self.seats.homes), OPEN, np.int32)
        starts[0] = EVER
        after, home = np.nonzero(self.ranks[1:] != self.ranks[:-1])
        starts[self.ranks[after + 1, home], home] = after + 1 + self.floor
        return starts

    @cached_property
    def _of_homes(self) -> tuple[Array, Array]:
        last = np.full((1, self.seats.homes), OPEN, np.int32)
        return self._starts, np.concatenate([self._starts[1:], last])

    @cached_property
    def _of_persons(self) -> tuple[Array, Array]:
        starts, ends = self._of_homes
        return self.seats.spread(starts), self.seats.spread(ends)

    def bounds(self, level: int) -> tuple[Array, Array]:
        """The month in which each begins, and in which the next one does: rows of households or of persons."""
        return self._of_persons if level & PERSON else self._of_homes
