"""Where the members of some households stand: all first members, then all second ones, and so on.

The largest households stand first, so that the members of one seat belong to the first so many of
them. What is said of households is said of their members by copying, and what members have is summed
by adding whole stretches of a column; nothing is looked up.
"""

from functools import cached_property

import numpy as np

from guanjia.policy.month.cells import Array


class Seats:
    """The seats of households of these sizes, the largest first.

    `reach` says how many households have a member in each seat, `begins` where those stand.
    """

    def __init__(self, sizes: Array) -> None:
        self.sizes, self.homes = sizes, len(sizes)
        most = int(sizes[0]) if len(sizes) else 0
        reach = np.searchsorted(-sizes, -np.arange(most), side="left")
        self.reach: list[int] = reach.tolist()
        self.begins: list[int] = np.concatenate(([0], np.cumsum(reach)))[:-1].tolist()
        self.persons = sum(self.reach)
        self.alone = self.reach == [self.homes]

    @cached_property
    def number(self) -> Array:
        """The seat of each person."""
        return np.repeat(np.arange(len(self.reach)), self.reach)

    @cached_property
    def homes_of(self) -> Array:
        """The household of each person."""
        return self.spread(np.arange(self.homes))

    def members(self, begins: Array) -> Array:
        """Where all members stand in the register, by where those of each household begin."""
        parts = [begins[:many] + seat for seat, many in enumerate(self.reach)]
        return np.concatenate(parts) if parts else begins[:0]

    def spread(self, values: Array) -> Array:
        """What is said of each household, of each member."""
        if self.alone:
            return values
        parts = [values[..., :many] for many in self.reach]
        return np.concatenate(parts, axis=-1) if parts else values[..., :0]

    def total(self, values: Array) -> Array:
        """The sum over the members of each household."""
        return self._over(values, np.add)

    def count(self, values: Array) -> Array:
        """How many members of each household it is true of."""
        counts = self._over(values.view(np.int8), np.add)  # a household has at most 64 members
        return counts.astype(np.int64)

    def some(self, values: Array) -> Array:
        """Whether it is true of a member."""
        return self._over(values, np.logical_or)

    def head(self, values: Array) -> Array:
        """What is said of the first member."""
        most = self.reach[0] if self.reach else 0
        found = values[..., :most].copy()
        if most < self.homes:  # a household without members
            empty = np.zeros((*values.shape[:-1], self.homes - most), values.dtype)
            found = np.concatenate([found, empty], axis=-1)
        return found

    def _over(self, values: Array, does: np.ufunc) -> Array:
        if self.alone:
            return values
        found = self.head(values)
        for many, begin in zip(self.reach[1:], self.begins[1:], strict=True):
            part = found[..., :many]
            does(part, values[..., begin : begin + many], out=part)
        return found

    def spots(self, places: Array) -> Array:
        """Where the members of a few households stand, seat after seat; `places` are in order."""
        if self.alone:
            return places
        ends = np.searchsorted(places, self.reach)
        parts = [places[:end] + begin for end, begin in zip(ends, self.begins, strict=True)]
        return np.concatenate(parts) if parts else places[:0]
