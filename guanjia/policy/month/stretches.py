"""Stretches of months in which no amount of a household changes, as rows: first, second, and so on.

A column of stretches has a row for each, as long as the households or persons are. Who has fewer
has empty ones at the end, in which everything stays as it was.
"""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from guanjia.policy.month.cells import PERSON, Array
from guanjia.policy.month.register import OPEN
from guanjia.policy.month.seats import Seats

EVER = -(2**31)
"""The month in which a first stretch begins."""
MOST = 127
"""Months whose turns a byte can count."""
Number = Callable[[Array, Array], Array]
"""In which stretch of its household a month begins that an amount is told of."""


class Stretches:
    """Of households with these seats: `many` each has, and `starts`, the month in which each begins."""

    def __init__(self, seats: Seats, many: Array, starts: Array, number: Number) -> None:
        self.seats, self.many, self.starts, self.number = seats, many, starts, number
        self.most = len(starts)

    @classmethod
    def of(cls, changes: Sequence[tuple[Array, Array]], floor: int, seats: Seats) -> "Stretches":
        """From whose amounts change in which months; up to `floor` no change matters."""
        after = [(home, np.maximum(since.astype(np.int64) - floor, 0)) for home, since in changes]
        latest = max((int(months.max()) for _home, months in after if len(months)), default=0)
        turned = np.zeros((latest + 1, seats.homes), np.int8 if latest < MOST else np.int16)
        for home, months in after:
            turned.reshape(-1)[months * seats.homes + home] = 1
        turned[0] = 0
        ranks = np.cumsum(turned, axis=0, dtype=turned.dtype)
        many = ranks[-1].astype(np.int64) + 1
        starts = np.full((int(many.max(initial=1)), seats.homes), OPEN, np.int32)
        starts[0] = EVER
        months, home = np.nonzero(turned)
        starts[ranks[months, home], home] = months + floor

        def number(home: Array, since: Array) -> Array:
            return ranks.reshape(-1).take(
                np.maximum(since.astype(np.int64) - floor, 0) * seats.homes + home
            )

        return cls(seats, many, starts, number)

    def narrow(self, places: Array, seats: Seats) -> "Stretches":
        """Those of a few of the households."""
        many = self.many.take(places)
        starts = self.starts[: int(many.max(initial=1))].take(places, axis=1)
        return Stretches(
            seats, many, starts, lambda home, since: self.number(places.take(home), since)
        )

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
