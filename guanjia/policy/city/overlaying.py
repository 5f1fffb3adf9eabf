"""What was recorded since a snapshot, laid over it: the snapshot stays, and both are read together.

Handed over are folders, one a month, the oldest first, each of files with one row a new fact:
`settled(household, unit, kind, number, word, day)`, the value that holds from now on;
`monthly(household, unit, kind, since, number)`, the amount from a month on; and `held(household,
unit, benefit, assessed, until)`, an award as it now stands. Rows are as for a layout (see laying).
What is recorded no more is handed over as what its absence means. A household whose members are
others than before, or of which something before the snapshot's month became known, is laid out anew.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from guanjia.kit import days
from guanjia.policy.book import Book
from guanjia.policy.city.compile import TURNED, Shape, column
from guanjia.policy.city.laying import UNKNOWN
from guanjia.policy.city.layout import NAMES, Snapshot, Table, parquet, quoted, write_index
from guanjia.policy.city.terms import Constant, literal
from guanjia.policy.facts import Fact
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.words import word

SAID = """
SELECT {n} AS n, household, unit, kind, NULL::INT AS since, word,
  coalesce(number, day - DATE '1970-01-01')::BIGINT AS value FROM {settled}
UNION ALL SELECT {n}, household, unit, kind, since::INT, NULL, number::BIGINT FROM {monthly} WHERE since < {month}
UNION ALL SELECT {n}, household, unit, 'assessed_' || benefit, NULL, NULL, assessed::BIGINT FROM {held}
UNION ALL SELECT {n}, household, unit, 'ends_' || benefit, NULL, NULL, until::BIGINT FROM {held}
"""
WORDS = """
CREATE OR REPLACE TEMP TABLE words AS
SELECT kind, word, row_number() OVER (PARTITION BY kind ORDER BY word) AS place
FROM (SELECT DISTINCT kind, word FROM said WHERE word IS NOT NULL);
UPDATE said SET value = place FROM words WHERE said.kind = words.kind AND said.word = words.word
"""
CELLS = """
CREATE OR REPLACE TEMP TABLE cells AS
SELECT row_number() OVER (ORDER BY unit, kind, since) AS code, *
FROM (SELECT unit, kind, since, max(n) AS newest, bool_or(value IS NULL) AS unknowns FROM said GROUP BY ALL)
"""
NEWEST = """
CREATE OR REPLACE TEMP TABLE newest AS
SELECT household, code, max(n) AS n, any_value(said.since) AS since, arg_max(coalesce(value, {unknown}), n) AS value
FROM said JOIN cells ON said.unit = cells.unit AND said.kind = cells.kind
  AND said.since IS NOT DISTINCT FROM cells.since
GROUP BY household, code
"""
OVERLAID = """
CREATE OR REPLACE TEMP TABLE overlaid AS
SELECT household, late, turned, {slots} FROM (
  SELECT household, max(code, {most}) AS codes, arg_max(value, code, {most}) AS told,
    max(n) = {newest} AS late, max(since) AS turned
  FROM newest GROUP BY household)
"""


class Misfit(ValueError):
    """Something recorded since that no snapshot can take up as it stands."""


class Cell(NamedTuple):
    """One column that something new is recorded for, and whether of late.

    `codes` are its own and, of an amount, one more for each month from which it is another;
    `words` what the numbers of a choice stand for.
    """

    codes: tuple[int, ...]
    turns: tuple[int, ...]
    late: bool
    unknowns: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What was recorded since, a row a household, in the connection's table `overlaid`.

    Of each it holds the latest codes of cells, `code_1`, `code_2` … (at most `slots`), with what
    is told there, `told_1`, `told_2` …; whether something is `late`, of the newest folder; and
    when an amount last `turned`. `turns` are the months from which an amount is another; `cells` by unit and kind;
    `facts` the declared facts by name.
    """

    turns: tuple[int, ...]
    cells: dict[tuple[int, str], Cell]
    facts: dict[str, Fact]
    slots: int


class Laid(NamedTuple):
    """A table with what is new in it: its shape, the SQL of each column, and which are new of late."""

    shape: Shape
    table: str
    picked: Mapping[str, str]
    late: frozenset[str]

    def is_new(self, name: str) -> bool:
        """Whether a column is not as the snapshot has it."""
        return name in self.picked and self.picked[name] != f"b.{name}"

    def source(self, names: Container[str], tests: Sequence[str] = ()) -> str:
        """What a statement reads that reads these columns: of everybody, or where a test holds.

        The tests read columns of the table, and `late`.
        """
        picked = ["household", "place"]
        picked += [f"{text} AS {name}" for name, text in self.picked.items() if name in names]
        every = f"{self.table} AS b LEFT JOIN overlaid AS o USING (household)"
        if not tests:
            return f"(SELECT {', '.join(picked)} FROM {every})"
        asked = NAMES.sub(lambda found: self.picked.get(found[0], found[0]), " OR ".join(tests))
        return f"(SELECT {', '.join(picked)} FROM {every} WHERE {asked})"


def gather(
    con: DuckDBPyConnection, book: Book, snapshot: Snapshot, folders: Sequence[Path], month: date
) -> Overlay:
    """Read what was recorded since the snapshot and before a month; the last folder is the newest.

    Raises Misfit where a row reaches back before the snapshot.
    """
    _read(con, book, folders, month)
    cells = dict(_cells(con, len(folders)))
    turns = sorted({turn for cell in cells.values() for turn in cell.turns})
    if turns and turns[0] < days.number(snapshot.on):
        raise Misfit(
            word(
                "有 {month} 起的新记录，早于快照的月份，快照接不上。请把这些户重新导出。",
                month=days.of_number(turns[0]).isoformat(),
            )
        )
    con.execute(NEWEST.format(unknown=UNKNOWN))
    most = con.execute("SELECT count(*) FROM newest GROUP BY household ORDER BY ALL DESC LIMIT 1")
    slots = (most.fetchone() or (0,))[0]
    picked = ", ".join(
        f"codes[{k}] AS code_{k}, nullif(told[{k}], {UNKNOWN}) AS told_{k}" for k in _slots(slots)
    )
    con.execute(
        OVERLAID.format(newest=len(folders), most=max(slots, 1), slots=picked or "NULL AS nothing")
    )
    facts = {f.name: f for f in (*book.facts.household, *book.facts.person)}
    return Overlay(tuple(turns), cells, facts, slots)


def _read(con: DuckDBPyConnection, book: Book, folders: Sequence[Path], month: date) -> None:
    """`said` and `cells`: the rows of all folders, and the columns that they are for."""
    parts = [
        SAID.format(
            n=n,
            month=days.number(month),
            **{
                name: parquet(folder / f"{name}.parquet") for name in ("settled", "monthly", "held")
            },
        )
        for n, folder in enumerate(folders, 1)
    ]
    con.execute(f"CREATE OR REPLACE TEMP TABLE said AS {' UNION ALL '.join(parts)}")
    for fact in book.facts.person:
        if fact.derived_from:
            con.execute(
                f"""INSERT INTO said SELECT n, household, unit, {quoted(fact.name)}, NULL, NULL,
                starts_with(word, {quoted(book.city)})::INT FROM said WHERE kind = {quoted(fact.derived_from)}"""
            )
    con.execute(WORDS)
    con.execute(CELLS)


def _cells(con: DuckDBPyConnection, newest: int) -> Iterator[tuple[tuple[int, str], Cell]]:
    """The cells by unit and kind."""
    told = con.execute("SELECT kind, list(word ORDER BY place) FROM words GROUP BY kind")
    words = dict(told.fetchall())
    for unit, kind, codes, turns, last, unknowns in con.execute(
        """SELECT unit, kind, list(code ORDER BY code), list(since ORDER BY code) FILTER (since IS NOT NULL),
        max(newest), bool_or(unknowns) FROM cells GROUP BY unit, kind ORDER BY unit, kind"""
    ).fetchall():
        told_by = tuple(words.get(kind, ()))
        yield (
            (unit, kind),
            Cell(tuple(codes), tuple(turns or ()), last == newest, unknowns, told_by),
        )


def _slots(count: int) -> range:
    return range(1, count + 1)


def lay_over(snapshot: Snapshot, table: Table, overlay: Overlay) -> Laid:
    """One table with what was recorded since: its shape, and the SQL that reads both together."""
    work = _Table(table.shape, overlay)
    work.take_up()
    for k, turn in enumerate(overlay.turns):
        name = f"turn_{table.shape.stretches + k}"
        work.fixed[name] = work.latest[name] = turn
    if overlay.turns or TURNED in table.shape.stored:
        now = "coalesce(o.turned, 0)"
        earlier = TURNED in table.shape.stored
        work.picked[TURNED] = f"greatest(b.{TURNED}, {now})" if earlier else now
        work.stored[TURNED] = False
    shape = Shape(table.shape.size, work.stretches, work.stored, work.fixed, work.latest, work.same)
    return Laid(shape, snapshot.source(table), work.picked, frozenset(work.late))


class _Table:
    """The columns of one table, with what is new over each."""

    def __init__(self, shape: Shape, overlay: Overlay) -> None:
        self.shape, self.overlay = shape, overlay
        self.stretches = shape.stretches + len(overlay.turns)
        self.picked: dict[str, str] = {}
        self.stored: dict[str, bool] = {}
        self.fixed: dict[str, Constant] = {}
        self.latest = dict(shape.latest)
        self.late = set[str]()
        self.same: dict[str, str] = {}

    def take_up(self) -> None:
        """Every column of the table, and those that only the new rows have."""
        units = (HOUSEHOLD, *self.shape.units)
        monthly = {
            column(unit, f.name): (unit, f)
            for unit in units
            for f in self.overlay.facts.values()
            if f.by_month
        }
        stems = {
            name if self.shape.stretches == 1 else name.rpartition("_")[0]
            for name in (*self.shape.stored, *self.shape.fixed)
        }
        cells = {
            column(unit, kind): cell
            for (unit, kind), cell in self.overlay.cells.items()
            if unit in units
        }
        for stem, (_unit, fact) in monthly.items():
            if stem in stems or stem in cells:
                self._take_months(stem, fact, cells.get(stem))
        plain = [*self.shape.stored, *self.shape.fixed]
        if self.shape.stretches > 1:
            series = {f"{stem}_{k}" for stem in monthly for k in range(self.shape.stretches)}
        else:
            series = set(monthly)
        for name in dict.fromkeys([*plain, *cells]):
            if name not in series and name not in monthly:
                fact_here = self.overlay.facts.get(name.partition("_")[2])
                here = cells.get(name)
                self._take(name, name, fact_here, here, here.codes if here else ())

    def _take_months(self, stem: str, fact: Fact, cell: Cell | None) -> None:
        """A monthly fact in every stretch: one in which nothing changes is the same as the one before."""
        first = self.shape.stretches
        last = stem if first == 1 else f"{stem}_{first - 1}"
        known = self.shape.same.get(last, last)
        told: list[int] = []
        for stretch in range(self.stretches):
            name = stem if self.stretches == 1 else f"{stem}_{stretch}"
            if stretch < first:
                self._take_old(name, stem if first == 1 else name, fact)
                continue
            turn = self.overlay.turns[stretch - first]
            if cell and turn in cell.turns:
                told.append(cell.codes[cell.turns.index(turn)])
                self._take(name, known, fact, cell, told)
            else:
                before = f"{stem}_{stretch - 1}"
                self.same[name] = self.same.get(before, before)

    def _take_old(self, name: str, before: str, fact: Fact) -> None:
        """A monthly fact in a stretch of the snapshot."""
        if before in self.shape.same:
            self.same[name] = self.shape.same[before]
        else:
            self._take(name, before, fact, None, ())

    def _take(
        self, name: str, before: str, fact: Fact | None, cell: Cell | None, codes: Sequence[int]
    ) -> None:
        """One column, that was `before` in the snapshot; with what is new where there is a cell."""
        shape = self.shape
        if cell is None:
            if before in shape.stored:
                self.picked[name], self.stored[name] = f"b.{before}", shape.stored[before]
            elif before in shape.fixed:
                self.fixed[name] = shape.fixed[before]
            return
        absent = None if fact is None or isinstance(fact.absent, tuple) else fact.absent
        known = literal(shape.fixed.get(before, absent))
        old = f"b.{before}" if before in shape.stored else known.sql
        one = codes[0] == codes[-1]
        within = f"= {codes[0]}" if one else f"BETWEEN {codes[0]} AND {codes[-1]}"
        cases = " ".join(
            f"WHEN o.code_{k} {within} THEN {_told(cell, fact, k)}"
            for k in _slots(self.overlay.slots)
        )
        self.picked[name] = f"CASE {cases} ELSE {old} END"
        self.stored[name] = shape.stored.get(before, known.nullable) or cell.unknowns
        if cell.late:
            self.late.add(name)


def _told(cell: Cell, fact: Fact | None, slot: int) -> str:
    """What a slot says, as the column has it."""
    found = f"o.told_{slot}"
    if fact and fact.type == "yes_no":
        return f"({found} = 1)"
    if fact and fact.type == "day":
        return f"(DATE '1970-01-01' + {found}::INT)"
    return f"[{', '.join(map(quoted, cell.words))}][{found}]" if cell.words else found


def fold(
    con: DuckDBPyConnection, snapshot: Snapshot, overlay: Overlay, on: date, folder: Path
) -> Snapshot:
    """Write a snapshot anew, with what was recorded since in its place."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = []
    for table in snapshot.tables:
        laid = lay_over(snapshot, table, overlay)
        con.execute(
            f"""COPY (SELECT * FROM {laid.source(laid.picked)})
            TO {quoted(str(folder / table.file))} (FORMAT parquet, COMPRESSION zstd)"""
        )
        tables.append(Table(table.file, table.households, laid.shape))
    found = Snapshot(folder, on, tuple(tables))
    write_index(found)
    return found
