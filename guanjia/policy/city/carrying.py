"""From one month to the next: who must be decided again, though nothing new is recorded of them.

A birthday that a rule asks about, an award that ends, an amount that enters or leaves the months
that a rule looks back to: the columns that differ are worked out for those alone. A figure or a
sentence that changes touches everybody, but only the columns that read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.city import terms as t
from guanjia.policy.city.compile import City, Shape
from guanjia.policy.city.layout import Snapshot, Table, quoted
from guanjia.policy.city.outcome import columns
from guanjia.policy.city.relating import settle
from guanjia.policy.city.terms import Constant, Term


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
    con: duckdb.DuckDBPyConnection, step: Step, snapshot: Snapshot, folder: Path, gone: str = ""
) -> list[Carried]:
    """What of a month's results is not as in the month before, for the households of a snapshot.

    `gone` is SQL for the households to leave out: those of whom something new was recorded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for table in snapshot.tables:
        work = _Table(step, snapshot, table)
        files = [
            name
            for name, text in work.statements(gone)
            if con.execute(
                f"COPY ({text}) TO {quoted(str(folder / name))} (FORMAT parquet, COMPRESSION zstd)"
            )
        ]
        if files or work.fixed:
            found.append(Carried(table.file, tuple(files), work.fixed))
    return found


class _Table:
    """One table: which of its columns may come out otherwise, and why."""

    def __init__(self, step: Step, snapshot: Snapshot, table: Table) -> None:
        self.step, self.snapshot, self.table = step, snapshot, table
        self.city = settle(City(step.book, step.month, table.shape, before=step.before))
        self.news = {name: term for name, term in columns(self.city) if term.news}
        self.fixed: dict[str, Constant] = {
            name: term.value  # type: ignore[misc]
            for name, term in self.news.items()
            if term.fixed
        }

    def statements(self, gone: str) -> Iterator[tuple[str, str]]:
        """File and statement: of the columns whose text changed, and of those that only time moves."""
        source, stem = self.snapshot.source(self.table), self.table.file.removesuffix(".parquet")
        vary = {name: term for name, term in self.news.items() if not term.fixed}
        by_text = {name: term for name, term in vary.items() if term.news & t.TEXT}
        by_time = {name: term for name, term in vary.items() if name not in by_text}
        if by_text:
            yield f"{stem}-text.parquet", self.statement(by_text, source, gone)
        asked = touched(self.step, self.table.shape)
        if by_time and asked:
            chosen = f"(SELECT * FROM {source} WHERE {' OR '.join(asked)})"
            yield f"{stem}-time.parquet", self.statement(by_time, chosen, gone)

    def statement(self, wanted: dict[str, Term], source: str, gone: str) -> str:
        """These columns of the households that may come out otherwise."""
        rest = f"(SELECT * FROM {source} WHERE household NOT IN ({gone}))" if gone else source
        household = {"household": t.source("household", False)}
        return self.city.sheet.statement(rest, {**household, **wanted})


def touched(step: Step, shape: Shape) -> list[str]:
    """SQL conditions of which one holds for every household that time alone may change."""
    ages, back = _asked(step)
    asked = [
        f"(m{seat}_born_on > DATE '{days.born_by(step.before, age)}' "
        f"AND m{seat}_born_on <= DATE '{days.born_by(step.month, age)}')"
        for seat in shape.units
        if f"m{seat}_born_on" in shape.stored
        for age in sorted(ages)
    ]
    first, last = days.number(step.before), days.number(step.month)
    for turn, latest in shape.latest.items():
        if latest > first - back:
            asked.append(f"({turn} > {first - back} AND {turn} < {last})")
    asked += [
        f"({name} > {first} AND {name} <= {last})" for name in shape.stored if "_ends_" in name
    ]
    whole = [name for name in shape.fixed if name.endswith("_born_on") or "_ends_" in name]
    return ["TRUE"] if whole else asked


def _asked(step: Step) -> tuple[set[int], int]:
    """The ages that the book asks about in either month, and how many months it looks back at most."""
    ages, back = set[int](), 0
    for chapter in step.book.chapters:
        for month in (step.before, step.month):
            for node in _nodes(chapter, month):
                if isinstance(node, n.Age):
                    ages.add(_number(chapter, node.years, month))
                elif isinstance(node, n.LastMonths):
                    back = max(back, _number(chapter, node.months, month))
    return ages, back


def _nodes(chapter: Chapter, month: date) -> Iterator[n.Node]:
    for sentence in (*chapter.conditions_on(month), *chapter.amounts_on(month)):
        yield from sentence.node.walk()


def _number(chapter: Chapter, node: n.Node, month: date) -> int:
    if isinstance(node, n.Literal):
        return int(node.value)
    assert isinstance(node, n.FigureRef)
    row = chapter.figure_on(node.name, month)
    return row.value if row else 0
