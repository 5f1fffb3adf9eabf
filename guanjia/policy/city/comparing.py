"""Two books over one snapshot: who would get more, who less, and what it costs, by town and benefit."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import duckdb

from guanjia.policy.book import Book
from guanjia.policy.city import terms as t
from guanjia.policy.city.compile import City, Verdict
from guanjia.policy.city.layout import UNWEIGHED, Snapshot, Table, Told, engine
from guanjia.policy.city.relating import settle
from guanjia.policy.city.terms import Term

UNPLANNED = f"{UNWEIGHED},partial_aggregate_pushdown"
"""What DuckDB shall not try on these sums: it takes forty times as long to plan as they take to run."""


class Toll(NamedTuple):
    """What a change of the book does to one benefit in one town in a month.

    Units are persons or households, as the chapter speaks of them. `held`: those with an award in
    force, whom a run pays; the others would have to apply. Gainers are those who become entitled or
    whose amount rises, losers the reverse. What is unknown counts as nought. Amounts in fen a period.
    """

    month: date
    place: str
    benefit: str
    held: bool
    before_units: int
    after_units: int
    gainers: int
    losers: int
    before_fen: int
    after_fen: int


def tolls(
    old: Book,
    new: Book,
    month: date,
    snapshot: Snapshot,
    town: int,
    told: Told = lambda _done, _total: None,
) -> list[Toll]:
    """All that differs between two books in a month; `town` is the length of a town's code.

    Benefits that come out alike for everybody give no rows.
    """
    found: dict[tuple[str, str, bool], list[int]] = {}
    done = 0
    with engine(snapshot.folder, disabled_optimizers=UNPLANNED) as con:
        for table in snapshot.tables:
            for place, benefit, held, sums in _weigh(con, (old, new), month, snapshot, table, town):
                row = found.setdefault((place, benefit, held), [0] * len(SUMS))
                row[:] = [a + b for a, b in zip(row, sums, strict=True)]
            done += table.households
            told(done, snapshot.households)
    rows = sorted(found.items())
    return [Toll(month, *key, *sums) for key, sums in rows if any(sums)]


SUMS = (
    "CASE WHEN {had} THEN 1 ELSE 0 END",
    "CASE WHEN {has} THEN 1 ELSE 0 END",
    "CASE WHEN {has} AND NOT {had} OR {after} > {before} THEN 1 ELSE 0 END",
    "CASE WHEN {had} AND NOT {has} OR {after} < {before} THEN 1 ELSE 0 END",
    "{before}",
    "{after}",
)
"""Of one unit: had it, has it, gains, loses, fen before, fen after."""


def _weigh(
    con: duckdb.DuckDBPyConnection,
    books: tuple[Book, Book],
    month: date,
    snapshot: Snapshot,
    table: Table,
    town: int,
) -> Iterator[tuple[str, str, bool, list[int]]]:
    """One table's rows: place, benefit, held, then the sums over its households."""
    before = settle(City(books[0], month, table.shape))
    after = settle(City(books[1], month, table.shape, sheet=before.sheet))
    sums = _sums(before, after)
    if not sums:
        return
    place = t.made(f"left(place, {town})", [t.source("place", False)])
    named = {f"a{k}": term for k, term in enumerate(sums.values())}
    text = before.sheet.statement(
        snapshot.source(table), {"town": place, **named}, " GROUP BY town"
    )
    for where, *values in con.execute(text).fetchall():
        told = dict(zip(sums, values, strict=True))
        for benefit, held in dict.fromkeys(key[:2] for key in sums):
            found = [int(told.get((benefit, held, k)) or 0) for k in range(len(SUMS))]
            yield where, benefit, held, found


def _sums(before: City, after: City) -> dict[tuple[str, bool, int], Term]:
    """(benefit, held, which of SUMS) -> its SQL over all units of a household, where something differs."""
    parts: dict[tuple[str, bool, int], list[Term]] = {}
    for key in dict.fromkeys([*before.verdicts, *after.verdicts]):
        had, has = before.verdicts.get(key, NOTHING), after.verdicts.get(key, NOTHING)
        if (had.entitled.sql, had.net.sql) != (has.entitled.sql, has.net.sql):
            held = before.holds(key)
            for which in (True, False):
                asked = held if which else t.negated(held)
                if asked.value is not False:
                    for k, text in enumerate(SUMS):
                        parts.setdefault((key[0], which, k), []).append(_of(text, had, has, asked))
    return {
        key: t.made(f"sum({' + '.join(p.sql for p in several)})", several)
        for key, several in parts.items()
    }


NOTHING = Verdict(t.NO, (), t.literal(0), t.literal(0))
"""What a book says of a benefit that it does not have, or has no rule for."""


def _of(text: str, had: Verdict, has: Verdict, asked: Term) -> Term:
    """One sum's part of one unit, where the unit holds an award or not, as asked."""
    words = {
        "had": f"coalesce({had.entitled.sql}, FALSE)",
        "has": f"coalesce({has.entitled.sql}, FALSE)",
        "before": f"coalesce({had.net.sql}, 0)",
        "after": f"coalesce({has.net.sql}, 0)",
    }
    body = text.format(**words)
    if not asked.fixed:
        body = f"CASE WHEN {asked.sql} THEN {body} ELSE 0 END"
    return t.made(f"({body})", [had.entitled, has.entitled, had.net, has.net, asked], False)
