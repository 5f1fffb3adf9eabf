"""A year as a city of ten million lives it: twelve monthly jobs, each of what may come out otherwise.

Each month something new is recorded of three households in a hundred, birthdays pass, averages
move, and on 1 January the lines are raised, rules become wider and one comes anew. One process does
all twelve, beside one snapshot. In the same run one full month of the same city, in the middle of the
year. Its end is held against everybody decided anew, from a snapshot with all that came in.
"""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from bench import month as one_month
from bench import report
from guanjia.kit import days
from guanjia.policy import book as books
from guanjia.policy.city import deciding, layout
from guanjia.policy.month import applying, carrying, folding, memory, register
from guanjia.policy.month.finding import Span
from guanjia.policy.month.news import City
from guanjia.policy.month.state import State

PERSONS = 10_000_000
BEGIN = date(2019, 12, 1)
MONTHS = 12
TIMES = 3


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
    begun = report.started("bench.year", "begin", str(folder))
    fulls, years = [], []
    for _ in range(TIMES):
        fulls.append(report.started("bench.year", "full", str(folder))["cpu_s"])
        years.append(report.started("bench.year", "year", str(folder)))
    full = report.median(fulls)
    year = {key: report.median([each[key] for each in years]) for key in years[0]}
    return {
        "persons": snapshot.people,
        **year,
        "full_month_cpu_s": full,
        "year_over_full_month": year["cpu_s"] / full,
        "begin_cpu_s": begun["cpu_s"],
        "unlike": unlike(book, folder),
    }


def full(folder: Path) -> dict[str, float]:
    """A month in the middle of the year, everybody decided."""
    book, month = books.load(books.SHIPPED), days.add_months(BEGIN, MONTHS // 2)
    deciding.decide(book, month, layout.read_index(folder / "city"), folder / "full")
    return {}


def year(folder: Path) -> dict[str, float]:
    """The twelve jobs, one after another; what each hands out stays."""
    memory.keep_freed()
    book = books.load(books.SHIPPED)
    city, state = City(register.read(folder / "register"), book), State.read(folder / "state")
    recorded, took = 0, []
    for number in range(1, MONTHS + 1):
        began = report.cpu()
        span = Span(book, days.add_months(BEGIN, number - 1), days.add_months(BEGIN, number))
        part = city.take(folder / f"recorded-{number - 1}")
        carrying.carry(city, span, state, [part], _carried(folder, number))
        recorded += len(part.homes)
        took.append(report.cpu() - began)
    return {
        "january_cpu_s": took[0],
        "other_month_cpu_s": report.median(took[1:]),
        "recorded": recorded,
    }


WORK = {"begin": one_month.begin, "full": full, "year": year}


def _carried(folder: Path, number: int) -> Path:
    return folder / f"carried-{number}"


def unlike(book: books.Book, folder: Path) -> int:
    """Households that do not stand at the end of the year as when everybody is decided anew."""
    last, city = days.add_months(BEGIN, MONTHS), City(register.read(folder / "register"), book)
    for number in range(MONTHS):
        city.take(folder / f"recorded-{number}")
    anew = deciding.decide(book, last, folding.fold(city, last, folder / "end"), folder / "anew")
    carried = [carrying.read(_carried(folder, number)) for number in range(1, MONTHS + 1)]
    first = deciding.decide(book, BEGIN, layout.read_index(folder / "city"), folder / "first")
    with duckdb.connect(config={"threads": 2, "memory_limit": "8GB"}) as con:
        after = applying.apply(con, city.register, first, last, carried, folder / "after")
        return one_month.differing(con, after, anew)


if __name__ == "__main__":
    sys.exit(main())
