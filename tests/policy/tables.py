"""Families as tables of a snapshot, for tests: every column stored, or what is alike in all rows fixed."""

from collections.abc import Sequence
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


def row(
    book: Book, family: Family, month: date, stretches: int
) -> dict[str, tuple[pa.DataType, Any]]:
    """One household as the snapshot's wide row: column -> (type, value)."""
    found: dict[str, tuple[pa.DataType, Any]] = {}
    edges = turns(book, family, month)
    edges = [0] * (stretches - 1 - len(edges)) + edges
    starts = [max(0, edges[0] - 1) if edges else days.number(month) - 1, *edges]
    for number, edge in enumerate(edges, 1):
        found[f"turn_{number}"] = pa.int64(), edge
    for unit in range(HOUSEHOLD, len(family.people)):
        declared = book.facts.household if unit == HOUSEHOLD else book.facts.person
        values = family.household if unit == HOUSEHOLD else family.people[unit]
        for fact, value in zip(declared, values, strict=True):
            found |= _fact(fact, column(unit, fact.name), value, starts)
        for chapter in book.chapters:
            if (chapter.unit == "household") == (unit == HOUSEHOLD):
                assessed = family.held.get((chapter.code, unit))
                found[column(unit, f"assessed_{chapter.code}")] = pa.int64(), assessed
    return found


def _fact(
    fact: Fact, name: str, value: Any, starts: Sequence[int]
) -> dict[str, tuple[pa.DataType, Any]]:
    kind = KINDS.get(fact.type, pa.string())
    if not fact.by_month:
        return {name: (kind, value)}
    return {
        f"{name}_{stretch}" if len(starts) > 1 else name: (kind, at(value, start, fact.absent))
        for stretch, start in enumerate(starts)
    }


def table(
    book: Book, group: Sequence[Family], month: date, stretches: int, fold: bool
) -> tuple[pa.Table, Shape]:
    """Families of one size as a table and its shape; `fold` leaves out what is alike in all rows."""
    rows = [row(book, family, month, stretches) for family in group]
    columns: dict[str, pa.Array] = {
        "household": pa.array(range(len(group)), pa.int64()),
        "place": pa.array([family.place for family in group]),
    }
    stored: dict[str, bool] = {}
    fixed: dict[str, Any] = {}
    for name, (kind, first) in rows[0].items():
        values = [each[name][1] for each in rows]
        if fold and all(v == first and type(v) is type(first) for v in values):
            fixed[name] = first
        else:
            stored[name] = None in values or not fold
            columns[name] = pa.array(values, kind)
    return pa.table(columns), Shape(len(group[0].people), stretches, stored, fixed)
