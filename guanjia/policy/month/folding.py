"""A snapshot written anew out of a register and what came in since, one table a size and number of stretches.

Nothing is laid out that a chapter computes. Whoever reads it decides as if all had been recorded at
once; a layout from the records (city/laying.py) sorts households further, and is faster to decide.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guanjia.kit import days
from guanjia.policy.city.compile import Shape, column
from guanjia.policy.city.layout import Snapshot, Table, write_index
from guanjia.policy.facts import Fact
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.month.cells import HOME, PERSON, Array, Cells
from guanjia.policy.month.finding import benefits
from guanjia.policy.month.homes import Homes
from guanjia.policy.month.news import City
from guanjia.policy.nodes import LOOK_BACK

MOST = 100_000
"""Households in a table, so that a table's columns fit into memory."""


def fold(city: City, on: date, folder: Path) -> Snapshot:
    """Write the snapshot as of the first day `on` of a month; all that is recorded lies before it."""
    folder.mkdir(parents=True, exist_ok=True)
    first = city.register.arrays["first"]
    sizes = np.diff(first)
    tables: list[Table] = []
    for size in np.unique(sizes):
        places = np.flatnonzero(sizes == size)
        homes = Homes(city, places, _floor(city, on))
        stretches = homes.stretches.many
        for many in np.unique(stretches):
            mine = places[stretches == many]
            for start in range(0, len(mine), MOST):
                some = Homes(city, mine[start : start + MOST], homes.floor)
                file = f"{len(tables):03d}-{size:02d}.parquet"
                arrays, shape = _table(some, int(size), int(many), on)
                pq.write_table(pa.table(arrays), folder / file, compression="zstd")
                tables.append(Table(file, len(some.at), shape))
    found = Snapshot(folder, on, tuple(tables))
    write_index(found)
    return found


def _floor(city: City, on: date) -> int:
    """As far back as a rule may look from any assessment."""
    assessed = [
        int(rows.is_.min())
        for benefit in benefits(city)
        for rows in city.changes(f"held-{benefit}")
        if len(rows.is_)
    ]
    return min([days.number(on), *assessed]) - LOOK_BACK


def _table(homes: Homes, size: int, stretches: int, on: date) -> tuple[dict[str, pa.Array], Shape]:
    """The columns of households of one size and as many stretches; what is alike in all is no column."""
    stored: dict[str, bool] = {}
    fixed: dict[str, Any] = {}
    latest: dict[str, int] = {}
    places = list(homes.city.places)
    arrays = {
        "household": pa.array(homes.city.register.arrays["home"][homes.at]),
        "place": _words(homes.place.value, places),
    }
    starts, _ends = homes.stretches.bounds(HOME)
    for k in range(1, stretches):
        arrays[f"turn_{k}"] = pa.array(starts[k])
        stored[f"turn_{k}"], latest[f"turn_{k}"] = False, int(starts[k].max())
    for name, fact, cells in _columns(homes, size, stretches, days.number(on)):
        if cells.everywhere:
            fixed[name] = _plain(fact, cells)
        else:
            stored[name] = cells.known is not True
            arrays[name] = _array(fact, cells, places)
    return arrays, Shape(size, stretches, stored, fixed, latest)


def _columns(
    homes: Homes, size: int, stretches: int, month: int
) -> Iterator[tuple[str, Fact | None, Cells]]:
    """Name, fact and values of every column; an award's are month numbers."""
    for fact in homes.city.facts:
        cells = homes.fact(fact)
        spread = stretches if fact.by_month and stretches > 1 else 1
        seats = size if fact.of == "person" else 1
        for seat in range(seats):
            unit = seat if fact.of == "person" else HOUSEHOLD
            for stretch in range(spread):
                name = column(unit, fact.name)
                name = f"{name}_{stretch}" if spread > 1 else name
                yield name, fact, _of_seat(homes, cells, seat, stretch)
    for chapter in homes.city.book.chapters:
        level, seats = (PERSON, size) if chapter.unit == "person" else (0, 1)
        for name, cells in (
            ("assessed", homes.award(chapter.code, level, month)),
            ("ends", homes.award_ends(chapter.code, level, month)),
        ):
            for seat in range(seats if not cells.everywhere else 0):
                unit = seat if level else HOUSEHOLD
                spot = column(unit, f"{name}_{chapter.code}")
                yield spot, None, _of_seat(homes, cells, seat)


def _of_seat(homes: Homes, cells: Cells, seat: int, stretch: int = 0) -> Cells:
    """What is said of the members in one seat, or of the households."""
    if cells.everywhere:
        return cells
    many = len(homes.at)
    here = slice(seat * many, (seat + 1) * many)
    value, known = (
        (x[stretch] if x.ndim > 1 else x)[here] if isinstance(x, np.ndarray) else x
        for x in (cells.value, cells.known)
    )
    return Cells(value, known, cells.level)


def _plain(fact: Fact | None, cells: Cells) -> Any:
    """One value for all, as a fact is written."""
    if not cells.known:
        return None
    value = int(cells.value)
    if fact and fact.type == "choice":
        return list(fact.choices)[value]
    assert fact is None or fact.type not in ("day", "place")  # their absence is not known
    return bool(value) if fact and fact.type == "yes_no" else value


def _array(fact: Fact | None, cells: Cells, places: list[str]) -> pa.Array:
    unknown = None if cells.known is True else ~cells.known
    if fact and fact.type in ("choice", "place"):
        words = places if fact.type == "place" else list(fact.choices)
        return _words(cells.value, words, unknown)
    values = np.ascontiguousarray(cells.value)
    if fact and fact.type == "day":
        return pa.array(values.astype(np.int32), mask=unknown).cast(pa.date32())
    return pa.array(values, mask=unknown)


def _words(codes: Array, words: list[str], unknown: Array | None = None) -> pa.Array:
    """Codes as the words they stand for."""
    numbers = pa.array(np.ascontiguousarray(codes).astype(np.int32), mask=unknown)
    return pa.DictionaryArray.from_arrays(numbers, pa.array(words)).cast(pa.string())
