"""Families as tables of a snapshot, for tests: every column stored, or what is alike in all rows fixed."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from guanjia.kit import days
from guanjia.policy import family as families
from guanjia.policy.book import Book
from guanjia.policy.city.compile import Shape, column
from guanjia.policy.codegen import at
from guanjia.policy.facts import Fact
from guanjia.policy.family import HOUSEHOLD, Family

KINDS = {"yes_no": pa.bool_(), "whole": pa.int64(), "fen": pa.int64(), "day": pa.date32()}


def turns(book: Book, family: Family, month: date) -> list[int]:
    """The months in which a stretch of the family ends and the next begins, as far as a rule may look."""
    until = max([days.number(month), *family.held.values()])
    return sorted(turn for turn in families.turns(book.facts, family) if turn < until)


def edges(book: Book, family: Family, month: date, stretches: int) -> list[int]:
    """The turns of a family, noughts before them where it has fewer than the table."""
    found = turns(book, family, month)
    return [0] * (stretches - 1 - len(found)) + found


def columns(
    book: Book, group: Sequence[Family], month: date, stretches: int
) -> Iterator[tuple[str, pa.DataType, list[Any]]]:
    """Every column of the snapshot's wide rows, filled from families of one size."""
    turned = [edges(book, family, month, stretches) for family in group]
    for number in range(stretches - 1):
        yield f"turn_{number + 1}", pa.int64(), [each[number] for each in turned]
    now = days.number(month) - 1
    starts = [[max(0, each[0] - 1) if each else now, *each] for each in turned]
    for unit in range(HOUSEHOLD, len(group[0].people)):
        people = [f.household if unit == HOUSEHOLD else f.people[unit] for f in group]
        for fact in book.facts.household if unit == HOUSEHOLD else book.facts.person:
            values = [values[fact.position] for values in people]
            yield from _fact(fact, column(unit, fact.name), values, starts)
        for chapter in book.chapters:
            if (chapter.unit == "household") == (unit == HOUSEHOLD):
                name = column(unit, f"assessed_{chapter.code}")
                yield name, pa.int64(), [f.held.get((chapter.code, unit)) for f in group]


def _fact(
    fact: Fact, name: str, values: list[Any], starts: Sequence[Sequence[int]]
) -> Iterator[tuple[str, pa.DataType, list[Any]]]:
    kind = KINDS.get(fact.type, pa.string())
    if not fact.by_month:
        yield name, kind, values
        return
    for stretch in range(len(starts[0])):
        said = [
            at(spans, mine[stretch], fact.absent) if spans else fact.absent
            for spans, mine in zip(values, starts, strict=True)
        ]
        yield f"{name}_{stretch}" if len(starts[0]) > 1 else name, kind, said


def table(
    book: Book, group: Sequence[Family], month: date, stretches: int, fold: bool
) -> tuple[pa.Table, Shape]:
    """Families of one size as a table and its shape; `fold` leaves out what is alike in all rows."""
    stored: dict[str, bool] = {}
    fixed: dict[str, Any] = {}
    arrays: dict[str, pa.Array] = {
        "household": pa.array(range(len(group)), pa.int64()),
        "place": pa.array([family.place for family in group]),
    }
    for name, kind, values in columns(book, group, month, stretches):
        first = values[0]
        if fold and all(v == first and type(v) is type(first) for v in values):
            fixed[name] = first
        else:
            stored[name] = not fold or None in values
            arrays[name] = pa.array(values, kind)
    return pa.table(arrays), Shape(len(group[0].people), stretches, stored, fixed)
