"""What the pages of a run show: its figures by benefit and by town, its lists, how long still."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanjia.entitlements import books, queries
from guanjia.entitlements.deciding import corrections
from guanjia.entitlements.deciding.corrections import Told
from guanjia.entitlements.families import units
from guanjia.entitlements.families.units import Unit
from guanjia.entitlements.models import Change, Determination, Run, RunFigure, RunState
from guanjia.entitlements.queries import Line
from guanjia.kit import money
from guanjia.staff import lists
from guanjia.staff.lists import Column, Key, Sight

# Lists that stand in the run itself; the others are leads, which outlive the run.
LISTED = (Change.NEW, Change.CHANGED, Change.ARREARS, Change.OVERPAID, Change.STOPPED)
AS_LEADS = (Change.UNKNOWN, Change.MISSED, Change.DOUBTFUL)
COLUMNS = (Change.NEW, Change.CHANGED, Change.SAME, Change.ARREARS, Change.STOPPED, *AS_LEADS)
PAID = "paid"
A_MINUTE = 60


BATCH = 500
Whose = tuple[Determination, Unit, Told | None]
LIST = (
    Column("who", gettext_lazy("谁"), fixed=True),
    Column("benefit", gettext_lazy("待遇"), by="benefit"),
    Column("since", gettext_lazy("月份"), by="since", kind="day"),
    Column("before", gettext_lazy("原来"), by="previous__pays", kind="number", nullable=True),
    Column("pays", gettext_lazy("现在"), by="pays", kind="number"),
    Column("why", gettext_lazy("理由"), fixed=True),
)
CORRECTED = (Change.ARREARS, Change.OVERPAID)
"""Changes of months that were decided before, or should have been: each has a source."""

WITH_SOURCE = (*LIST[:-1], Column("source", gettext_lazy("更正来源")), LIST[-1])
AS_FOUND = Column("found", gettext_lazy("核算次序"), by="pk", kind="number")


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
    if any(figure.benefit not in titles for figure in counted):
        titles = titles | books.titles(figure.benefit for figure in counted)
    order = {code: place for place, code in enumerate(titles)}
    by_benefit = sorted(queries.by_benefit(counted), key=lambda line: order.get(line.code, 99))
    whole = _whole(by_benefit)
    return Figures(
        _row(whole, ""),
        [_row(line, titles[line.code]) for line in by_benefit],
        [_row(line, towns[line.code]) for line in queries.by_town(counted)],
    )


def past(run: int) -> dict[str, object]:
    """What a run finds of months that were paid, and what it pays again, in sentences."""
    sums = {what: Sums(0, 0) for what in ("overpaid", "again")}
    for figure in queries.figures(run):
        if figure.what in sums:
            before = sums[figure.what]
            sums[figure.what] = Sums(before.units + figure.units, before.fen + figure.fen)
    over, again = sums["overpaid"], sums["again"]
    told = []
    if over.units:
        words = _("以前月份多发 %(n)d 笔，合计 %(fen)s：只列出来，由两个人处理，不会自行扣回。")
        told.append(words % {"n": over.units, "fen": money.show(over.fen)})
    if again.units:
        words = _("银行退回、账号已更正的 %(n)d 笔，合计 %(fen)s，随这一批从挂账重发。")
        told.append(words % {"n": again.units, "fen": money.show(again.fen)})
    return {"past": told, "overpaid": over.units}


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
    return at_pace(began, run.done, run.total, now)


def at_pace(began: datetime | None, done: int, total: int, now: datetime) -> int | None:
    """How many seconds what is left takes at the pace since `began`; None while unknown."""
    if began is None or not done or not total:
        return None
    return max(1, round((now - began).total_seconds() * (total - done) / done))


def how_long(seconds: int) -> str:
    """How long something still takes, in words."""
    if seconds < A_MINUTE:
        return ngettext("约还需 %(n)d 秒", "约还需 %(n)d 秒", seconds) % {"n": seconds}
    minutes = round(seconds / A_MINUTE)
    return ngettext("约还需 %(n)d 分钟", "约还需 %(n)d 分钟", minutes) % {"n": minutes}


def parts(run: int, what: str, titles: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Benefits and towns that have such a change in a run, as a filter offers them."""
    counted = [f for f in queries.figures(run) if f.what == what and f.units]
    here = {f.benefit for f in counted}
    towns = {f.place_id: str(f.place) for f in counted}
    benefits = [(code, title) for code, title in titles.items() if code in here]
    return {"benefits": benefits, "places": sorted(towns.items())}


def changes(
    found: QuerySet[Determination], seen: Sight, on: date
) -> tuple[list[Whose], tuple[Key, int] | None]:
    """One page of changes with whom each concerns; then where the next page begins."""
    rows, mark = lists.page(found, seen, queries.PAGE)
    return _whose(rows, on), mark


def all_changes(found: QuerySet[Determination], seen: Sight, on: date) -> Iterator[Whose]:
    """All changes of a list, read a batch at a time, for a file."""
    for batch in lists.everything(found, seen, BATCH):
        yield from _whose(batch, on)


def _whose(rows: list[Determination], on: date) -> list[Whose]:
    whom = units.of_rows(rows, on)
    told = corrections.of_changes(row for row in rows if row.what in CORRECTED)
    return [(row, whom[row.pk], told.get(row.pk)) for row in rows]
