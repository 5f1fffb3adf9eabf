"""What a snapshot's tables hold, sorted for looking up a few: a column a fact, by household and seat.

A folder of plain arrays that are mapped, not read. `home` are the households' keys in ascending
order, `first` where the members of each begin among all persons, `home-of` the household of each,
`place` where it lives, `turned` the month in which an amount last changed there. A fact that many
have is a column of all persons (or households), one that few have are rows of `at` and `is`; a monthly
amount is what it was at first, and `turn` rows of `at`, `since` and `is`, where there are many also
what it was at `last`. Of which households there is something that few have is told by `few.begins`,
with for each such row which of the names it is of (`few.name`) and its place there (`few.row`).
Nothing that a chapter computes is laid down.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from guanjia.policy.city.layout import INDEX, BadSnapshot, no_snapshot
from guanjia.policy.facts import Fact, Facts, Value
from guanjia.policy.month.cells import Array
from guanjia.policy.words import word

LOST = -(2**63)
"""What stands for a value that is not known; in a narrower column the least that fits."""
OPEN = 2**31 - 1
"""The month in which an award ends that has no end."""


class Rows(NamedTuple):
    """Some have something: `at` whom, in order; `is_` what; `since` which month an amount.

    Of an award `is_` is the month of its assessment, `since` the first month without it. `begins`,
    where there are many rows, says where those of each begin.
    """

    at: Array
    is_: Array
    since: Array | None = None
    begins: Array | None = None

    def part(self, which: Array) -> "Rows":
        """Some of them."""
        since = None if self.since is None else self.since.take(which)
        return Rows(self.at.take(which), self.is_.take(which), since)

    def sorted(self) -> "Rows":
        """In order of whom they are of, those of one in order of time."""
        if self.since is None:
            return self.part(np.argsort(self.at, kind="stable"))
        return self.part(np.lexsort((self.since, self.at)))


@dataclass(frozen=True, slots=True)
class Register:
    """The arrays of a city by name, what its numbers of places stand for, and by which declarations.

    `few` are the names of rows that few have.
    """

    folder: Path
    on: date
    places: tuple[str, ...]
    declared: str
    few: tuple[str, ...]
    arrays: Mapping[str, Array] = field(repr=False)

    @property
    def homes(self) -> int:
        """How many there are."""
        return len(self.arrays["home"])

    @property
    def persons(self) -> int:
        """How many there are."""
        return int(self.arrays["first"][-1])

    def column(self, name: str) -> Array | None:
        """A column of all, where there is one."""
        return self.arrays.get(name)

    def common(self, name: str) -> bool:
        """Whether rows of this name are of so many that nobody counts as rare by them."""
        return f"{name}.begins" in self.arrays

    def rows(self, name: str) -> Rows | None:
        """The rows of those who have something."""
        if f"{name}.at" not in self.arrays:
            return None
        more = (self.arrays.get(f"{name}.{what}") for what in ("since", "begins"))
        return Rows(self.arrays[f"{name}.at"], self.arrays[f"{name}.is"], *more)


def declared(facts: Facts) -> str:
    """The hash of what a column's numbers stand for: a choice is its place among those declared."""
    said = [
        (fact.name, fact.of, fact.type, fact.by_month, list(fact.choices))
        for fact in (*facts.household, *facts.person)
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def lost(column_: Array) -> int:
    """What stands in a column for a value that is not known."""
    return int(np.iinfo(column_.dtype).min)


def coded(fact: Fact, places: Mapping[str, int], value: Value) -> int:
    """A plain value as a column holds it. A place that nobody had yet is no code: KeyError."""
    if value is None:
        return LOST
    if isinstance(value, str):
        return places[value] if fact.type == "place" else list(fact.choices).index(value)
    if isinstance(value, date):
        return value.toordinal() - EPOCH
    assert isinstance(value, int)
    return int(value)


def between(sorted_: Array, low: int, high: int) -> tuple[int, int]:
    """Where in a sorted column the values from `low` to before `high` stand."""
    least, most = np.iinfo(sorted_.dtype).min, np.iinfo(sorted_.dtype).max
    ends = np.array(
        [max(low, least), min(high, most)], sorted_.dtype
    )  # as the column: none is cast
    start, stop = np.searchsorted(sorted_, ends)
    return int(start), int(stop)


EPOCH = date(1970, 1, 1).toordinal()


def read(folder: Path) -> Register:
    """The register in a folder. Raises BadSnapshot."""
    try:
        said = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise no_snapshot(folder) from None
    arrays = {file.stem: np.asarray(np.load(file, mmap_mode="r")) for file in folder.glob("*.npy")}
    if "declared" not in said or "few" not in said:
        raise BadSnapshot(word("{folder} 的快照是另一个版本写的。请重新导出。", folder=folder))
    on, places = date.fromisoformat(said["on"]), tuple(said["places"])
    return Register(folder, on, places, said["declared"], tuple(said["few"]), arrays)


def late(turned: Array, homes: Array, rows: Rows) -> None:
    """Take changes of an amount into the months in which one last changed, of each household."""
    assert rows.since is not None
    np.maximum.at(turned, homes, rows.since)


def numbers(values: pa.ChunkedArray, unknown: int = LOST) -> Array:
    """A column of a table as whole numbers, `unknown` where it is NULL."""
    whole: Array = values.cast(pa.int64()).fill_null(unknown).to_numpy()
    return whole
