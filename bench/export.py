"""A registry of a million in PostgreSQL, out as the snapshot that a whole city is decided from.

A made-up city is loaded as ever, then its rows are repeated by SQL, without the indexes and checks
that only writing needs; row security stands while it is read. Beside it the limit: a bare COPY of
the same rows to nowhere.
"""

import os
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from bench.registry import APART, fill
from bench.run import CITY, own_house
from guanjia.policy.book import Book
from guanjia.policy.city import deciding, reading
from guanjia.policy.city.layout import Snapshot, engine

PERSONS = 1_000_000
TIMES = 20
"""How often the loaded city stands in the registry."""
MONTH = date(2020, 1, 1)
KNOWN = datetime(2020, 4, 1, tzinfo=UTC)


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    folder = Path(tempfile.mkdtemp(prefix="guanjia-bench-"))
    try:
        with own_house():
            loaded = fill(max(1_000, int(PERSONS * scale) // TIMES), TIMES)
            figures = measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    right = figures["persons"] == loaded * TIMES and figures["unlike"] == 0
    return report.end("export", figures, {}, scale, right)


def measure(folder: Path) -> dict[str, float]:
    """The bare copy, then the export; and whether every repetition comes out as the first."""
    from django.conf import settings

    from guanjia.entitlements.families import export
    from guanjia.kit import scope
    from guanjia.policy import book as books

    book = books.load(settings.GUANJIA_CITY)
    with scope.hold(scope.job("bench", CITY, MONTH)):
        rows: list[int] = []
        copied = report.seconds(
            lambda: rows.append(bare_copy(export.values(book, CITY, MONTH, KNOWN))), 1
        )[0]
        report.forget_peak()
        began = report.peak_mb()
        found: list[Snapshot] = []
        written = report.seconds(
            lambda: found.append(export.write(book, CITY, MONTH, KNOWN, folder)), 1
        )[0]
        peak = report.peak_mb()
    [snapshot] = found
    return {
        "persons": snapshot.people,
        "households": snapshot.households,
        "rows": rows[0],
        "seconds": written,
        "bare_copy_s": copied,
        "ratio_to_copy": written / copied,
        "peak_mb": peak,
        "before_mb": began,
        "snapshot_mb": sum(f.stat().st_size for f in folder.glob("*.parquet")) / 1e6,
        "unlike": unlike(book, snapshot, folder / "results"),
    }


def bare_copy(values: dict[str, Any]) -> int:
    """The rows that the export reads, to nowhere; returns how many."""
    from django.db import connection

    from guanjia.entitlements.families import export

    count = 0
    connection.ensure_connection()
    for query, _columns in export.TABLES.values():
        words = f"COPY ({query}) TO STDOUT (FORMAT csv)"
        with (
            open(os.devnull, "wb") as out,  # noqa: PTH123 - a device and no file
            connection.connection.cursor() as cursor,
        ):
            with cursor.copy(words, values) as blocks:
                for block in blocks:
                    out.write(block)
            count += cursor.rowcount
    return count


def unlike(book: Book, snapshot: Snapshot, folder: Path) -> int:
    """How many repetitions come to another sum than the first."""
    results = deciding.decide(book, MONTH, snapshot, folder)
    with engine(folder) as con:
        sums = con.execute(
            f"""SELECT household // {APART}, count(*), sum(net), count(net)
            FROM ({reading.rows(book, results)}) GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
    return sum(row[1:] != sums[0][1:] for row in sums)


if __name__ == "__main__":
    sys.exit(main())
