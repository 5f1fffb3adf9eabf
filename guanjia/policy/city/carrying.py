"""From one month to the next: who must be decided again, though nothing new is recorded of them.

A birthday that a rule asks about, an award that ends, an amount that enters or leaves the months
that a rule looks back to: the columns that differ are worked out for those alone. A figure or a
sentence that changes touches everybody, but only the columns that read it.
"""

import re
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
from guanjia.policy.city.compile import TURNED, City, Shape
from guanjia.policy.city.layout import Snapshot, Table, quoted
from guanjia.policy.city.outcome import columns
from guanjia.policy.city.overlaying import Overlay, lay_over
from guanjia.policy.city.relating import settle
from guanjia.policy.city.terms import Constant, Term

SOURCE = "(SOURCE)"
NAMES = re.compile(r"\b(?:h|m\d+|turn)_\w+\b")


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
        work.choose(con, asked, gone)
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

    def __init__(
        self, step: Step, snapshot: Snapshot, table: Table, overlay: Overlay | None
    ) -> None:
        self.step, self.table, self.plain = step, table, snapshot.source(table)
        self.number = snapshot.tables.index(table)
        self.all = self.some = None
        shape, late = table.shape, frozenset[str]()
        if overlay:
            self.all = lay_over(snapshot, table, overlay)
            self.some = lay_over(snapshot, table, overlay, "chosen")
            shape, late = self.all.shape, self.all.late
        self.shape = shape
        self.city = settle(City(step.book, step.month, shape, before=step.before, late=late))
        self.news = {name: term for name, term in columns(self.city) if term.news}
        self.fixed: dict[str, Constant] = {
            name: term.value  # type: ignore[misc]
            for name, term in self.news.items()
            if term.fixed
        }

    def choose(self, con: duckdb.DuckDBPyConnection, asked: "Asked", gone: str) -> None:
        """`chosen(household, …)`: whom time or something new may change, with what is new of them."""
        tests = " OR ".join(touched(self.step, self.table.shape, asked)) or "FALSE"
        chosen = f"SELECT household FROM {self.plain} WHERE {tests}"
        new = "SELECT NULL::BIGINT AS household"
        if self.all and self.some:
            new = f"SELECT * FROM overlaid WHERE home = {self.number}"
            first, last = days.number(self.step.before), days.number(self.step.month)
            recent = f"late OR (turned > {first - asked.back} AND turned < {last})"
            chosen += f" UNION SELECT household FROM ({new}) WHERE {recent}"
            told = [
                test
                for test in touched(self.step, self.shape, asked)
                if not self.all.other.isdisjoint(NAMES.findall(test))
            ]
            if told:
                both = self.all.source.replace("LEFT JOIN overlaid", f"JOIN ({new})")
                chosen += f" UNION SELECT household FROM {both} WHERE {' OR '.join(told)}"
        rest = f"WHERE household NOT IN ({gone})" if gone else ""
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE chosen AS
            SELECT * FROM ({chosen}) LEFT JOIN ({new}) USING (household) {rest}"""
        )

    def statements(self, gone: str = "") -> Iterator[tuple[str, str]]:
        """File and statement: of the columns whose text changed, and of the others for the chosen."""
        stem = self.table.file.removesuffix(".parquet")
        vary = {name: term for name, term in self.news.items() if not term.fixed}
        by_text = {name: term for name, term in vary.items() if term.news & t.TEXT}
        others = {name: term for name, term in vary.items() if name not in by_text}
        if by_text:
            text = self.statement(by_text)
            new = self.all and not self.all.other.isdisjoint(NAMES.findall(text))
            source = self.all.source if self.all and new else self.plain
            if gone:
                source = f"(SELECT * FROM {source} WHERE household NOT IN ({gone}))"
            yield f"{stem}-text.parquet", text.replace(SOURCE, source)
        if others:
            plain = (
                f"(SELECT * FROM {self.plain} WHERE household IN (SELECT household FROM chosen))"
            )
            source = self.some.source if self.some else plain
            yield f"{stem}-some.parquet", self.statement(others).replace(SOURCE, source)

    def statement(self, wanted: dict[str, Term]) -> str:
        """These columns of every household of what is to stand for SOURCE."""
        household = {"household": t.source("household", False)}
        return self.city.sheet.statement(SOURCE, {**household, **wanted})


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
    found = [
        f"(m{seat}_born_on > DATE '{days.born_by(step.before, age)}' "
        f"AND m{seat}_born_on <= DATE '{days.born_by(step.month, age)}')"
        for seat in shape.units
        if f"m{seat}_born_on" in shape.stored
        for age in sorted(asked.ages)
    ]
    first, last = days.number(step.before), days.number(step.month)
    for turn, latest in shape.latest.items():
        if latest > first - asked.back and turn not in shape.fixed:
            found.append(f"({turn} > {first - asked.back} AND {turn} < {last})")
    if TURNED in shape.stored:
        found.append(f"({TURNED} > {first - asked.back} AND {TURNED} < {last})")
    found += [
        f"({name} > {first} AND {name} <= {last})" for name in shape.stored if "_ends_" in name
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
