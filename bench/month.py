"""The monthly job as a city of ten million lives it: only what may come out otherwise is decided again.

In the clock: laying out the fact rows of the households of whom something was recorded (three in a
hundred) and deciding them; finding among the others those whom a birthday, the end of an award, a
figure or a month that enters or leaves an average may change, and deciding these. Beside it the
whole city decided anew; that both come out alike is checked outside the clock.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from bench import report
from guanjia.kit import days
from guanjia.policy import book as books
from guanjia.policy.city import applying, carrying, deciding, laying, layout
from guanjia.policy.city.deciding import Decided, Results
from guanjia.policy.city.layout import quoted
from guanjia.policy.city.terms import literal

PERSONS = 10_000_000
BEFORE = date(2020, 6, 1)
MONTH = days.add_months(BEFORE, 1)
TIMES = 3
PARTS = ("homes", "settled", "monthly", "held")
TOUCHED = "SELECT household FROM read_parquet({})"


def main() -> int:
    """Measure and print; with a folder as the only word, be the measured process."""
    if len(sys.argv) == 3 and sys.argv[1] in WORK:
        return work(sys.argv[1], Path(sys.argv[2]))
    scale = report.options(__doc__ or "").scale
    folder = Path(tempfile.mkdtemp(prefix="guanjia-bench-"))
    try:
        figures = measure(int(PERSONS * scale), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report.end("month", figures, {"cpu_s": 2}, scale, right=figures["unlike"] == 0)


def measure(persons: int, folder: Path) -> dict[str, float]:
    """The figures of one size."""
    from bench.people import city

    book = books.load(books.SHIPPED)
    snapshot = city(book, persons, BEFORE, folder)
    runs = {name: [started(name, folder) for _ in range(TIMES)] for name in WORK}
    month = {key: report.median([run[key] for run in runs["month"]]) for key in runs["month"][0]}
    whole = report.median([run["cpu_s"] for run in runs["anew"]])
    return {
        "persons": snapshot.people,
        **month,
        "anew_cpu_s": whole,
        "anew_over_month": whole / month["cpu_s"],
        "unlike": unlike(book, snapshot, folder),
    }


def started(name: str, folder: Path) -> dict[str, float]:
    """One process that does one work."""
    words = [sys.executable, "-m", "bench.month", name, str(folder)]
    done = subprocess.run(words, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def work(name: str, folder: Path) -> int:
    """In the measured process: do it, then say what it took."""
    began = time.perf_counter()
    said = WORK[name](folder)
    used = resource.getrusage(resource.RUSAGE_SELF)
    said["cpu_s"] = used.ru_utime + used.ru_stime
    said["wall_s"], said["peak_mb"] = time.perf_counter() - began, report.peak_mb()
    print(json.dumps(said))
    return 0


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def month(folder: Path) -> dict[str, float]:
    """The job of a month."""
    book, out = books.load(books.SHIPPED), folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    homes = quoted(str(folder / "touched" / "homes.parquet"))
    began = cpu()
    with layout.engine(folder) as con:
        for name in PARTS:
            file = quoted(str(folder / "touched" / f"{name}.parquet"))
            con.execute(f"CREATE TABLE {name} AS FROM read_parquet({file})")
        laid = laying.lay(con, book, MONTH, out / "new", laying.LEAST)
    laid_at = cpu()
    deciding.decide(book, MONTH, laid, out / "decided")
    decided_at = cpu()
    step = carrying.Step(book, BEFORE, MONTH)
    with layout.engine(folder) as con:
        snapshot = layout.read_index(folder / "city")
        carried = carrying.carry(con, step, snapshot, out / "carried", TOUCHED.format(homes))
        again = sum(
            con.execute(f"SELECT count(*) FROM read_parquet({quoted(str(file))})").fetchone()[0]  # type: ignore[index]
            for table in carried
            for file in (out / "carried" / name for name in table.files)
        )
    return {
        "lay_cpu_s": laid_at - began,
        "decide_cpu_s": decided_at - laid_at,
        "carry_cpu_s": cpu() - decided_at,
        "touched": laid.households,
        "again": again,
    }


def anew(folder: Path) -> dict[str, float]:
    """The whole city, as a full run decides it."""
    book, out = books.load(books.SHIPPED), folder / "anew"
    deciding.decide(book, MONTH, layout.read_index(folder / "city"), out)
    return {}


WORK = {"month": month, "anew": anew}


def unlike(book: books.Book, snapshot: layout.Snapshot, folder: Path) -> int:
    """Households, not touched, that do not come out as when everybody is decided anew."""
    before = deciding.decide(book, BEFORE, snapshot, folder / "before")
    found, whole = 0, deciding.read_results(folder / "anew")
    step, patches = carrying.Step(book, BEFORE, MONTH), folder / "patches"
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as con:
        carried = carrying.carry(con, step, snapshot, patches)
        after = applying.apply(con, before, MONTH, carried, patches, folder / "after")
        for one, other in zip(after.tables, whole.tables, strict=True):
            found += _unlike(con, after, one, whole, other)
    return found


def _unlike(
    con: duckdb.DuckDBPyConnection, after: Results, one: Decided, whole: Results, other: Decided
) -> int:
    names = sorted({*other.columns, *other.fixed} - {"household"})
    tests = [
        f"{_read(one, 'a', name)} IS DISTINCT FROM {_read(other, 'b', name)}" for name in names
    ]
    found = con.execute(
        f"""SELECT count(*) FROM {after.source(one)} a JOIN {whole.source(other)} b USING (household)
        WHERE {" OR ".join(tests)}"""
    ).fetchone()
    return int(found[0]) if found else 0


def _read(table: Decided, alias: str, name: str) -> str:
    return f"{alias}.{name}" if name in table.columns else literal(table.fixed[name]).sql


if __name__ == "__main__":
    sys.exit(main())
