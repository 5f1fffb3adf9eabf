"""What was recorded since a snapshot, month by month, beside its register.

Handed over are folders, one a month, the oldest first, each of files with one row a new fact:
`settled(household, unit, kind, number, word, day)`, the value that holds from now on;
`monthly(household, unit, kind, since, number)`, the amount from a month on; and `held(household,
unit, benefit, assessed, until)`, an award as it now stands. Rows are as for a layout (see
city/laying.py). What is recorded no more is handed over as what its absence means. A household
whose members are others than before is laid out anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guanjia.policy.book import Book
from guanjia.policy.city.layout import BadSnapshot
from guanjia.policy.facts import Fact
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.month.cells import Array
from guanjia.policy.month.register import LOST, OPEN, Register, Rows, declared, late, numbers
from guanjia.policy.words import listed, word

COLUMNS = {
    "settled": ("household", "unit", "kind", "number", "word", "day"),
    "monthly": ("household", "unit", "kind", "since", "number"),
    "held": ("household", "unit", "benefit", "assessed", "until"),
}


class Misfit(ValueError):
    """Something recorded since that no register can take up as it stands."""


class Each(NamedTuple):
    """Of rows of a part, one name after another: which household, which of the part's names, which row of that."""

    home: Array
    which: Array
    row: Array


class Part(NamedTuple):
    """One month's new rows, named as in the register; `homes` are the households that they are of."""

    rows: dict[str, Rows]
    homes: Array
    each: Each


@dataclass
class City:
    """A register with what came in since: the later a part, the more it counts.

    `turned` is for each household the month in which an amount last changed, `rare` whether anything is
    recorded of it that is not of many, or came in since.
    """

    register: Register
    book: Book
    parts: list[Part] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    turned: Array = field(init=False)
    rare: Array = field(init=False)
    _spots: tuple[Array, Array] | None = None

    def __post_init__(self) -> None:
        """Raises BadSnapshot where the facts are declared otherwise than when the register was written."""
        if self.register.declared != declared(self.book.facts):
            folder = self.register.folder
            raise BadSnapshot(word("{folder} 的快照是另一个版本写的。请重新导出。", folder=folder))
        self.turned = self.register.arrays["turned"].copy()
        self.rare = np.diff(self.register.arrays["few.begins"]) > 0
        self.places = {name: number for number, name in enumerate(self.register.places)}

    @property
    def facts(self) -> Sequence[Fact]:
        """All that are declared."""
        return (*self.book.facts.household, *self.book.facts.person)

    def take(self, folder: Path) -> Part:
        """Read one month's folder. Raises Misfit."""
        rows: dict[str, Rows] = {}
        home: dict[str, Array] = {}
        marked = np.zeros(self.register.homes, bool)
        for name in COLUMNS:
            table = _read(folder / f"{name}.parquet", COLUMNS[name])
            try:
                at = self._at(table)
                for kind, found, persons in self._rows(name, table, at):
                    rows[kind] = found.sorted()
                    home[kind] = self.home_of(rows[kind].at) if persons else rows[kind].at
            except pa.ArrowException as problem:
                raise _unfit(folder / f"{name}.parquet", str(problem)) from None
            marked[at] = True
        for kind, homes in home.items():
            if kind.startswith("turn-"):
                late(self.turned, homes, rows[kind])
            if not self.register.common(kind):
                self.rare[homes] = True
        self.parts.append(Part(rows, np.flatnonzero(marked), _each(list(home.values()))))
        return self.parts[-1]

    def changes(self, name: str) -> Iterator[Rows]:
        """The rows of this name, the oldest first."""
        found = self.register.rows(name)
        if found:
            yield found
        yield from self.news(name)

    def news(self, name: str) -> Iterator[Rows]:
        """Those of them that came in since the snapshot."""
        for part in self.parts:
            if name in part.rows:
                yield part.rows[name]

    def near(self, places: Array) -> list[Each]:
        """Of each part the rows of households at these places, or of more."""
        every = [part.each for part in self.parts]
        if 2 * len(places) > self.register.homes:
            return every
        marked = np.zeros(self.register.homes, bool)
        marked[places] = True
        return [
            Each(*(column.take(here) for column in each))
            for each in every
            for here in [np.flatnonzero(marked.take(each.home))]
        ]

    def spots(self, places: Array) -> Array:
        """For each household of the city where among `places` it stands, if it is one of them.

        One column for whoever asks last, as long as the city, and not made anew each time: for
        all others there is anything in it.
        """
        found, asked = self._spots or (np.zeros(self.register.homes, np.int32), places[:0])
        if asked is not places:
            found[places] = np.arange(len(places), dtype=np.int32)
            self._spots = found, places
        return found

    def home_of(self, persons: Array) -> Array:
        """The households of persons."""
        found: Array = self.register.arrays["home-of"][persons]
        return found

    def _at(self, table: pa.Table) -> Array:
        """Where each row's household stands. Raises Misfit."""
        homes = self.register.arrays["home"]
        asked = table["household"].to_numpy()
        at = np.searchsorted(homes, asked)
        strange = homes[np.minimum(at, len(homes) - 1)] != asked
        first = self.register.arrays["first"]
        unit = table["unit"].to_numpy()
        seat = np.minimum(at, len(homes) - 1)
        strange |= unit >= first[seat + 1] - first[seat]
        if strange.any():
            raise Misfit(
                word(
                    "户 {household} 的新记录接不上快照：快照里没有这户，或这户只有 {count} 人。请把这户重新导出。",
                    household=int(asked[strange][0]),
                    count=int((first[seat + 1] - first[seat])[strange][0]),
                )
            )
        found: Array = at
        return found

    def _rows(self, name: str, table: pa.Table, at: Array) -> Iterator[tuple[str, Rows, bool]]:
        """The rows of each kind by its name, and whether they are of persons."""
        kinds = table[COLUMNS[name][2]].unify_dictionaries().combine_chunks()
        unit = table["unit"].to_numpy()
        who = np.where(unit == HOUSEHOLD, at, self.register.arrays["first"][at] + unit)
        codes = kinds.indices.to_numpy()
        for code, kind in enumerate(kinds.dictionary.to_pylist()):
            here = np.flatnonzero(codes == code)
            part, persons = table.take(pa.array(here)), bool((unit[here] != HOUSEHOLD).any())
            if name == "held":
                ends = numbers(part["until"], OPEN)
                yield f"held-{kind}", Rows(who[here], numbers(part["assessed"]), ends), persons
                continue
            fact = self.book.facts.find(kind)
            if fact is None:
                raise Misfit(
                    word("新记录里有事实表中没有的一项：{kind}。请核对快照之后的导出。", kind=kind)
                )
            if name == "monthly":
                since = numbers(part["since"])
                yield f"turn-{kind}", Rows(who[here], numbers(part["number"]), since), persons
            else:
                said = Rows(who[here], self._said(fact, part))
                yield f"fact-{kind}", said, persons
                for following, rows in self._following(fact, said):
                    yield following, rows, persons

    def _following(self, fact: Fact, said: Rows) -> Iterator[tuple[str, Rows]]:
        """Facts that follow from another: whether a place lies in the city."""
        for other in self.facts:
            if other.derived_from == fact.name:
                inside = np.array([name.startswith(self.book.city) for name in self.places], bool)
                known = said.is_ != LOST
                yield (
                    f"fact-{other.name}",
                    Rows(said.at, np.where(known, inside[said.is_ * known], LOST)),
                )

    def _said(self, fact: Fact, part: pa.Table) -> Array:
        """The new values of a fact, in codes."""
        if fact.type == "day":
            return numbers(part["day"].cast(pa.int32()))
        if fact.type == "place":
            for name in pc.unique(part["word"]).to_pylist():
                if name is not None:
                    self.places.setdefault(name, len(self.places))
        if fact.type in ("choice", "place"):
            codes = list(fact.choices if fact.type == "choice" else self.places)
            return numbers(pc.index_in(part["word"], value_set=pa.array(codes)))
        return numbers(part["number"])


def _each(homes: list[Array]) -> Each:
    """By the households of the rows of each name."""
    none, sizes = np.zeros(0, np.int64), [len(some) for some in homes]
    return Each(
        np.concatenate([none, *homes]),
        np.repeat(np.arange(len(homes), dtype=np.int16), sizes),
        np.concatenate([none, *map(np.arange, sizes)]),
    )


def _read(file: Path, columns: Sequence[str]) -> pa.Table:
    """One file of new rows; what each is of as a dictionary. Raises Misfit."""
    try:
        found = pq.ParquetFile(file, read_dictionary=[columns[2]])
        lacking = sorted(set(columns) - set(found.schema_arrow.names))
        if lacking:
            raise _unfit(file, word("缺少列 {columns}", columns=listed(lacking)))
        return found.read(columns=list(columns), use_threads=False)
    except (OSError, pa.ArrowException) as problem:
        raise _unfit(file, str(problem)) from None


def _unfit(file: Path, why: str) -> Misfit:
    return Misfit(word("新记录的文件 {file} 读不了：{why}。请重新导出。", file=file, why=why))
