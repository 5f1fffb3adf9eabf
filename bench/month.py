"""The monthly job as a city of ten million lives it: only what may come out otherwise is decided again.

In the clock: starting, reading the rows recorded since last month's snapshot (of three households
in a hundred); finding among all others those whom a birthday, the end of an award, a figure or a
month that enters or leaves an average may change; deciding these. Given are the register of last
month's snapshot and what last month's result left (`State`). Beside it, in the same run, the
physical limit: reading the new rows and the births, and taking the facts of those who are decided
again; and the whole city decided, as a full run does. That the month comes out as when everybody is
decided anew, from a snapshot with the new rows in it, is checked outside the clock.
"""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import numpy as np

from bench import report
from guanjia.kit import days
from guanjia.policy import book as books
from guanjia.policy.city import deciding, layout
from guanjia.policy.city.deciding import Decided, Results
from guanjia.policy.city.terms import literal
from guanjia.policy.month import applying, carrying, folding, memory, register, sorting
from guanjia.policy.month.finding import Span
from guanjia.policy.month.homes import STILL, Homes
from guanjia.policy.month.news import City
from guanjia.policy.month.state import State

PERSONS = 10_000_000
BEFORE = date(2020, 6, 1)
MONTH = days.add_months(BEFORE, 1)
TIMES = 3


def main() -> int:
    """Measure and print; with a folder as the only word, be the measured process."""
    if len(sys.argv) == 3 and sys.argv[1] in WORK:
        return report.work(lambda: WORK[sys.argv[1]](Path(sys.argv[2])))
    scale = report.options(__doc__ or "").scale
    folder = Path(tempfile.mkdtemp(prefix="guanjia-bench-"))
    try:
        figures = measure(int(PERSONS * scale), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    right = figures["unlike"] == 0 and figures["recorded"] > 0
    return report.end("month", figures, {"cpu_s": 2}, scale, right)


def measure(persons: int, folder: Path) -> dict[str, float]:
    """The figures of one size."""
    from bench.people import city

    book = books.load(books.SHIPPED)
    snapshot = city(book, persons, BEFORE, folder)
    begun = report.started("bench.month", "begin", str(folder))
    runs = {
        name: [report.started("bench.month", name, str(folder)) for _ in range(TIMES)]
        for name in ("month", "limit", "full")
    }
    month = {key: report.median([run[key] for run in runs["month"]]) for key in runs["month"][0]}
    whole, limit = (report.median([r["cpu_s"] for r in runs[name]]) for name in ("full", "limit"))
    return {
        "persons": snapshot.people,
        **month,
        "limit_cpu_s": limit,
        "full_cpu_s": whole,
        "full_over_month": whole / month["cpu_s"],
        "begin_cpu_s": begun["cpu_s"],
        "unlike": unlike(book, folder),
    }


def begin(folder: Path) -> dict[str, float]:
    """Outside the clock: the register, and what last month's result knows beside the results."""
    book, snapshot = books.load(books.SHIPPED), layout.read_index(folder / "city")
    with layout.engine(folder, memory_limit="4GB") as con:
        sources = sorting.of_snapshot(snapshot)
        told = sorting.write(con, book.facts, snapshot.on, sources, folder / "register")
    (folder / "state").mkdir()
    State.begin(City(told, book), book, snapshot.on).save(folder / "state")
    return {}


def month(folder: Path) -> dict[str, float]:
    """The job of a month."""
    memory.keep_freed()
    book = books.load(books.SHIPPED)
    began = report.cpu()
    city, state = City(register.read(folder / "register"), book), State.read(folder / "state")
    part = city.take(folder / "recorded-0")
    read_at = report.cpu()
    carried = carrying.carry(city, Span(book, BEFORE, MONTH), state, [part], folder / "carried")
    return {
        "start_cpu_s": began,
        "read_cpu_s": read_at - began,
        "carry_cpu_s": report.cpu() - read_at,
        "recorded": len(part.homes),
        "decided": carried.households,
    }


def limit(folder: Path) -> dict[str, float]:
    """What nobody can do without: the new rows, and the facts of as many as are decided again."""
    book = books.load(books.SHIPPED)
    city = City(register.read(folder / "register"), book)
    part = city.take(folder / "recorded-0")
    births = city.register.column("births.is")
    assert births is not None  # everybody has one
    np.count_nonzero(births > 0)
    homes = Homes(city, part.homes, STILL)
    for fact in city.facts:
        homes.fact(fact)
    return {}


def full(folder: Path) -> dict[str, float]:
    """The whole city, as a full run decides it."""
    book = books.load(books.SHIPPED)
    deciding.decide(book, MONTH, layout.read_index(folder / "city"), folder / "full")
    return {}


WORK = {"begin": begin, "month": month, "limit": limit, "full": full}


def unlike(book: books.Book, folder: Path) -> int:
    """Households that do not come out as when everybody is decided anew, with the new rows."""
    before = deciding.decide(book, BEFORE, layout.read_index(folder / "city"), folder / "before")
    city = City(register.read(folder / "register"), book)
    city.take(folder / "recorded-0")
    folded = folding.fold(city, MONTH, folder / "folded")
    anew = deciding.decide(book, MONTH, folded, folder / "anew")
    carried = [carrying.read(folder / "carried")]
    with duckdb.connect(config={"threads": 2, "memory_limit": "8GB"}) as con:
        after = applying.apply(con, city.register, before, MONTH, carried, folder / "after")
        return differing(con, after, anew)


def differing(con: duckdb.DuckDBPyConnection, one: Results, other: Results) -> int:
    """Households of whom two results say something otherwise, however they are sorted into tables."""
    found = 0
    for size in sorted({table.size for table in other.tables}):
        mine, its = ([t for t in r.tables if t.size == size] for r in (one, other))
        names = sorted({name for t in its for name in (*t.columns, *t.fixed)} - {"household"})
        names = [name for name in names if not name.endswith("_gross")]
        names += sorted({f"{n.removesuffix('_net')}_gross" for n in names if n.endswith("_net")})
        texts = (_hashed(one, mine, names), _hashed(other, its, names))
        row = con.execute(
            f"""SELECT count(*) FROM ({texts[0]}) a FULL JOIN ({texts[1]}) b USING (household)
            WHERE a.said IS DISTINCT FROM b.said"""
        ).fetchone()
        found += int(row[0]) if row else 0
    return found


def _hashed(results: Results, tables: list[Decided], names: list[str]) -> str:
    """SQL for households and what is said of each, in one number."""
    parts = []
    for table in tables:
        said = ", ".join(f"({_read(table, name)})::BIGINT" for name in names)
        parts.append(f"SELECT household, hash({said}) AS said FROM {results.source(table)}")
    return " UNION ALL ".join(parts)


def _read(table: Decided, name: str) -> str:
    if name.endswith("_gross") and name not in table.columns and name not in table.fixed:
        name = f"{name.removesuffix('_gross')}_net"
    return name if name in table.columns else literal(table.fixed[name]).sql


if __name__ == "__main__":
    sys.exit(main())
