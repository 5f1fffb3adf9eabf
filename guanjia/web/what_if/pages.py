"""What the pages of a what-if show: in one sentence, by benefit, by town, by month; and two side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanjia.entitlements import books, queries
from guanjia.entitlements.runs import pages as run_pages
from guanjia.entitlements.tables.books import AT_WORK, WhatIf, WhatIfFigure
from guanjia.entitlements.what_if import tallies, what_ifs
from guanjia.entitlements.what_if.tallies import Counted, Tally, total
from guanjia.places import queries as places
from guanjia.policy import proposing, words
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.proposing import Change, Step
from guanjia.policy.retold import in_words
from guanjia.web.book import charts

FULL = 100  # per cent: the width of the longest bar


@dataclass(frozen=True, slots=True)
class OfBenefit:
    """One benefit in the first month."""

    chapter: Chapter
    tally: Tally


@dataclass(frozen=True, slots=True)
class OfTown:
    """One town: the first month, and the sum of all. `bar` is its share of the longest, per cent."""

    code: str
    name: str
    gainers: Counted
    losers: Counted
    first: Tally
    whole: Tally
    bar: int


@dataclass(frozen=True, slots=True)
class Told:
    """A what-if that has figures. `paid` is what costs money at once: awards in force, and what
    needs no award; `missed` is who would be entitled and has no award. Sums are of monthly benefits.
    `still` counts the towns in which nothing moves.
    """

    what_if: WhatIf
    steps: list[tuple[Step, str]]
    gainers: Counted
    losers: Counted
    first: Tally
    whole: Tally
    paid: list[OfBenefit]
    missed: list[OfBenefit]
    same: list[Chapter]
    towns: list[OfTown]
    still: int
    months: list[tuple[date, Tally]]
    trend: str
    chart: dict[str, Any]


def steps_of(what_if: WhatIf) -> list[tuple[Step, str]]:
    """What the changes do, in the language of the page, and the town they are for; '' is everywhere."""
    old, new = in_words(queries.book_of(what_if.base_id)), in_words(what_ifs.tried(what_if))
    found = proposing.steps(old, new, what_ifs.changes_of(what_if), what_if.since)
    names = places.names({step.change.place for step in found} - {""})
    return [(step, names.get(step.change.place, "")) for step in found]


def briefs(found: Sequence[WhatIf]) -> list[tuple[WhatIf, str]]:
    """What-ifs with their changes in one line, as they were asked: `低保标准改为 1150`.

    The newest book names the figures; an older one is read only for what it no longer has.
    """
    book = books.newest() if found else None
    newest = in_words(book) if book else None
    return [
        (one, words.listed(map(partial(_said, one, newest), what_ifs.changes_of(one))))
        for one in found
    ]


def _said(what_if: WhatIf, newest: Book | None, change: Change) -> str:
    label = _label(newest, change) if newest else ""
    label = label or _label(in_words(queries.book_of(what_if.base_id)), change) or change.name
    return _("%(label)s改为 %(value)s") % {"label": label, "value": change.value}


def _label(book: Book, change: Change) -> str:
    """What a book calls a figure; '' where it has none of that name."""
    asked = (c for c in book.chapters if change.chapter in ("", c.code))
    return next((c.figures[change.name][0].label for c in asked if change.name in c.figures), "")


def told(what_if: WhatIf) -> Told | None:
    """All that a what-if came to, as far as the post sees it; None before its first month."""
    figures = what_ifs.figures(what_if)
    if not what_if.done:
        return None
    book = in_words(what_ifs.tried(what_if))
    every_month = tallies.monthly(book, figures)
    first = [f for f in figures if f.month == what_if.since]
    now = [f for f in first if tallies.costs(book, f)]
    months = [(month, total(rows)) for month, rows in tallies.by(every_month, _month)]
    paid, missed = (
        _benefits(book, now),
        _benefits(book, [f for f in first if not tallies.costs(book, f)]),
    )
    moving = {one.chapter.code for one in (*paid, *missed)}
    every = {f.benefit for f in figures}
    towns = _towns(book, every_month, what_if.since)
    return Told(
        what_if=what_if,
        steps=steps_of(what_if),
        gainers=tallies.counted(book, now, lambda f: f.gainers),
        losers=tallies.counted(book, now, lambda f: f.losers),
        first=total(f for f in every_month if f.month == what_if.since),
        whole=total(every_month),
        paid=paid,
        missed=missed,
        same=[c for c in book.chapters if c.code in every - moving],
        towns=[one for one in towns if one.whole.moves],
        still=sum(not one.whole.moves for one in towns),
        months=months,
        trend=_trend([tally.more for _on, tally in months]),
        chart=_chart(months),
    )


def in_short(found: Told) -> str:
    """`12 户、3 人增加、没有减少的、每月增支 1,234.00 元`."""
    gain, lose = counted(found.gainers), counted(found.losers)
    return words.listed(
        [
            _("%(count)s增加") % {"count": gain} if gain else _("没有增加的"),
            _("%(count)s减少") % {"count": lose} if lose else _("没有减少的"),
            money(found.first.more),
        ]
    )


def counted(count: Counted) -> str:
    """`12 户、3 人`; nothing where there is nobody."""
    said = []
    if count.households:
        said.append(
            ngettext("%(n)s 户", "%(n)s 户", count.households) % {"n": f"{count.households:,}"}
        )
    if count.persons:
        said.append(ngettext("%(n)s 人", "%(n)s 人", count.persons) % {"n": f"{count.persons:,}"})
    return words.listed(said)


def money(more: int) -> str:
    """`每月增支 1,234.00 元`, `每月减支 …`, or that nothing changes."""
    if not more:
        return _("每月支出不变")
    sums = {"sum": words.yuan(abs(more))}
    return (_("每月增支 %(sum)s") if more > 0 else _("每月减支 %(sum)s")) % sums


def _trend(sums: Sequence[int]) -> str:
    """What the chart of months says, in one sentence."""
    least, most = min(sums, default=0), max(sums, default=0)
    if least == most:
        return money(most)
    if least < 0 < most:
        return _("有的月份增支，有的月份减支")
    near, far = sorted((abs(least), abs(most)))
    parts = {"near": words.yuan(near), "far": words.yuan(far)}
    if most > 0:
        return _("每月增支 %(near)s 至 %(far)s") % parts
    return _("每月减支 %(near)s 至 %(far)s") % parts


def _chart(months: Sequence[tuple[date, Tally]]) -> dict[str, Any]:
    sums = [(month, tally.more) for month, tally in months]
    return charts.bars(sums, even=True) if sums else {}


def seconds_left(what_if: WhatIf, now: datetime) -> int | None:
    """How many seconds a what-if still takes, at its pace so far; None while unknown."""
    if what_if.state not in AT_WORK:
        return None
    return run_pages.at_pace(what_if.asked_at, what_if.done, what_if.months, now)


def beside(one: Told, other: Told) -> list[tuple[Chapter, Tally, Tally]]:
    """Benefits of two what-ifs in the first month of each, what costs money at once."""
    chapters = {b.chapter.code: b.chapter for b in (*one.paid, *other.paid)}
    first, second = ({b.chapter.code: b.tally for b in found.paid} for found in (one, other))
    return [(c, first.get(k, Tally()), second.get(k, Tally())) for k, c in chapters.items()]


def towns_beside(one: Told, other: Told) -> list[tuple[str, Tally, Tally]]:
    """Towns of two what-ifs: all months of each."""
    names = {t.code: t.name for t in (*one.towns, *other.towns)}
    first, second = ({t.code: t.whole for t in found.towns} for found in (one, other))
    return [(names[c], first.get(c, Tally()), second.get(c, Tally())) for c in sorted(names)]


def _month(figure: WhatIfFigure) -> date:
    return figure.month


def _benefits(book: Book, figures: Sequence[WhatIfFigure]) -> list[OfBenefit]:
    """Those that move, in the book's order."""
    sums = {code: total(rows) for code, rows in tallies.by(figures, lambda f: f.benefit)}
    found = (OfBenefit(c, sums[c.code]) for c in book.chapters if c.code in sums)
    return [one for one in found if one.tally.moves]


def _towns(book: Book, figures: Sequence[WhatIfFigure], since: date) -> list[OfTown]:
    groups = tallies.by(figures, lambda f: f.place_id)
    names, wholes = places.names(c for c, _rows in groups), [total(rows) for _c, rows in groups]
    longest = max((abs(tally.more) for tally in wholes), default=0) or 1
    found = []
    for (code, rows), whole in zip(groups, wholes, strict=True):
        now = [f for f in rows if f.month == since]
        gain = tallies.counted(book, now, lambda f: f.gainers)
        lose = tallies.counted(book, now, lambda f: f.losers)
        bar = round(abs(whole.more) * FULL / longest)
        found.append(OfTown(code, names.get(code, code), gain, lose, total(now), whole, bar))
    return found
