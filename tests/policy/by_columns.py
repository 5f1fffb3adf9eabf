"""The reading by columns of persons, held against the family's on tables that are made for it."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from guanjia.kit import days
from guanjia.policy.book import Book
from guanjia.policy.city.compile import Shape
from guanjia.policy.city.packing import spots
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.month import sorting
from guanjia.policy.month.cells import HOME, PERSON, Cells
from guanjia.policy.month.deciding import Decision, columns
from guanjia.policy.month.homes import Homes
from guanjia.policy.month.news import City
from guanjia.policy.month.sheet import Answers, Sheet
from guanjia.policy.month.text import Text

Told = tuple[int | None, int | None, int]
"""Gross, net, reasons."""
FAR_BACK = 400
"""Months: before any change that a test makes."""


def city_of(book: Book, tables: Sequence[tuple[pa.Table, Shape]], on: date, folder: Path) -> City:
    """Tables as a register; their households are numbered on from one to the next."""
    sources, count = [], 0
    with duckdb.connect(config={"threads": 1}) as con:
        for number, (table, shape) in enumerate(tables):
            keys = pa.array(range(count, count + len(table)), pa.int64())
            con.register(f"source_{number}", table.set_column(0, "household", keys))
            sources.append((f"source_{number}", shape))
            count += len(table)
        return City(sorting.write(con, book.facts, on, sources, folder), book)


def decided(
    book: Book, tables: Sequence[tuple[pa.Table, Shape]], month: date
) -> Iterator[dict[tuple[str, int], Told]]:
    """What each household of the tables comes to, by benefit and unit."""
    with tempfile.TemporaryDirectory() as folder:
        city = city_of(book, tables, month, Path(folder))
        homes = Homes(city, np.arange(city.register.homes), days.number(month) - FAR_BACK)
        order = np.argsort(homes.at)
        sheet = Sheet()
        decision = Decision(book, Text(book, sheet, month), Answers(sheet, homes))
        said = {
            level: {name: homes.lift(cells, level) for name, cells in columns(decision, level)}
            for level in (HOME, PERSON)
        }
        for home in order.tolist():
            yield dict(_of_home(book, decision, said, home))


def _of_home(
    book: Book, decision: Decision, said: dict[int, dict[str, Cells]], home: int
) -> Iterator[tuple[tuple[str, int], Told]]:
    seats = decision.homes.seats
    for benefit, one in decision.said.items():
        spot = spots(book, "person" if one.level else "household")[benefit]
        mine = (
            [begin + home for begin in seats.begins[: seats.sizes[home]]] if one.level else [home]
        )
        named = said[one.level]
        net = named[f"{benefit}_net"]
        gross = named.get(f"{benefit}_gross", net)
        for number, place in enumerate(mine):
            reasons = spot.read(_at(named[f"reasons_{spot.word}"], place))
            unit = number if one.level else HOUSEHOLD
            yield (benefit, unit), (_at(gross, place), _at(net, place), reasons)


def _at(cells: Cells, place: int) -> Any:
    value, known = (
        x[place] if np.ndim(x) else x for x in (np.asarray(cells.value), np.asarray(cells.known))
    )
    return int(value) if known else None
