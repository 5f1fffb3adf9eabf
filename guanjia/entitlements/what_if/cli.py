"""`guanjia whatif dibao_line=1150`: who gains, who loses, what it costs by town, in a terminal."""

import argparse
import sys
import unicodedata
from collections.abc import Iterable, Sequence

from guanjia.entitlements.errors import RunError
from guanjia.entitlements.records import Wish
from guanjia.entitlements.runs.cli import Far, desk_of, work_off
from guanjia.entitlements.tables.books import (
    AT_WORK,
    MOST_MONTHS,
    WhatIf,
    WhatIfFigure,
    WhatIfState,
)
from guanjia.entitlements.what_if import trying, what_ifs
from guanjia.entitlements.what_if.tallies import by, counted, monthly, total
from guanjia.kit import clock, scope
from guanjia.places import queries as places
from guanjia.policy import proposing
from guanjia.policy.book import Book
from guanjia.policy.options import Options, month_of, options
from guanjia.policy.proposing import Change
from guanjia.policy.words import listed, word, yuan
from guanjia.staff import gate
from guanjia.staff.models import Post
from guanjia.staff.roles import May

A_YEAR = 12


def what_if(words: list[str]) -> int:
    """`whatif dibao_line=1150 [--since 2020-05] [--months 12] [--against …]`; the exit status."""
    asked = _parser().parse_args(words)
    desk = desk_of(asked.name, May.ASK_RUN)
    sides = [_tried(desk, tuple(asked.changes), asked)]
    if asked.against:
        sides.append(_other(desk, asked))
    for side in sides:
        _print(desk, side)
    if len(sides) > 1:
        _print_beside(desk, sides)
    return int(any(side.state == WhatIfState.FAILED for side in sides))


def _parser() -> Options:
    parser = options(
        "whatif",
        word("试算：换一个标准，看谁增加、谁减少、花多少。不作决定，不发钱，不改政策簿。"),
    )
    parser.add_argument(
        *("changes",),
        nargs="+",
        metavar=word("名称=新数"),
        type=_change,
        help=word("例如 dibao_line=1150、dibao.house_limit=2、dibao_line@441900119=1200"),
    )
    parser.add_argument(
        *("--since",),
        type=month_of,
        metavar=word("月份"),
        help=word("从哪个月起（默认第一个没核算的月）"),
    )
    bounds = word("几个月，最多 {most}（默认 {usual}）", most=MOST_MONTHS, usual=A_YEAR)
    parser.add_argument("--months", type=int, default=A_YEAR, metavar=word("月数"), help=bounds)
    parser.add_argument(
        *("--against",),
        nargs="+",
        default=[],
        metavar=word("另一组"),
        help=word("和另一次试算对照：它的编号，或另一组 名称=新数"),
    )
    parser.add_argument("--as", dest="name", default="", metavar=word("账号"), help=word("经办人"))
    return parser


def _change(text: str) -> Change:
    try:
        return proposing.read(text)
    except proposing.BadProposal as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _tried(desk: Post, changes: tuple[Change, ...], asked: argparse.Namespace) -> WhatIf:
    """A what-if asked for and worked off here, with its bar."""
    wish = Wish(changes, asked.since, asked.months)
    with scope.hold(gate.scope_of(desk)):
        found = trying.ask_what_if(wish, desk.place_id, desk.user, clock.now(), clock.today())

    def far() -> Far:
        with scope.hold(gate.scope_of(desk)):
            found.refresh_from_db()
        title = f"{_name(found)} {found.get_state_display()}"
        return Far(title, found.done, found.months, found.state in AT_WORK)

    work_off(far)
    return found


def _other(desk: Post, asked: argparse.Namespace) -> WhatIf:
    """The what-if to lay beside: one asked before, or another set of changes."""
    first, *more = asked.against
    if more or not first.isdecimal():
        return _tried(desk, tuple(proposing.read(text) for text in asked.against), asked)
    with scope.hold(gate.scope_of(desk)):
        found = what_ifs.what_ifs().filter(pk=int(first)).first()
    if found is None:
        raise RunError(word("没有编号为 {number} 的试算。", number=first))
    return found


def _print(desk: Post, found: WhatIf) -> None:
    """One what-if as a table: towns down, gainers, losers and cost across."""
    parts = {"number": found.pk, "state": found.get_state_display(), "n": found.months}
    changes, since = listed(found.changes.splitlines()), f"{found.since:%Y-%m}"
    print()
    print(
        word(
            "试算 {number}：{changes}，自 {since} 起 {n} 个月，{state}",
            changes=changes,
            since=since,
            **parts,
        )
    )
    if found.trouble:
        print(found.trouble, file=sys.stderr)
    book, names, paid = _paid(desk, found)
    over = word("{n} 个月增支", n=found.done)
    rows = [(word("镇街"), word("增加"), word("减少"), word("每月增支"), over)]
    towns = by(paid, lambda f: f.place_id)
    groups = [(names[code], mine) for code, mine in towns if total(mine).moves]
    for name, mine in [*groups, (word("合计"), paid)]:
        now = [f for f in mine if f.month == found.since]
        sums = (yuan(total(now).more), yuan(total(mine).more))
        gain = counted(book, now, lambda f: f.gainers)
        lose = counted(book, now, lambda f: f.losers)
        rows.append((name, _count(*gain), _count(*lose), *sums))
    print("\n".join(_aligned(rows)))
    print(word("只算已批准的和不用单独申请的、按月发的待遇；待补问的不计。"))


def _print_beside(desk: Post, sides: Sequence[WhatIf]) -> None:
    """What two what-ifs cost in all, by town, side by side."""
    both = [_paid(desk, side) for side in sides]
    names = {code: name for _book, names, _paid in both for code, name in names.items()}
    sums = [{c: total(r).more for c, r in by(paid, lambda f: f.place_id)} for *_, paid in both]
    rows = [(word("增支"), *map(_name, sides), word("相差"))]
    for code in sorted(names):
        one, other = (side.get(code, 0) for side in sums)
        rows.append((names[code], *map(yuan, (one, other, other - one))))
    one, other = (sum(side.values()) for side in sums)
    rows.append((word("合计"), *map(yuan, (one, other, other - one))))
    print("\n" + "\n".join(_aligned(rows)))


def _paid(desk: Post, found: WhatIf) -> tuple[Book, dict[str, str], list[WhatIfFigure]]:
    """The book that was tried, the towns by code, and what costs money every month."""
    with scope.hold(gate.scope_of(desk)):
        book = what_ifs.tried(found)
        paid = monthly(book, what_ifs.figures(found))
        towns = {f.place_id for f in paid}
        named = places.names(towns)
        return book, {code: named.get(code, code) for code in towns}, paid


def _count(households: int, persons: int) -> str:
    said = [word("{n} 户", n=f"{households:,}")] if households else []
    said += [word("{n} 人", n=f"{persons:,}")] if persons else []
    return listed(said) or "0"


def _name(found: WhatIf) -> str:
    return word("试算 {number}", number=found.pk)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Columns under each other: the first to the left, the others to the right."""
    widths = [max(_width(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        cells = [" " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)]
        yield "  ".join(
            [row[0] + cells[0], *(gap + cell for gap, cell in zip(cells[1:], row[1:], strict=True))]
        )


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
