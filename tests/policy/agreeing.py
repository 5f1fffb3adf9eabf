"""The city's readings held against the family's, on families that are made for it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Define
from guanjia.policy.city import terms as t
from guanjia.policy.city.compile import City, Shape, column
from guanjia.policy.city.outcome import Outcome, outcome
from guanjia.policy.city.packing import spots
from guanjia.policy.city.terms import Term
from guanjia.policy.decide import rules
from guanjia.policy.family import HOUSEHOLD, Family
from guanjia.policy.trace import Tracer
from tests.policy.by_columns import decided as columned
from tests.policy.families import BOOK
from tests.policy.tables import edges, table, turns


def told(row: dict[str, Any], benefit: str, unit: int, book: Book = BOOK) -> tuple[Any, Any, int]:
    """Gross, net and reasons that a row of the result says of one unit."""
    spot = spots(book, "household" if unit == HOUSEHOLD else "person")[benefit]
    net = row[column(unit, f"{benefit}_net")]
    gross = row.get(column(unit, f"{benefit}_gross"), net)
    return gross, net, spot.read(row[column(unit, f"reasons_{spot.word}")])


def groups(many: list[Family], month: date) -> list[list[Family]]:
    """Families of one size and of about as many stretches."""
    found: dict[tuple[int, bool], list[Family]] = {}
    for family in many:
        moving = bool(turns(BOOK, family, month))
        found.setdefault((len(family.people), moving), []).append(family)
    return list(found.values())


def laid(group: list[Family], month: date, fold: bool, book: Book) -> tuple[pa.Table, Shape]:
    """A group as a table of a snapshot."""
    most = max(len(turns(book, family, month)) for family in group)
    return table(book, group, month, most + 1, fold)


def decided(
    source: pa.Table, shape: Shape, month: date, book: Book = BOOK
) -> tuple[list[dict[str, Any]], Outcome]:
    """The rows that DuckDB gives for a table, with what was known beforehand."""
    connection = duckdb.connect(config={"threads": 1})
    connection.register("source", source)
    said = outcome(book, month, shape, "source")
    rows = connection.sql(said.text).to_arrow_table().to_pylist()
    return [{**said.fixed, **row} for row in rows], said


def disagreements(
    many: list[Family],
    month: date,
    fold: bool,
    book: Book = BOOK,
    seen: Counter[tuple[str, int]] | None = None,
) -> list[str]:
    """What the readings say differently; `seen` counts the reasons of each benefit."""
    found = []
    tables = [(group, *laid(group, month, fold, book)) for group in groups(many, month)]
    by_columns = columned(book, [(source, shape) for _group, source, shape in tables], month)
    for group, source, shape in tables:
        rows, _said = decided(source, shape, month, book)
        for family, row in zip(group, rows, strict=True):
            columns = next(by_columns)
            for result in rules(book, month).decide(family):
                if seen is not None:
                    seen[result.benefit, result.reasons] += 1
                ours = result.gross, result.net, result.reasons
                said = told(row, result.benefit, result.unit, book)
                third = columns.pop((result.benefit, result.unit))
                if not ours == said == third:
                    found.append(f"{result}: {said}: {third}: {family}")
            assert not columns
    return found


Spot = tuple[Chapter, int, Define, int, int]
"""A named expression: the chapter, whom it decides, the expression, of whom, in which stretch."""


def named(city: City) -> Iterator[Spot]:
    """Every named expression of every chapter, for each unit and stretch that a sentence may read it of."""
    for chapter in city.chapters:
        for deciding in city.units(chapter):
            for define in chapter.defines:
                own = (HOUSEHOLD,) if define.of == "household" else (deciding,)
                seats = define.of == "person" and chapter.unit == "household"
                for unit in city.shape.units if seats else own:
                    for stretch in range(city.shape.stretches if define.node.by_month else 1):
                        if not _gap(chapter, define, city.month):
                            yield chapter, deciding, define, unit, stretch


def _gap(chapter: Chapter, define: Define, month: date) -> bool:
    """Whether it reads a figure that has no value yet: no sentence in force reads it then."""
    names = [part.name for part in define.node.walk() if isinstance(part, n.FigureRef)]
    return any(chapter.figure_on(name, month) is None for name in names)


def steps(book: Book, many: list[Family], month: date, fold: bool) -> tuple[list[str], int]:
    """What the city's reading and the slow one say differently of named expressions; how many were held."""
    found, held = [], 0
    for group in groups(many, month):
        most = max(len(turns(book, family, month)) for family in group) + 1
        source, shape = table(book, group, month, most, fold)
        city = City(book, month, shape)
        terms: dict[Spot, Term] = {}
        for spot in named(city):
            city._chapter, city._deciding = spot[:2]
            terms[spot] = city._named(spot[2].node, *spot[3:])
        said = _values(city, source, list(terms.values()))
        for family, row in zip(group, said, strict=True):
            traced = _traced(book, month, family, list(terms), edges(book, family, month, most))
            for spot, ours, theirs in zip(terms, row, traced, strict=True):
                held += 1
                if ours != theirs or type(ours) is not type(theirs):
                    found.append(
                        f"{spot[0].code} {spot[2].name} {spot[3:]}: {ours} {theirs}: {family}"
                    )
    return found, held


def _values(city: City, source: pa.Table, terms: list[Term]) -> list[list[Any]]:
    """The terms' values, a list a household."""
    wanted = {f"a{k}": term for k, term in enumerate(terms) if not term.fixed}
    wanted["household"] = t.source("household", False)
    connection = duckdb.connect(config={"threads": 1})
    connection.register("source", source)
    rows = connection.sql(city.sheet.statement("source", wanted)).to_arrow_table().to_pylist()
    return [[row.get(f"a{k}", term.value) for k, term in enumerate(terms)] for row in rows]


def _traced(
    book: Book, month: date, family: Family, spots_: list[Spot], turned: list[int]
) -> Iterator[Any]:
    """What the slow reading says of each."""
    now = rules(book, month)
    results = now.results(family)
    starts = [max(0, turned[0] - 1), *turned] if turned else [days.number(month) - 1]
    tracers: dict[tuple[str, int], Tracer] = {}
    for chapter, deciding, define, unit, stretch in spots_:
        key = chapter.code, deciding
        if key not in tracers:
            place = now.place(chapter, family, deciding)
            tracers[key] = Tracer(book, chapter, month, family, deciding, place, results)
        yield tracers[key].say(define.node, unit, starts[stretch]).value
