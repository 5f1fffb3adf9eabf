"""Laying out a snapshot: recorded facts, sorted into tables of households that are alike.

A connection holds what was recorded, one row a fact: `homes(household, place, size)`,
`settled(household, unit, kind, number, word, day)`, `monthly(household, unit, kind, since, until,
number)` and `held(household, unit, benefit, assessed, until)`. `unit` is -1 for the household and the seat
for a member, amounts are fen, `since`, `until` and `assessed` month numbers; `until` of an award is the first
month without it, or NULL. Nothing that a chapter computes is laid down: one snapshot serves every
book with the same facts.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from duckdb import DuckDBPyConnection

from guanjia.kit import days
from guanjia.policy.book import Book
from guanjia.policy.city.compile import Shape, column
from guanjia.policy.city.layout import Snapshot, Table, Told, quoted, write_index
from guanjia.policy.city.terms import Constant, literal
from guanjia.policy.facts import Fact, Facts
from guanjia.policy.family import MOST_MEMBERS
from guanjia.policy.nodes import LOOK_BACK
from guanjia.policy.words import word

LEAST = 100_000
"""Households from which a table of their own costs less than its statement does."""
RARE = 0.05
"""A fact that is recorded more seldom than once in so many households makes a household odd."""
RECENT = 13
"""Months: what moved longer ago seldom matters."""
GATHER = """
CREATE OR REPLACE TEMP TABLE gathered AS
SELECT household, unit, kind, 0 AS stretch, number, word, day FROM settled JOIN mine USING (household)
UNION ALL
SELECT household, unit, 'assessed_' || benefit, 0, assessed, NULL, NULL FROM held JOIN mine USING (household)
UNION ALL
SELECT household, unit, 'ends_' || benefit, 0, until, NULL, NULL FROM held JOIN mine USING (household)
WHERE until IS NOT NULL
UNION ALL
SELECT household, unit, kind, stretch, CASE WHEN count(number) = count(*) THEN sum(number)::BIGINT END, NULL, NULL
FROM monthly JOIN (
  SELECT household, k - 1 AS stretch,
    CASE WHEN len(turns) >= {stretches} - k + 1 THEN turns[len(turns) - {stretches} + k]
      WHEN turns IS NULL THEN {first} ELSE turns[1] - 1 END AS start
  FROM mine, range(1, {stretches} + 1) AS ks(k)
) USING (household)
WHERE since <= start AND until > start GROUP BY household, unit, kind, stretch;
CREATE OR REPLACE TEMP TABLE cells AS
SELECT row_number() OVER (ORDER BY unit, kind, stretch) AS code, *
FROM (SELECT unit, kind, stretch, count(*) AS rows, count(coalesce(number::VARCHAR, word, day::VARCHAR)) AS known,
  min(coalesce(number::VARCHAR, word, day::VARCHAR)) AS low, max(coalesce(number::VARCHAR, word, day::VARCHAR)) AS high
  FROM gathered GROUP BY ALL);
CREATE OR REPLACE TEMP TABLE words AS
SELECT kind, word, row_number() OVER (PARTITION BY kind ORDER BY word) AS place
FROM (SELECT DISTINCT kind, word FROM gathered WHERE word IS NOT NULL);
CREATE OR REPLACE TEMP TABLE coded AS
SELECT household, code, coalesce(words.place, day - DATE '1970-01-01', number, {unknown}) AS value
FROM gathered JOIN cells USING (unit, kind, stretch) LEFT JOIN words USING (kind, word)
"""
UNKNOWN = -(2**63) + 1
"""What stands in a pivot for a value that is recorded as not known."""

CELLS = "SELECT code, unit, kind, stretch, rows, known, low = high, low FROM cells ORDER BY code"


class TooLarge(ValueError):
    """A household with more members than a rule can read."""

    def __init__(self, household: Any, size: int) -> None:
        super().__init__(
            word(
                "户 {household} 有 {size} 人，一户最多 {most} 人。请分户后再算。",
                household=household,
                size=size,
                most=MOST_MEMBERS,
            )
        )
        self.household, self.size = household, size


class Cell(NamedTuple):
    """One column that something is recorded for: how many households know it, and what they say.

    `fact` None: an award. `one` is the value where all are alike; `words` those of a choice.
    """

    name: str
    fact: Fact | None
    code: int
    known: int
    unknowns: bool
    alike: bool
    one: str
    words: Sequence[str]


def lay(
    con: DuckDBPyConnection,
    book: Book,
    on: date,
    folder: Path,
    least: int = LEAST,
    told: Told = lambda _done, _total: None,
) -> Snapshot:
    """Write the snapshot of what the connection holds, as of the first day `on` of a month.

    Of the book only the declared facts and the city's code are read. Raises TooLarge.
    """
    facts = book.facts
    folder.mkdir(parents=True, exist_ok=True)
    crowd = con.execute(f"SELECT household, size FROM homes WHERE size > {MOST_MEMBERS}").fetchone()
    if crowd:
        raise TooLarge(*crowd)
    _derive(con, book)
    _find_stretches(con, days.number(on))
    _find_groups(con, facts, days.number(on), least)
    groups = con.execute(
        "SELECT label, size, max(stretches), count(*) FROM sorted GROUP BY ALL ORDER BY ALL"
    )
    rows = groups.fetchall()
    tables: list[Table] = []
    for number, row in enumerate(rows):
        tables.append(_write(con, facts, folder, days.number(on), number, *row))
        told(sum(table.households for table in tables), sum(row[3] for row in rows))
    snapshot = Snapshot(folder, on, tuple(tables))
    write_index(snapshot)
    return snapshot


def _derive(con: DuckDBPyConnection, book: Book) -> None:
    """Facts that follow from others: local 户籍 from the place of 户籍."""
    for fact in book.facts.person:
        if fact.derived_from:
            con.execute(f"DELETE FROM settled WHERE kind = {quoted(fact.name)}")
            con.execute(
                f"""INSERT INTO settled SELECT household, unit, {quoted(fact.name)},
                starts_with(word, {quoted(book.city)})::INT, NULL, NULL
                FROM settled WHERE kind = {quoted(fact.derived_from)}"""
            )


def _find_stretches(con: DuckDBPyConnection, month: int) -> None:
    """`stretched(household, turns)`: the months in which something monthly changes, as far as rules look."""
    con.execute(f"""
    CREATE OR REPLACE TEMP TABLE stretched AS
    WITH seen AS (
      SELECT household, greatest({month}, max(assessed)) AS until,
        least({month}, min(assessed)) - {LOOK_BACK} AS back FROM held GROUP BY household
    ), edges AS (SELECT household, unnest([since, until]) AS edge FROM monthly)
    SELECT household, list_sort(list(DISTINCT edge)) AS turns
    FROM edges LEFT JOIN seen USING (household)
    WHERE edge > coalesce(back, {month - LOOK_BACK}) AND edge < coalesce(seen.until, {month})
    GROUP BY household
    """)


def _find_groups(con: DuckDBPyConnection, facts: Facts, month: int, least: int) -> None:
    """`sorted(household, place, size, label, stretches, turns)`: which table each household goes to.

    Those with a rare fact or an award are odd; the others part by the facts that sort. Where
    something moved of late, more must be worked out. A group too small for a table goes to the rest.
    """
    rare = con.execute(
        f"""SELECT kind FROM (SELECT kind FROM settled UNION ALL SELECT kind FROM monthly)
        GROUP BY kind HAVING count(*) < {RARE} * (SELECT count(*) FROM homes)"""
    ).fetchall()
    kinds = ", ".join(quoted(kind) for (kind,) in rare) or "''"
    sorts = ", ".join(quoted(f.name) for f in facts.person if f.sorts) or "''"
    con.execute(f"""
    CREATE OR REPLACE TEMP TABLE sorted AS
    WITH odd AS (
      SELECT household FROM settled WHERE kind IN ({kinds}) UNION
      SELECT household FROM monthly WHERE kind IN ({kinds}) UNION SELECT household FROM held
    ), alike AS (
      SELECT household, string_agg(DISTINCT kind || coalesce(number::VARCHAR, word, '?'), '.'
        ORDER BY kind || coalesce(number::VARCHAR, word, '?')) AS label
      FROM settled WHERE kind IN ({sorts}) GROUP BY household
    ), labelled AS (
      SELECT h.household, h.place, h.size, coalesce(len(t.turns), 0) + 1 AS stretches, t.turns,
        CASE WHEN o.household IS NOT NULL THEN 'odd' ELSE coalesce(a.label, 'plain') END
          || CASE WHEN list_max(t.turns) > {month - RECENT} THEN '-moving' ELSE '' END AS label
      FROM homes h LEFT JOIN odd o USING (household) LEFT JOIN alike a USING (household)
        LEFT JOIN stretched t USING (household)
    )
    SELECT household, place, size, stretches, turns,
      CASE WHEN count(*) OVER (PARTITION BY size, label) < {least} THEN 'rest' ELSE label END AS label
    FROM labelled
    """)


def _write(
    con: DuckDBPyConnection,
    facts: Facts,
    folder: Path,
    month: int,
    number: int,
    label: str,
    size: int,
    stretches: int,
    count: int,
) -> Table:
    """One table: the columns that vary in it, and the values of those that do not."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE mine AS SELECT household, place, turns FROM sorted
        WHERE label = {quoted(label)} AND size = {size}"""
    )
    con.execute(GATHER.format(first=month - 1, stretches=stretches, unknown=UNKNOWN))
    latest, picked = _turns(con, stretches)
    stored: dict[str, bool] = dict.fromkeys(latest, False)
    fixed: dict[str, Constant] = {}
    asked: list[int] = []
    for cell in _cells(con, facts, stretches):
        if cell.known == count and cell.alike:
            fixed[cell.name] = _value(cell.fact, cell.one)
        else:
            stored[cell.name] = cell.unknowns or cell.fact is None or cell.fact.absent is None
            asked.append(cell.code)
            picked.append(f"{_picked(cell)} AS {cell.name}")
    file = f"{number:03d}-{size:02d}.parquet"
    codes = ", ".join(map(str, asked)) or "0"
    con.execute(
        f"""COPY (SELECT household, place, {", ".join(picked) or "1 AS one"} FROM mine LEFT JOIN
        (PIVOT coded ON code IN ({codes}) USING any_value(value) GROUP BY household) USING (household)
        ORDER BY place, household) TO {quoted(str(folder / file))} (FORMAT parquet, COMPRESSION zstd)"""
    )
    return Table(file, count, Shape(size, stretches, stored, fixed, latest))


def _cells(con: DuckDBPyConnection, facts: Facts, stretches: int) -> Iterator[Cell]:
    """What is recorded in the table at hand, column by column."""
    declared = {f.name: f for f in (*facts.household, *facts.person)}
    told = con.execute("SELECT kind, list(word ORDER BY place) FROM words GROUP BY kind")
    words = dict(told.fetchall())
    for code, unit, kind, stretch, rows, known, alike, one in con.execute(CELLS).fetchall():
        fact = declared.get(kind)
        name = column(unit, kind)
        if fact and fact.by_month and stretches > 1:
            name = f"{name}_{stretch}"
        yield Cell(name, fact, code, known, known < rows, alike, one, words.get(kind, []))


def _turns(con: DuckDBPyConnection, stretches: int) -> tuple[dict[str, int], list[str]]:
    """The columns of the turns, the last ones last: how late each is at most, and their SQL."""
    picked, latest = [], {}
    for k in range(1, stretches):
        at = f"turns[len(turns) - {stretches - 1} + {k}]"
        text = f"CASE WHEN len(turns) > {stretches - 1 - k} THEN {at} ELSE 0 END"
        row = con.execute(f"SELECT max({text}) FROM mine").fetchone()
        latest[f"turn_{k}"] = (row and row[0]) or 0
        picked.append(f"{text} AS turn_{k}")
    return latest, picked


def _picked(cell: Cell) -> str:
    """The SQL of one column: the recorded value, or what its absence means."""
    fact, code = cell.fact, cell.code
    stands = f'nullif("{code}", {UNKNOWN})' if cell.unknowns else f'"{code}"'
    kind = fact.type if fact else "whole"
    if kind in ("whole", "fen"):
        found = stands
    elif kind == "yes_no":
        found = f"({stands} = 1)"
    elif kind == "day":
        found = f"(DATE '1970-01-01' + {stands}::INT)"
    else:
        found = f"[{', '.join(map(quoted, cell.words))}][{stands}]"
    if fact is None or fact.absent is None or isinstance(fact.absent, tuple):
        return found
    absent = literal(fact.absent).sql
    if not cell.unknowns:
        return f"coalesce({found}, {absent})"
    return f'CASE WHEN "{code}" IS NULL THEN {absent} ELSE {found} END'


def _value(fact: Fact | None, text: str) -> Constant:
    """A value that all households of a table have."""
    if fact is None or fact.type in ("whole", "fen"):
        return int(text)
    if fact.type == "yes_no":
        return text == "1"
    return date.fromisoformat(text) if fact.type == "day" else text
