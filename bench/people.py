"""A made-up city of any size as a snapshot: synthetic homes laid out once, then repeated.

Repeating keeps the shares of the made-up city; birth days and amounts are moved by a little, so
that no column is easier to read than a real one. Nine of ten who are entitled hold an award.
"""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from guanjia.interop.synthetic.city import Town, make
from guanjia.interop.synthetic.scene import read
from guanjia.kit import days
from guanjia.people.records import NewFact, NewHousehold
from guanjia.policy.book import SHIPPED, Book
from guanjia.policy.city.deciding import decide
from guanjia.policy.city.laying import LEAST, lay
from guanjia.policy.city.layout import Snapshot, quoted, write_index
from guanjia.policy.city.reading import rows
from guanjia.policy.facts import OPEN_END
from guanjia.policy.family import HOUSEHOLD

SETTLED = pa.schema(
    [
        *(("household", pa.int64()), ("unit", pa.int32()), ("kind", pa.string())),
        *(("number", pa.int64()), ("word", pa.string()), ("day", pa.date32())),
    ]
)
MONTHLY = pa.schema(
    [
        *(("household", pa.int64()), ("unit", pa.int32()), ("kind", pa.string())),
        *(("since", pa.int32()), ("until", pa.int32()), ("number", pa.int64())),
    ]
)
HOMES = pa.schema([("household", pa.int64()), ("place", pa.string()), ("size", pa.int32())])
HELD = (
    "CREATE TABLE held (household BIGINT, unit INT, benefit VARCHAR, assessed BIGINT, until BIGINT)"
)
BASE = 100_000
"""Persons that are made up; larger cities repeat them."""


def towns() -> list[Town]:
    """The shipped city's towns with their communities."""
    below: dict[str, list[str]] = {}
    with (SHIPPED / "communities.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            below.setdefault(row["town_code"], []).append(row["code"])
    with (SHIPPED / "towns.csv").open(encoding="utf-8") as file:
        return [
            Town(row["code"], int(row["population_2020"]), tuple(below[row["code"]]))
            for row in csv.DictReader(file)
            if row["population_2020"] and row["code"] in below
        ]


def recorded(book: Book, persons: int, on: date) -> duckdb.DuckDBPyConnection:
    """A connection that holds the facts of a made-up city as they are recorded."""
    monthly = {f.name for f in book.facts.person if f.by_month}
    rows: tuple[list[tuple[object, ...]], ...] = ([], [], [])
    for number, home in enumerate(make(read(SHIPPED), towns(), persons), 1):
        for kind, row in _rows(number, home, on, monthly):
            rows[kind].append(row)
    con = duckdb.connect(config={"threads": 2})
    for name, schema, found in zip(
        ("homes", "settled", "monthly"), (HOMES, SETTLED, MONTHLY), rows, strict=True
    ):
        columns = [
            pa.array(c, f.type) for c, f in zip(zip(*found, strict=True), schema, strict=True)
        ]
        con.register("found", pa.table(columns, schema=schema))
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM found")
        con.unregister("found")
    con.execute(HELD)
    return con


def _rows(
    number: int, home: NewHousehold, on: date, monthly: set[str]
) -> Iterator[tuple[int, tuple[object, ...]]]:
    yield 0, (number, home.place, len(home.members))
    for unit, facts in (
        (HOUSEHOLD, home.facts),
        *((k, m.facts) for k, m in enumerate(home.members)),
    ):
        for fact in facts:
            if fact.kind in monthly:
                end = days.number(fact.until) if fact.until else OPEN_END
                yield 2, (number, unit, fact.kind, days.number(fact.since), end, fact.value)
            elif fact.since <= on and (fact.until is None or fact.until > on):
                yield 1, (number, unit, *_value(fact))
    for unit, person in enumerate(home.members):
        yield 1, (number, unit, "born_on", None, None, person.born_on)
        yield 1, (number, unit, "sex", None, person.sex, None)


def _value(fact: NewFact) -> tuple[object, ...]:
    value = fact.value
    if isinstance(value, date):
        return fact.kind, None, None, value
    if isinstance(value, str):
        return fact.kind, None, value, None
    return fact.kind, None if value is None else int(value), None, None


APART = 1_000_000
"""Household numbers of one repetition lie so far from those of the next."""


def city(book: Book, persons: int, on: date, folder: Path, months: int = 1) -> Snapshot:
    """The snapshot of a city of at least so many persons, in `folder`.

    Beside it, in `recorded-0` and on, what is recorded in each of so many months from then on.
    """
    times = max(1, round(persons / BASE))
    with recorded(book, min(persons, BASE), on) as con:
        grant(con, book, on, folder / "first")
        laid = lay(con, book, on, folder / "base", max(1, LEAST // times))
        big = folder / "city"
        big.mkdir()
        for table in laid.tables:
            picked = ", ".join(_repeated(con, laid.source(table)))
            con.execute(
                f"""COPY (SELECT {picked} FROM range({times}) AS r(k), {laid.source(table)})
                TO {quoted(str(big / table.file))} (FORMAT parquet, COMPRESSION zstd)"""
            )
        for k in range(months):
            record(con, times, days.add_months(on, k), folder / f"recorded-{k}")
    tables = tuple(replace(t, households=t.households * times) for t in laid.tables)
    found = Snapshot(big, on, tables)
    write_index(found)
    shutil.rmtree(folder / "base")
    return found


def grant(con: duckdb.DuckDBPyConnection, book: Book, on: date, folder: Path) -> None:
    """Awards for nine of ten who are entitled, assessed three months ago."""
    results = decide(book, on, lay(con, book, on, folder, LEAST), folder / "results")
    asked = ", ".join(quoted(c.code) for c in book.chapters if c.asked)
    con.execute(
        f"""INSERT INTO held SELECT household, unit, benefit, {days.number(on) - 3},
          CASE WHEN hash(unit, household, benefit) % 40 = 0
            THEN {days.number(on)} + 1 + hash(benefit, household) % 11 END
        FROM ({rows(book, results)}) WHERE benefit IN ({asked}) AND entitled AND net > 0
          AND hash(household, unit, benefit) % 10 > 0"""
    )
    shutil.rmtree(folder)


def record(con: duckdb.DuckDBPyConnection, times: int, month: date, folder: Path) -> None:
    """What is recorded in a month of three households in a hundred, as files of new rows.

    Of half of them wages, of the others deposits, a pension, transfers, medicine, a vehicle or a
    certificate of disability; one in fifty is recorded as not known.
    """
    folder.mkdir(parents=True)
    now = days.number(month)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT household + k * {APART} AS household, size, hash(k, household, {now}) % 20 AS which,
          (hash(household, {now}, k) % 90)::BIGINT * 10000 AS worth
        FROM homes, range({times}) AS r(k) WHERE hash(household, k, {now}) % 100 < 3"""
    )
    value = "CASE WHEN worth % 500000 > 0 OR worth = 0 THEN worth END"
    tables = {
        "monthly": f"""SELECT household, 0 AS unit, CASE WHEN which < 10 THEN 'wages'
            WHEN which = 10 THEN 'basic_pension' WHEN which < 13 THEN 'transfers_in' ELSE 'medical_own' END AS kind,
          {now} AS since, {value} AS number FROM chosen WHERE which < 14""",
        "settled": f"""SELECT household, -1 AS unit, CASE WHEN which < 18 THEN 'deposits' ELSE 'vehicles' END AS kind,
          CASE WHEN which < 18 THEN {value} ELSE 1 END AS number, NULL::VARCHAR AS word, NULL::DATE AS day
          FROM chosen WHERE which BETWEEN 14 AND 18
          UNION ALL SELECT household, size - 1, 'disability_level', 1 + worth // 10000 % 4, NULL, NULL
          FROM chosen WHERE which = 19
          UNION ALL SELECT household, size - 1, 'disability_kind', NULL, 'limb', NULL
          FROM chosen WHERE which = 19""",
        "held": "FROM held WHERE FALSE",
    }
    for name, text in tables.items():
        file = quoted(str(folder / f"{name}.parquet"))
        con.execute(f"COPY ({text}) TO {file} (FORMAT parquet, COMPRESSION zstd)")


def _repeated(con: duckdb.DuckDBPyConnection, source: str) -> Iterator[str]:
    """Each column of a table, moved a little in every repetition where it is a day or an amount."""
    for name, kind, *_ in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall():
        by = f"(hash(household, k, '{name}') % 29)::INT"
        if name == "household":
            yield f"household + k * {APART} AS household"
        elif kind == "DATE":
            yield f"{name} + {by} - 14 AS {name}"
        elif kind == "BIGINT" and any(word in name for word in AMOUNTS):
            yield f"CASE WHEN {name} > 0 THEN {name} + {by} * 100 ELSE {name} END AS {name}"
        else:
            yield name


AMOUNTS = ("wages", "business", "income", "transfers", "pension", "deposits", "_own")
"""Columns with these in their names hold amounts."""
