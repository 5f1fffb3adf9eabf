"""A year as a city of ten million lives it: twelve monthly jobs, each of what may come out otherwise.

Each month something new is recorded of three households in a hundred, birthdays pass, averages
move, and on 1 January the lines are raised. One process does all twelve; after half a year the
rows that have come in are folded into the snapshot, which counts. Beside it one full month of the
same city in the same run. The end of the year is held against everybody decided anew.
"""

import json
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from bench import report
from bench.month import differing
from guanjia.kit import days
from guanjia.policy import book as books
from guanjia.policy.city import applying, carrying, deciding, layout, overlaying
from guanjia.policy.city.carrying import Carried

PERSONS = 10_000_000
BEGIN = date(2020, 6, 1)
MONTHS = 12
FOLD = 6
"""Months after which what has come in is folded into the snapshot."""


def main() -> int:
    """Measure and print; with a folder as the last word, be the measured process."""
    if len(sys.argv) == 3 and sys.argv[1] in WORK:
        return report.work(lambda: WORK[sys.argv[1]](Path(sys.argv[2])))
    scale = report.options(__doc__ or "").scale
    folder = Path(tempfile.mkdtemp(prefix="guanjia-bench-"))
    try:
        figures = measure(int(PERSONS * scale), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    right = figures["unlike"] == 0 and figures["recorded"] > 0
    return report.end("year", figures, {"year_over_full_month": 3}, scale, right)


def measure(persons: int, folder: Path) -> dict[str, float]:
    """The figures of one size."""
    from bench.people import city

    book = books.load(books.SHIPPED)
    snapshot = city(book, persons, BEGIN, folder, MONTHS)
    full = report.median(
        [report.started("bench.year", "full", str(folder))["cpu_s"] for _ in range(3)]
    )
    year = report.started("bench.year", "year", str(folder))
    return {
        "persons": snapshot.people,
        **year,
        "full_month_cpu_s": full,
        "year_over_full_month": year["cpu_s"] / full,
        "unlike": unlike(book, folder),
    }


def full(folder: Path) -> dict[str, float]:
    """The first month, everybody decided."""
    book = books.load(books.SHIPPED)
    deciding.decide(book, BEGIN, layout.read_index(folder / "city"), folder / "full")
    return {}


def year(folder: Path) -> dict[str, float]:
    """The twelve jobs, one after another; their patches stay."""
    book, snapshot = books.load(books.SHIPPED), layout.read_index(folder / "city")
    since, folding, recorded, longest = 0, 0.0, 0, 0.0
    for number in range(1, MONTHS + 1):
        began = report.cpu()
        month = days.add_months(BEGIN, number)
        step = carrying.Step(book, days.add_months(BEGIN, number - 1), month)
        with layout.engine(folder) as con:
            parts = [folder / f"recorded-{k}" for k in range(since, number)]
            overlay = overlaying.gather(con, book, snapshot, parts, month)
            found = carrying.carry(con, step, snapshot, _patches(folder, number), overlay=overlay)
            (_patches(folder, number) / "carried.json").write_text(
                json.dumps(list(map(_said, found)))
            )
            row = con.execute("SELECT count(*) FROM overlaid WHERE late").fetchone()
            recorded += row[0] if row else 0
            longest = max(longest, report.cpu() - began)
            if number % FOLD == 0 and number < MONTHS:
                began = report.cpu()
                into = folder / f"folded-{number}"
                snapshot, since = overlaying.fold(con, snapshot, overlay, month, into), number
                folding += report.cpu() - began
    return {"fold_cpu_s": folding, "longest_month_cpu_s": longest, "recorded": recorded}


WORK = {"full": full, "year": year}


def _patches(folder: Path, number: int) -> Path:
    return folder / f"patches-{number}"


def _said(carried: Carried) -> dict[str, object]:
    return {"table": carried.table, "files": carried.files, "fixed": carried.fixed}


def unlike(book: books.Book, folder: Path) -> int:
    """Households that do not stand at the end of the year as when everybody is decided anew."""
    results = deciding.read_results(folder / "full")
    last = days.add_months(BEGIN, MONTHS)
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as con:
        for number in range(1, MONTHS + 1):
            patches, month = _patches(folder, number), days.add_months(BEGIN, number)
            rows = json.loads((patches / "carried.json").read_text())
            carried = [Carried(r["table"], tuple(r["files"]), r["fixed"]) for r in rows]
            into = folder / f"after-{number}"
            results = applying.apply(con, results, month, carried, patches, into)
        since = (MONTHS - 1) // FOLD * FOLD
        snapshot = layout.read_index(folder / f"folded-{since}")
        parts = [folder / f"recorded-{k}" for k in range(since, MONTHS)]
        overlay = overlaying.gather(con, book, snapshot, parts, last)
        snapshot = overlaying.fold(con, snapshot, overlay, last, folder / "end")
        whole = deciding.decide(book, last, snapshot, folder / "anew")
        return differing(con, results, whole)


if __name__ == "__main__":
    sys.exit(main())
