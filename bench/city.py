"""Ten million people: a Parquet snapshot in, every benefit of everybody with its reasons out.

Beside it in the same run: a bare scan-and-rewrite of the columns that the decision reads, which no
engine can do without; and the same rules in openfisca-core, from Parquet to Parquet too, beside ours
on the same people of whom everything is known and steady. CPU seconds of whole processes; medians.
"""

import argparse
import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from bench import report
from guanjia.policy import book as books
from guanjia.policy.city import deciding, reading
from guanjia.policy.city.layout import Snapshot, Table, engine, quoted, read_index
from guanjia.policy.city.outcome import outcome

PERSONS = 10_000_000
MONTH = date(2020, 1, 1)
TIMES = 3
CHEAPER = 1.8
"""So many times as cheap as the peer, at least."""
COMPARED = 1_000_000
"""Households below this key are held against the peer's one by one: those of 100,000 persons."""
COLUMNS = re.compile(r"\b(?:h|m\d+|turn)_\w+\b")


def main() -> int:
    """Measure and print; `--work` is what the measured processes are started with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--persons", type=int, default=0)
    parser.add_argument("--work", nargs=2, default=None)
    asked = parser.parse_args()
    if asked.work:
        return work(asked.work[0], Path(asked.work[1]))
    persons = asked.persons or int(PERSONS * asked.scale)
    folder = Path(tempfile.mkdtemp(prefix="guanjia-bench-"))
    try:
        figures = measure(persons, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    bounds = {"ratio_to_scan": 3, "peak_mb": 1000, "ours_over_openfisca": 1 / CHEAPER}
    right = figures["decided"] > 0 and figures["compared"] > 0 and not figures["disagreements"]
    return report.end("city", figures, bounds, persons / PERSONS, right)


def measure(persons: int, folder: Path) -> dict[str, float]:
    """The figures of one size."""
    from bench.people import city

    book = books.load(books.SHIPPED)
    snapshot = city(book, persons, MONTH, folder)
    runs = {
        name: [started(name, snapshot.folder) for _ in range(TIMES)] for name in ("ours", "scan")
    }
    ours, scan = (report.median([r["cpu_s"] for r in runs[name]]) for name in ("ours", "scan"))
    return {
        "persons": snapshot.people,
        "households": snapshot.households,
        "tables": len(snapshot.tables),
        "cpu_s": ours,
        "wall_s": report.median([r["wall_s"] for r in runs["ours"]]),
        "scan_cpu_s": scan,
        "ratio_to_scan": ours / scan,
        "peak_mb": max(r["peak_mb"] for r in runs["ours"]),
        "decided": runs["ours"][0]["rows"],
        "written_mb": runs["ours"][0]["written_mb"],
        "snapshot_mb": sum(f.stat().st_size for f in snapshot.folder.glob("*.parquet")) / 1e6,
        **beside_peer(book, snapshot, folder),
    }


def beside_peer(book: books.Book, snapshot: Snapshot, folder: Path) -> dict[str, float]:
    """Ours and openfisca-core's on the same people, of whom everything is known."""
    from bench.peer import files

    known = files.known(book, snapshot, folder / "known")
    files.write(known, folder / "facts")
    both = {"known": known.folder, "peer": folder / "facts"}
    runs = {name: [started(name, both[name]) for _ in range(TIMES)] for name in both}
    mine, its = (report.median([r["cpu_s"] for r in runs[name]]) for name in both)
    unlike, held = compared(book, known, folder)
    return {
        "known_cpu_s": mine,
        "openfisca_cpu_s": its,
        "openfisca_formulas_cpu_s": report.median([r["formulas_cpu_s"] for r in runs["peer"]]),
        "openfisca_over_ours": its / mine,
        "ours_over_openfisca": mine / its,
        "openfisca_peak_mb": max(r["peak_mb"] for r in runs["peer"]),
        "disagreements": unlike,
        "compared": held,
    }


def started(name: str, folder: Path) -> dict[str, float]:
    """One process that does one work over a snapshot."""
    return report.started("bench.city", "--work", name, str(folder))


def work(name: str, folder: Path) -> int:
    """In the measured process: one work over a snapshot, and how much it wrote."""
    out = folder / f"out-{name}"

    def does() -> dict[str, float]:
        told = WORK[name](folder, out)
        return {**told, "written_mb": sum(f.stat().st_size for f in out.iterdir()) / 1e6}

    ended = report.work(does)
    shutil.rmtree(out)
    return ended


def ours(folder: Path, out: Path) -> dict[str, float]:
    """The decision, as a run makes it."""
    results = deciding.decide(books.load(books.SHIPPED), MONTH, read_index(folder), out)
    return {"rows": sum(table.households for table in results.tables)}


def scan(folder: Path, out: Path) -> dict[str, float]:
    """Read the columns that the decision reads and write them again."""
    out.mkdir()
    snapshot = read_index(folder)
    book = books.load(books.SHIPPED)
    with engine(out) as con:
        for table in snapshot.tables:
            names = ", ".join(["household", *read_by(book, snapshot, table)])
            con.execute(
                f"""COPY (SELECT {names} FROM {snapshot.source(table)})
                TO {quoted(str(out / table.file))} (FORMAT parquet, COMPRESSION zstd)"""
            )
    return {"rows": snapshot.households}


def read_by(book: books.Book, snapshot: Snapshot, table: Table) -> list[str]:
    """The stored columns that the decision of a table reads."""
    text = outcome(book, MONTH, table.shape, snapshot.source(table)).text
    stored = {*table.shape.stored, *table.shape.latest}
    return sorted(set(COLUMNS.findall(text)) & stored)


def peer(folder: Path, out: Path) -> dict[str, float]:
    """The same rules by hand in openfisca-core; its modules are its own to load."""
    from bench.peer.work import run

    households, formulas = run(folder, out, MONTH)
    return {"rows": households, "formulas_cpu_s": formulas}


def compared(book: books.Book, known: Snapshot, folder: Path) -> tuple[int, int]:
    """How many results of the known city the two say differently, or only one has; how many were held.

    One by one for some, and for the whole city the sums of each benefit.
    """
    from bench.peer import work

    results = deciding.decide(book, MONTH, known, folder / "ours")
    work.run(folder / "facts", folder / "theirs", MONTH)
    both = {"mine": reading.rows(book, results), "theirs": work.rows(folder / "theirs")}
    with duckdb.connect(config={"threads": 2}) as con:
        for name, text in both.items():
            con.execute(f"CREATE VIEW {name} AS {text}")
            some = f"SELECT {RESULT} FROM {name} WHERE household < {COMPARED}"
            con.execute(f"CREATE TABLE some_{name} AS {some}")
        unlike = sum(_count(con, DIFFERING.format(*pair)) for pair in SUMMED)
        return unlike, _count(con, "SELECT count(*) FROM some_mine")


def _count(con: duckdb.DuckDBPyConnection, asked: str) -> int:
    row = con.execute(asked).fetchone()
    assert row is not None  # a count
    return int(row[0])


RESULT = "household, unit, benefit, entitled, gross, net"
SUMS = "SELECT benefit, count(*), count_if(entitled), sum(gross), sum(net) FROM {} GROUP BY benefit"
SUMMED = (
    ("FROM some_mine", "FROM some_theirs"),
    (SUMS.format("mine"), SUMS.format("theirs")),
)
DIFFERING = "SELECT count(*) FROM (({0} EXCEPT ALL {1}) UNION ALL ({1} EXCEPT ALL {0}))"
WORK = {"ours": ours, "scan": scan, "known": ours, "peer": peer}


if __name__ == "__main__":
    sys.exit(main())
