"""What if the line of 低保 rose: two books over a city of a million, costs by town and benefit.

From the changed text to the last sum, for one month and for twelve. Outside the clock both books
decide the same city whole, and the sums must be the same. Beside it, that one whole decision.
"""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from bench.people import city
from guanjia.kit import days
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.policy.city import deciding, reading
from guanjia.policy.city.comparing import Toll, tolls
from guanjia.policy.city.layout import Snapshot, engine

PERSONS = 1_000_000
MONTH = date(2020, 1, 1)
TOWN = 9
"""Digits of a town's code."""
TIMES = 3


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    folder = Path(tempfile.mkdtemp(prefix="guanjia-bench-"))
    try:
        snapshot = city(books.load(books.SHIPPED), int(PERSONS * scale), MONTH, folder)
        figures, right = measure(snapshot, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report.end("whatif", figures, {"month_s": 3}, scale, right)


def raised(old: Book) -> Book:
    """The line at 1,150 yuan, wherever it is read."""
    text = old.text.replace("1060 元/人·月", "1150 元/人·月")
    return books.from_text(text)


def asked(snapshot: Snapshot, months: int) -> list[Toll]:
    """What the page works out: the changed book is read, then weighed month by month."""
    old = books.load(books.SHIPPED)
    new = raised(old)
    return [
        toll
        for k in range(months)
        for toll in tolls(old, new, days.add_months(MONTH, k), snapshot, TOWN)
    ]


def measure(snapshot: Snapshot, folder: Path) -> tuple[dict[str, float], bool]:
    """The figures, and whether the costs are those of two whole decisions."""
    found: list[Toll] = []

    def once() -> None:
        found[:] = asked(snapshot, 1)

    month = report.median(report.seconds(once, TIMES))
    year = report.seconds(lambda: asked(snapshot, 12), 1)[0]
    old = books.load(books.SHIPPED)
    before, whole = decided(old, snapshot, folder)
    after, _seconds = decided(raised(old), snapshot, folder)
    cost = sum(toll.after_fen - toll.before_fen for toll in found)
    figures = {
        "persons": snapshot.people,
        "month_s": month,
        "twelve_months_s": year,
        "one_whole_decision_s": whole,
        "towns": len({toll.place for toll in found}),
        "gainers": sum(toll.gainers for toll in found),
        "cost_yuan_a_month": cost / 100,
    }
    return figures, cost == after - before > 0


def decided(book: Book, snapshot: Snapshot, folder: Path) -> tuple[int, float]:
    """All nets of a whole decision in fen, and its seconds."""
    out = folder / "results"
    seconds = report.seconds(lambda: deciding.decide(book, MONTH, snapshot, out), 1)[0]
    results = deciding.read_results(out)
    with engine(folder) as con:
        row = con.execute(f"SELECT sum(net) FROM ({reading.rows(book, results)})").fetchone()
    shutil.rmtree(out)
    return int(row[0] if row else 0), seconds


if __name__ == "__main__":
    sys.exit(main())
