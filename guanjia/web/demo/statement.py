"""The month's statement on one screen: by benefit over the months, and by town."""

from collections.abc import Sequence
from datetime import date

from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from guanjia.entitlements import books, queries
from guanjia.entitlements.models import Run, RunState
from guanjia.entitlements.queries import Line
from guanjia.kit import money, scope
from guanjia.places import queries as places
from guanjia.policy.words import word

WIDTH = 80  # of a terminal
COLUMNS = 3  # of towns side by side, where the names leave room
LATEST = 4  # months shown by benefit
PAID = "paid"


def statement(city: str, on: date) -> Group:
    """What was paid: by benefit in the latest months, by town in the last one."""
    with scope.hold(scope.job("statement", city, on)):
        runs = list(Run.objects.filter(place=city, state=RunState.PAID).order_by("-month")[:LATEST])
        runs.reverse()
        figures = {run.pk: queries.figures(run.pk) for run in runs}
        last = figures[runs[-1].pk] if runs else []
        return Group(
            _by_benefit(runs, [queries.by_benefit(figures[run.pk]) for run in runs]),
            _by_town(runs[-1].month if runs else on, queries.by_town(last)),
            _waiting(queries.by_benefit(last)),
        )


def _by_benefit(runs: Sequence[Run], lines: Sequence[Sequence[Line]]) -> Table:
    table = _table(word("发放 · 按待遇（元）"))
    table.add_column(word("待遇"))
    for run in runs:
        table.add_column(f"{run.month:%Y-%m}", justify="right", no_wrap=True)
    table.add_column(word("户/人"), justify="right", no_wrap=True)
    by_code = [{line.code: line for line in month} for month in lines]
    for code, title in books.titles(code for month in by_code for code in month).items():
        paid = [_fen(month.get(code)) for month in by_code]
        if any(paid):
            table.add_row(title, *map(_yuan, paid), f"{_units(by_code[-1].get(code)):,}")
    sums = [_yuan(sum(map(_fen, month))) for month in lines]
    people = sum(map(_units, lines[-1])) if lines else 0
    table.add_row(word("合计"), *sums, f"{people:,}", style="bold")
    return table


def _by_town(month: date, lines: Sequence[Line]) -> Table:
    """Towns in columns side by side, the order of their codes going down."""
    paid = [line for line in lines if _units(line)]
    names = places.names(line.code for line in paid)
    table = _table(word("{month} · 按镇街（户/人 · 元）", month=f"{month:%Y-%m}"))
    heads = (word("镇街"), word("户/人"), word("元"))
    cells = [(names.get(x.code, x.code), f"{_units(x):,}", _yuan(_fen(x))) for x in paid]
    wide = sum(max(map(cell_len, column)) + 1 for column in zip(heads, *cells, strict=True))
    columns = max(1, min(COLUMNS, WIDTH // wide))
    for name, *figures in [heads] * columns:
        table.add_column(name)
        for figure in figures:
            table.add_column(figure, justify="right", no_wrap=True)
    height = -(-len(cells) // columns)
    for row in range(height):
        across = [cells[i] for i in range(row, len(cells), height)]
        table.add_row(*(said for cell in across for said in cell))
    return table


def _table(title: str) -> Table:
    """Narrow enough for a terminal: a long name goes on in the next line, figures stay whole."""
    return Table(title=f"\n{title}", title_justify="left", box=None, padding=(0, 1, 0, 0))


def _waiting(lines: Sequence[Line]) -> Text:
    """Those to be visited or asked."""
    missed, doubtful, unknown = (
        sum(line.units.get(what, 0) for line in lines) for what in ("missed", "doubtful", "unknown")
    )
    return Text(
        word(
            "\n应享未享 {missed} · 疑似不再符合 {doubtful} · 待补问 {unknown}"
            "（都要上门看，不自动发也不自动停）",
            missed=f"{missed:,}",
            doubtful=f"{doubtful:,}",
            unknown=f"{unknown:,}",
        )
    )


def _units(line: Line | None) -> int:
    return line.units.get(PAID, 0) if line else 0


def _fen(line: Line | None) -> int:
    return line.fen.get(PAID, 0) if line else 0


def _yuan(fen: int) -> str:
    return money.show(fen).removesuffix(" 元")
