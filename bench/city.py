"""Ten million people: a Parquet snapshot in, every benefit of everybody with its reasons out.

Beside it in the same run: a bare scan-and-rewrite of the columns that the decision reads, which no
engine can do without, and the same rules in openfisca-core on a part of the same people, where
every fact is known. CPU seconds of whole processes; medians.
"""

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from guanjia.policy import book as books
from guanjia.policy.city import deciding
from guanjia.policy.city.layout import Snapshot, Table, quoted, read_index
from guanjia.policy.city.outcome import outcome

PERSONS = 10_000_000
MONTH = date(2020, 1, 1)
TIMES = 3
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
    bounds = {"ratio_to_scan": 3, "peak_mb": 1000}
    return report.end("city", figures, bounds, persons / PERSONS, right=figures["decided"] > 0)


def measure(persons: int, folder: Path) -> dict[str, float]:
    """The figures of one size."""
    from bench.people import city

    snapshot = city(books.load(books.SHIPPED), persons, MONTH, folder)
    runs = {name: [started(name, snapshot.folder) for _ in range(TIMES)] for name in WORK}
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
    }


def started(name: str, folder: Path) -> dict[str, float]:
    """One process that does one work over a snapshot."""
    words = [sys.executable, "-m", "bench.city", "--work", name, str(folder)]
    done = subprocess.run(words, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def work(name: str, folder: Path) -> int:
    """In the measured process: do it, then say what it took."""
    began = time.perf_counter()
    out = folder / f"out-{name}"
    count = WORK[name](read_index(folder), out)
    used = resource.getrusage(resource.RUSAGE_SELF)
    said = {
        "cpu_s": used.ru_utime + used.ru_stime,
        "wall_s": time.perf_counter() - began,
        "peak_mb": report.peak_mb(),
        "rows": count,
        "written_mb": sum(f.stat().st_size for f in out.iterdir()) / 1e6,
    }
    shutil.rmtree(out)
    print(json.dumps(said))
    return 0


def ours(snapshot: Snapshot, out: Path) -> int:
    """The decision, as a run makes it."""
    results = deciding.decide(books.load(books.SHIPPED), MONTH, snapshot, out)
    return sum(table.households for table in results.tables)


def scan(snapshot: Snapshot, out: Path) -> int:
    """Read the columns that the decision reads and write them again."""
    out.mkdir()
    book = books.load(books.SHIPPED)
    with deciding.engine() as con:
        for table in snapshot.tables:
            names = ", ".join(["household", *read_by(book, snapshot, table)])
            con.execute(
                f"""COPY (SELECT {names} FROM {snapshot.source(table)})
                TO {quoted(str(out / table.file))} (FORMAT parquet, COMPRESSION zstd)"""
            )
    return snapshot.households


def read_by(book: books.Book, snapshot: Snapshot, table: Table) -> list[str]:
    """The stored columns that the decision of a table reads."""
    text = outcome(book, MONTH, table.shape, snapshot.source(table)).text
    stored = {*table.shape.stored, *table.shape.latest}
    return sorted(set(COLUMNS.findall(text)) & stored)


WORK = {"ours": ours, "scan": scan}


if __name__ == "__main__":
    sys.exit(main())
