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
from bench.run import CITY, own_house
from guanjia.policy.book import Book
from guanjia.policy.city import deciding, reading
from guanjia.policy.city.layout import Snapshot, engine

PERSONS = 1_000_000
TIMES = 20
"""How often the loaded city stands in the registry."""
MONTH = date(2020, 1, 1)
KNOWN = datetime(2020, 4, 1, tzinfo=UTC)
APART = 10_000_000
"""Keys of one repetition lie so far from those of the next."""
KEYS = {"id", "person_id", "household_id"}
TABLES = (
    *("people_household", "people_person", "people_membership"),
    *("people_householdfact", "people_personfact", "entitlements_award"),
)
ONLY_FOR_WRITING = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname || ' CASCADE'
FROM pg_constraint WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('x', 'f', 'u', 'c')
UNION ALL SELECT 'DROP INDEX ' || i.indexrelid::regclass
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'x', 'u')
WHERE i.indrelid = ANY(%(tables)s::regclass[]) AND c.oid IS NULL
"""
COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    folder = Path(tempfile.mkdtemp(prefix="guanjia-bench-"))
    try:
        with own_house():
            loaded = fill(max(1_000, int(PERSONS * scale) // TIMES))
            figures = measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    right = figures["persons"] == loaded * TIMES and figures["unlike"] == 0
    return report.end("export", figures, {}, scale, right)


def fill(persons: int) -> int:
    """Load so many, and repeat them; returns how many were loaded."""
    from django.conf import settings

    from guanjia.interop import load
    from guanjia.interop.synthetic import scene
    from guanjia.policy import book as books
    from guanjia.staff.models import User

    office = tuple(User.objects.create_user(name, full_name=name) for name in ("zhou", "liang"))
    book = books.load(settings.GUANJIA_CITY)
    loaded = load.load_synthetic(book, scene.read(settings.GUANJIA_CITY), persons, *office)
    repeat()
    return loaded.persons


def repeat() -> None:
    """Every household with its people, facts and awards, again and again."""
    from django.db import connection

    from guanjia.web import schema

    connection.close()
    with schema.as_owner(os.environ["DATABASE_OWNER_URL"]), connection.cursor() as cursor:
        cursor.execute(ONLY_FOR_WRITING, {"tables": list(TABLES)})
        for (step,) in cursor.fetchall():
            cursor.execute(step)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(COLUMNS, [table])
            names = [name for (name,) in cursor.fetchall()]
            shifted = ", ".join(f"{n} + k * {APART}" if n in KEYS else n for n in names)
            cursor.execute(
                f"""INSERT INTO {table} ({", ".join(names)}) OVERRIDING SYSTEM VALUE
                SELECT {shifted} FROM generate_series(1, {TIMES - 1}) AS r(k), {table}"""
            )
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        cursor.execute("ANALYZE")


def measure(folder: Path) -> dict[str, float]:
    """The bare copy, then the export; and whether every repetition comes out as the first."""
    from django.conf import settings

    from guanjia.entitlements import export
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

    from guanjia.entitlements import export

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
