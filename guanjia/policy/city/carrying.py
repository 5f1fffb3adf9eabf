"""From one month to the next: who must be decided again, though nothing new is recorded of them.

A birthday that a rule asks about, an award that ends, an amount that enters or leaves the months
that a rule looks back to: the columns that differ are worked out for those alone. A figure or a
sentence that changes touches everybody, but only the columns that read it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.city import terms as t
from guanjia.policy.city.compile import TURNED, City, Shape
from guanjia.policy.city.layout import NAMES, Snapshot, Table, quoted
from guanjia.policy.city.outcome import columns
from guanjia.policy.city.overlaying import Overlay, lay_over
from guanjia.policy.city.relating import settle
from guanjia.policy.city.terms import Constant, Term

SOURCE = "(SOURCE)"


@dataclass(frozen=True, slots=True)
class Carried:
    """What came out otherwise in one table: columns of some households, and of all of them.

    `files`: each holds `household` and the columns that differ for the households in it; `fixed`:
    columns that are now the same in all rows.
    """

    table: str
    files: tuple[str, ...]
    fixed: dict[str, Constant]


@dataclass(frozen=True, slots=True)
class Step:
    """From a month to a later one, by one book."""

    book: Book
    before: date
    month: date


def carry(
    con: duckdb.DuckDBPyConnection,
    step: Step,
    snapshot: Snapshot,
    folder: Path,
    gone: str = "",
    overlay: Overlay | None = None,
) -> list[Carried]:
    """What of a month's results is not as in the month before, for the households of a snapshot.

    `overlay` is what was recorded since the snapshot. `gone` is SQL for the households to leave
    out: those that were laid out anew.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = Asked.by(step)
    found = []
    for table in snapshot.tables:
        work = _Table(step, snapshot, table, overlay)
        files = [
            name
            for name, text in work.statements(asked, gone)
            if con.execute(
                f"COPY ({text}) TO {quoted(str(folder / name))} (FORMAT parquet, COMPRESSION zstd)"
            )
        ]
        if files or work.fixed:
            found.append(Carried(table.file, tuple(files), work.fixed))
    return found


class _Table:
    """One table: which of its columns may come out otherwise, and why."""

    def __init__(
        self, step: Step, snapshot: Snapshot, table: Table, overlay: Overlay | None
    ) -> None:
        self.step, self.table, self.plain = step, table, snapshot.source(table)
        self.laid = lay_over(snapshot, table, overlay) if overlay else None
        self.shape = self.laid.shape if self.laid else table.shape
        late = self.laid.late if self.laid else frozenset[str]()
        self.city = settle(City(step.book, step.month, self.shape, before=step.before, late=late))
        self.news = {name: term for name, term in columns(self.city) if term.news}
        self.fixed: dict[str, Constant] = {
            name: term.value  # type: ignore[misc]
            for name, term in self.news.items()
            if term.fixed
        }

    def statements(self, asked: "Asked", gone: str = "") -> Iterator[tuple[str, str]]:
        """File and statement: of the columns whose text changed, and of the others for the touched."""
        stem = self.table.file.removesuffix(".parquet")
        vary = {name: term for name, term in self.news.items() if not term.fixed}
        by_text = {name: term for name, term in vary.items() if term.news & t.TEXT}
        others = {name: term for name, term in vary.items() if name not in by_text}
        if by_text:
            yield f"{stem}-text.parquet", self.statement(by_text, gone)
        if others:
            tests = (["late"] if self.laid else []) + touched(self.step, self.shape, asked)
            if tests:
                yield f"{stem}-some.parquet", self.statement(others, gone, tests)

    def statement(self, wanted: dict[str, Term], gone: str, tests: Sequence[str] = ()) -> str:
        """These columns of every household that is not gone and for which a test holds, if any are given."""
        household = {"household": t.source("household", False)}
        text = self.city.sheet.statement(SOURCE, {**household, **wanted})
        names = set(NAMES.findall(text))
        if self.laid and (tests or any(map(self.laid.is_new, names))):
            source = self.laid.source(names, tests)
        else:
            source = f"(FROM {self.plain} WHERE {' OR '.join(tests) or 'TRUE'})"
        if gone:
            source = f"(FROM {source} WHERE household NOT IN ({gone}))"
        return text.replace(SOURCE, source)


@dataclass(frozen=True, slots=True)
class Asked:
    """The ages that a book asks about in either month, and how many months it looks back at most."""

    ages: frozenset[int]
    back: int

    @classmethod
    def by(cls, step: Step) -> "Asked":
        """What the book of a step asks."""
        ages, back = set[int](), 0
        for chapter in step.book.chapters:
            for month in (step.before, step.month):
                for node in _nodes(chapter, month):
                    if isinstance(node, n.Age):
                        ages.add(_number(chapter, node.years, month))
                    elif isinstance(node, n.LastMonths):
                        back = max(back, _number(chapter, node.months, month))
        return cls(frozenset(ages), back)


def touched(step: Step, shape: Shape, asked: Asked) -> list[str]:
    """SQL conditions of which one holds for every household that time alone may change."""
    first, last = days.number(step.before), days.number(step.month)
    turns = [name for name, latest in shape.latest.items() if latest > first - asked.back]
    turns += [TURNED] if TURNED in shape.stored else []
    found = [
        f"{name} BETWEEN {first - asked.back + 1} AND {last - 1}"
        for name in turns
        if name not in shape.fixed
    ]
    found += [f"{name} BETWEEN {first + 1} AND {last}" for name in shape.stored if "_ends_" in name]
    births = [(days.born_by(step.before, age), days.born_by(step.month, age)) for age in asked.ages]
    found += [
        f"m{seat}_born_on BETWEEN DATE '{then + timedelta(1)}' AND DATE '{now}'"
        for seat in shape.units
        if f"m{seat}_born_on" in shape.stored
        for then, now in sorted(births)
    ]
    whole = [name for name in shape.fixed if name.endswith("_born_on") or "_ends_" in name]
    return ["TRUE"] if whole else found


def _nodes(chapter: Chapter, month: date) -> Iterator[n.Node]:
    for sentence in (*chapter.conditions_on(month), *chapter.amounts_on(month)):
        yield from sentence.node.walk()


def _number(chapter: Chapter, node: n.Node, month: date) -> int:
    if isinstance(node, n.Literal):
        return int(node.value)
    assert isinstance(node, n.FigureRef)
    row = chapter.figure_on(node.name, month)
    return row.value if row else 0
