"""The same people for both: a snapshot of which everything is known, and its facts as the peer's files.

What is unknown is given a plain value, and a monthly amount is its last one throughout: missing
facts and changing amounts are what openfisca-core cannot be asked. The peer's files are as it likes
them best: a row a person and a row a household in order, choices as places in their declared order.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from bench.peer import decide, facts
from guanjia.kit import days
from guanjia.policy.book import Book
from guanjia.policy.city.compile import Shape, column
from guanjia.policy.city.layout import Snapshot, Table, quoted, write_index
from guanjia.policy.city.terms import Constant, literal
from guanjia.policy.facts import Fact
from guanjia.policy.family import HOUSEHOLD

PLAIN: dict[str, Constant] = {"yes_no": False, "whole": 0, "fen": 0, "day": date(1980, 1, 1)}
AS_KEPT = {"disability_level": "UTINYINT", "refused_jobs": "UTINYINT", "born_on": "INTEGER"}
AS_KEPT |= {"vehicles": "INTEGER", "houses": "INTEGER"}
PERSONS, HOUSEHOLDS = "persons-{}", "households-{}"


def known(book: Book, snapshot: Snapshot, folder: Path) -> Snapshot:
    """The snapshot again, in `folder`, with nothing unknown and steady amounts."""
    folder.mkdir()
    tables = []
    with duckdb.connect(config={"threads": 2}) as con:
        for table in snapshot.tables:
            shape, picked = _known(book, table.shape)
            con.execute(
                f"""COPY (SELECT household, place, {", ".join(picked)} FROM {snapshot.source(table)})
                TO {quoted(str(folder / table.file))} (FORMAT parquet, COMPRESSION zstd)"""
            )
            tables.append(replace(table, shape=shape))
    found = Snapshot(folder, snapshot.on, tuple(tables))
    write_index(found)
    return found


def _known(book: Book, shape: Shape) -> tuple[Shape, list[str]]:
    """A table's shape, and its columns."""
    awards = [name for name in shape.stored if "_assessed_" in name or "_ends_" in name]
    stored = {name: shape.stored[name] for name in awards}
    fixed = {n: v for n, v in shape.fixed.items() if "_assessed_" in n or "_ends_" in n}
    picked = list(awards)
    for unit in range(HOUSEHOLD, shape.size):
        for fact in book.facts.household if unit == HOUSEHOLD else book.facts.person:
            name = column(unit, fact.name)
            last = (
                f"{name}_{shape.stretches - 1}" if fact.by_month and shape.stretches > 1 else name
            )
            plain = _plain(fact)
            if last in shape.stored:
                value = last if plain is None else f"coalesce({last}, {literal(plain).sql})"
                picked.append(f"{value} AS {name}")
                stored[name] = plain is None
            else:
                found = shape.fixed.get(last, None if fact.absent == () else fact.absent)
                fixed[name] = plain if found is None else found  # type: ignore[assignment]
    return Shape(shape.size, 1, stored, fixed), picked


def _plain(fact: Fact) -> Constant:
    """What a person or household is taken to be of whom it is not known; a place may stay unknown."""
    return PLAIN.get(fact.type, next(iter(fact.choices), None))


def write(snapshot: Snapshot, folder: Path) -> None:
    """Facts of persons and of households of a known snapshot, two files a table of it."""
    folder.mkdir()
    with duckdb.connect(config={"threads": 2}) as con:
        for table in snapshot.tables:
            seats = [_row(snapshot, table, unit) for unit in table.shape.units]
            for name, text in (
                (PERSONS, " UNION ALL ".join(seats)),
                (HOUSEHOLDS, _row(snapshot, table, HOUSEHOLD)),
            ):
                file = quoted(str(folder / name.format(table.file)))
                con.execute(
                    f"COPY (FROM ({text}) ORDER BY household, unit) TO {file} (FORMAT parquet, COMPRESSION zstd)"
                )


def _row(snapshot: Snapshot, table: Table, unit: int) -> str:
    """What the peer reads of one seat, or of the household itself."""
    told = ", ".join(f"{text} AS {name}" for name, text in _told(snapshot, table.shape, unit))
    return f"SELECT household, {unit} AS unit, {told} FROM {snapshot.source(table)}"


def _told(snapshot: Snapshot, shape: Shape, unit: int) -> Iterator[tuple[str, str]]:
    for name in decide.inputs():
        if decide.system().variables[name].entity.is_person is (unit == HOUSEHOLD):
            continue
        if name.startswith("held_"):
            yield name, _held(shape, unit, name.removeprefix("held_"), snapshot.on)
            continue
        text = _read(shape, column(unit, name))
        if name in facts.CHOICES:
            codes = ", ".join(map(quoted, facts.CHOICES[name]))
            text = f"CAST(list_position([{codes}], {text}) - 1 AS UTINYINT)"
        elif name == "born_on":
            text = f"CAST({text} - DATE '1970-01-01' AS INTEGER)"
        elif name in AS_KEPT:
            text = f"CAST({text} AS {AS_KEPT[name]})"
        yield name, text


def _held(shape: Shape, unit: int, benefit: str, on: date) -> str:
    """Whether an award is in force."""
    assessed = _read(shape, column(unit, f"assessed_{benefit}"))
    ends = _read(shape, column(unit, f"ends_{benefit}"))
    return f"({assessed} IS NOT NULL AND coalesce({ends} > {days.number(on)}, TRUE))"


def _read(shape: Shape, name: str) -> str:
    return name if name in shape.stored else literal(shape.fixed.get(name)).sql
