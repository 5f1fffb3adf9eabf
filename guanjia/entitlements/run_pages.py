"""What the pages of a run show: its figures by benefit and by town, its lists, how long still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Sum

from guanjia.entitlements import books, queries
from guanjia.entitlements.models import Change, Run, RunFigure, RunState
from guanjia.entitlements.queries import Line
from guanjia.people import words
from guanjia.places import queries as places

# Lists that stand in the run itself; the others are leads, which outlive the run.
LISTED = (Change.NEW, Change.CHANGED, Change.ARREARS, Change.STOPPED)
AS_LEADS = (Change.UNKNOWN, Change.MISSED, Change.DOUBTFUL)
COLUMNS = (Change.NEW, Change.CHANGED, Change.SAME, Change.ARREARS, Change.STOPPED, *AS_LEADS)
PAID = "paid"
WORKING = (RunState.ASKED, RunState.DETERMINING, RunState.APPROVED)


class Cell(NamedTuple):
    """One figure: what changed, how many units, how many fen."""

    what: Change
    units: int
    fen: int


class Sums(NamedTuple):
    """How many units, and how many fen."""

    units: int
    fen: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of figures, with the name of its benefit or town."""

    code: str
    name: str
    cells: tuple[Cell, ...]
    paid: Sums


@dataclass(frozen=True, slots=True)
class Figures:
    """A run's figures as far as the post sees them: in all, by benefit, by town."""

    whole: Row
    by_benefit: list[Row]
    by_town: list[Row]


def figures(run: Run, titles: dict[str, str]) -> Figures:
    """The figures of a run, in one read of its counts."""
    counted = queries.figures(run.pk)
    towns = {figure.place_id: str(figure.place) for figure in counted}
    order = {code: place for place, code in enumerate(titles)}
    by_benefit = sorted(queries.by_benefit(counted), key=lambda line: order.get(line.code, 99))
    whole = _whole(by_benefit)
    return Figures(
        _row(whole, ""),
        [_row(line, titles.get(line.code) or books.title(line.code)) for line in by_benefit],
        [_row(line, towns[line.code]) for line in queries.by_town(counted)],
    )


def in_all(run: Run) -> Row:
    """A run's figures in all, as far as the post sees them."""
    return _row(_whole(queries.by_benefit(queries.figures(run.pk))), "")


def _whole(lines: Sequence[Line]) -> Line:
    """All lines added up."""
    whats = {what for line in lines for what in line.units}
    units = {what: sum(line.units.get(what, 0) for line in lines) for what in whats}
    fen = {what: sum(line.fen.get(what, 0) for line in lines) for what in whats}
    return Line("", units, fen)


def _row(line: Line, name: str) -> Row:
    cells = tuple(Cell(w, line.units.get(w, 0), line.fen.get(w, 0)) for w in COLUMNS)
    paid = Sums(line.units.get(PAID, 0), line.fen.get(PAID, 0))
    return Row(line.code, name, cells, paid)


def paid_sums(runs: Sequence[Run]) -> dict[int, Sums]:
    """Run to what it pays, as far as the post sees it."""
    paid = RunFigure.objects.filter(run__in=runs, what=PAID).order_by()
    sums = paid.values_list("run_id").annotate(units=Sum("units"), fen=Sum("fen"))
    return {run: Sums(units, fen) for run, units, fen in sums}


def seconds_left(run: Run, now: datetime) -> int | None:
    """How many seconds the present step still takes, at its pace so far; None while unknown."""
    began = run.approved_at if run.state == RunState.APPROVED else run.asked_at
    if began is None or not run.done or not run.total:
        return None
    spent = (now - began).total_seconds()
    return max(1, round(spent * (run.total - run.done) / run.done))


def town_of(code: str) -> str:
    """The name of a town or community, in short."""
    return words.place_words(code, places.names([code])) if code else ""
