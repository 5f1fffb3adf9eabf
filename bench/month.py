"""The monthly job as a city of ten million lives it: only what may come out otherwise is decided again.

In the clock: reading the rows recorded since last month's snapshot (of three households in a
hundred) and laying them over it; finding among all others those whom a birthday, the end of an
award, a figure or a month that enters or leaves an average may change; deciding these. Beside it,
in the same run, the physical limit: reading the new rows, and a bare scan of the columns that tell
who is touched by time; and the whole city decided anew from a snapshot with the new rows in it.
That both come out alike is checked outside the clock.
"""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from bench import report
from guanjia.kit import days
from guanjia.policy import book as books
from guanjia.policy.city import applying, carrying, deciding, layout, overlaying
from guanjia.policy.city.deciding import Decided, Results
from guanjia.policy.city.layout import parquet
from guanjia.policy.city.terms import literal

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
    folded(folder)
    runs = {
        name: [report.started("bench.month", name, str(folder)) for _ in range(TIMES)]
        for name in WORK
    }
    month = {key: report.median([run[key] for run in runs["month"]]) for key in runs["month"][0]}
    whole, limit = (report.median([r["cpu_s"] for r in runs[name]]) for name in ("anew", "limit"))
    return {
        "persons": snapshot.people,
        **month,
        "limit_cpu_s": limit,
        "anew_cpu_s": whole,
        "anew_over_month": whole / month["cpu_s"],
        "unlike": unlike(book, snapshot, folder),
    }


def folded(folder: Path) -> None:
    """Outside the clock: a snapshot with the new rows in it, which the whole city is decided from."""
    book, snapshot = books.load(books.SHIPPED), layout.read_index(folder / "city")
    with layout.engine(folder) as con:
        overlay = overlaying.gather(con, book, snapshot, [folder / "recorded-0"], MONTH)
        overlaying.fold(con, snapshot, overlay, MONTH, folder / "folded")


def month(folder: Path) -> dict[str, float]:
    """The job of a month."""
    book, out = books.load(books.SHIPPED), folder / "carried"
    shutil.rmtree(out, ignore_errors=True)
    began = report.cpu()
    with layout.engine(folder) as con:
        snapshot = layout.read_index(folder / "city")
        overlay = overlaying.gather(con, book, snapshot, [folder / "recorded-0"], MONTH)
        read_at = report.cpu()
        step = carrying.Step(book, BEFORE, MONTH)
        carrying.carry(con, step, snapshot, out, overlay=overlay)
        decided_at = report.cpu()
        recorded = _count(con, "SELECT count(*) FROM overlaid WHERE late")
    return {
        "read_cpu_s": read_at - began,
        "carry_cpu_s": decided_at - read_at,
        "recorded": recorded,
    }


def limit(folder: Path) -> dict[str, float]:
    """What nobody can do without: the new rows, and the columns by which time touches a household."""
    snapshot = layout.read_index(folder / "city")
    with layout.engine(folder) as con:
        for name in ("settled", "monthly", "held"):
            file = parquet(folder / "recorded-0" / f"{name}.parquet")
            con.execute(f"SELECT min(COLUMNS(*)) FROM {file}").fetchall()
        for table in snapshot.tables:
            names = [n for n in table.shape.stored if n.endswith("born_on") or "_ends_" in n]
            names += table.shape.latest
            picked = ", ".join(f"max({name})" for name in dict.fromkeys(["household", *names]))
            con.execute(f"SELECT {picked} FROM {snapshot.source(table)}").fetchall()
    return {}


def anew(folder: Path) -> dict[str, float]:
    """The whole city, as a full run decides it."""
    book, out = books.load(books.SHIPPED), folder / "anew"
    deciding.decide(book, MONTH, layout.read_index(folder / "folded"), out)
    return {}


WORK = {"month": month, "limit": limit, "anew": anew}


def unlike(book: books.Book, snapshot: layout.Snapshot, folder: Path) -> int:
    """Households that do not come out as when everybody is decided anew, with the new rows."""
    before = deciding.decide(book, BEFORE, snapshot, folder / "before")
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as con:
        overlay = overlaying.gather(con, book, snapshot, [folder / "recorded-0"], MONTH)
        step, patches = carrying.Step(book, BEFORE, MONTH), folder / "patches"
        carried = carrying.carry(con, step, snapshot, patches, overlay=overlay)
        after = applying.apply(con, before, MONTH, carried, patches, folder / "after")
        return differing(con, after, deciding.read_results(folder / "anew"))


def differing(con: duckdb.DuckDBPyConnection, one: Results, other: Results) -> int:
    """Households of whom two results of one snapshot say something otherwise."""
    return sum(
        _differing(con, one, mine, other, its)
        for mine, its in zip(one.tables, other.tables, strict=True)
    )


def _differing(
    con: duckdb.DuckDBPyConnection, after: Results, one: Decided, whole: Results, other: Decided
) -> int:
    names = sorted({*other.columns, *other.fixed} - {"household"})
    tests = [
        f"{_read(one, 'a', name)} IS DISTINCT FROM {_read(other, 'b', name)}" for name in names
    ]
    return _count(
        con,
        f"""SELECT count(*) FROM {after.source(one)} a FULL JOIN {whole.source(other)} b USING (household)
        WHERE a.household IS NULL OR b.household IS NULL OR {" OR ".join(tests)}""",
    )


def _read(table: Decided, alias: str, name: str) -> str:
    if name.endswith("_gross") and name not in table.columns and name not in table.fixed:
        name = f"{name.removesuffix('_gross')}_net"
    return f"{alias}.{name}" if name in table.columns else literal(table.fixed[name]).sql


def _count(con: duckdb.DuckDBPyConnection, asked: str) -> int:
    row = con.execute(asked).fetchone()
    assert row is not None  # a count
    return int(row[0])


if __name__ == "__main__":
    sys.exit(main())
