"""The awards that a city's files name, read and checked against the book and the people of the folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from guanjia.entitlements.records import NewAward
from guanjia.interop import cells, tables
from guanjia.interop.cells import BadCell
from guanjia.interop.folder import (
    HOUSEHOLD,
    OPEN_END,
    PERSON,
    City,
    Period,
    no_overlap,
    not_a_place,
)
from guanjia.interop.lines import Row, rows
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.starts import ends, first_due

ACCOUNT = re.compile(r"[0-9]{6,32}")


@dataclass(slots=True)
class Dates:
    """The days of an award, where all of them could be read."""

    applied_on: date
    assessed_on: date
    approved_on: date
    since: date
    pays_from: date
    until: date | None


def read(folder: Path, city: City) -> None:
    """Add the folder's awards, and what is wrong with them, to `city`."""
    seen: dict[str, int] = {}
    held: dict[tuple[str, str], list[Period]] = {}
    chapters = asked_for(city.book)
    for row in rows(folder, tables.AWARDS, city.problems):
        number = row.text("批准文号")
        if seen.setdefault(number, row.line) != row.line:
            row.wrong("批准文号", _("与第 %(line)d 行相同。") % {"line": seen[number]})
        chapter = row.read("待遇", lambda text: chapter_of(chapters, text))
        if chapter is None:
            continue
        unit, dates = _unit(row, city, chapter), dates_of(row, chapter)
        if unit and dates:
            city.awards.append((award_of(row, city.known_places, chapter, dates), unit))
            period = (*takes_up(chapter, dates), row)
            held.setdefault((chapter.code, unit), []).append(period)
    for periods in held.values():
        no_overlap(periods, "首发月份", _("同一待遇同一时间只能有一份，按年发的同一年只能有一份"))


def takes_up(chapter: Chapter, dates: Dates) -> tuple[date, date]:
    """From when until when no second award may stand beside it: whole years, where it is yearly."""
    since, until = dates.since, dates.until or OPEN_END
    if chapter.cadence != "year":
        return since, until
    first = dates.pays_from.replace(month=1)
    last = until - timedelta(days=1)
    return first, max(first, OPEN_END if until == OPEN_END else date(last.year + 1, 1, 1))


def asked_for(book: Book) -> dict[str, Chapter]:
    """Chapters that are paid under an award, by code and by title."""
    return {name: c for c in book.chapters if c.asked for name in (c.code, c.title)}


def chapter_of(chapters: Mapping[str, Chapter], text: str) -> Chapter:
    """The chapter of this code or title. Raises BadCell."""
    if text not in chapters:
        titles = "、".join(dict.fromkeys(chapter.title for chapter in chapters.values()))
        raise BadCell(
            _("政策簿里没有“%(text)s”这项要申请的待遇。可填：%(titles)s。")
            % {"text": text, "titles": titles}
        )
    return chapters[text]


def _unit(row: Row, city: City, chapter: Chapter) -> str:
    """The number of the household or person that holds it; "" where that is wrong."""
    mine, number = unit_of(row, chapter)
    if not number:
        return ""
    if number not in (city.households if chapter.unit == "household" else city.persons):
        row.wrong(mine, _("前面的表里没有这个编号。"))
        return ""
    return number


def unit_of(row: Row, chapter: Chapter) -> tuple[str, str]:
    """The column that names who holds it, and the number there; "" where the row names it wrongly."""
    mine, other = (HOUSEHOLD, PERSON) if chapter.unit == "household" else (PERSON, HOUSEHOLD)
    if row.cells[other] or not row.cells[mine]:
        text = _("“%(title)s”填“%(mine)s”，另一列空着。")
        row.wrong(mine, text % {"title": chapter.title, "mine": mine})
        return mine, ""
    return mine, row.cells[mine]


def dates_of(row: Row, chapter: Chapter) -> Dates | None:
    """The days of an award; what is wrong with them is said on the row."""
    applied_on, assessed_on, approved_on = (
        row.read(column, cells.day) for column in ("申请日期", "核定日期", "批准日期")
    )
    since, pays_from = row.read("首发月份", cells.month), row.read("本系统首发月份", cells.month)
    until = row.read("止", cells.day)
    if not (applied_on and assessed_on and approved_on and since and pays_from):
        return None
    if approved_on < max(applied_on, assessed_on):
        row.wrong("批准日期", _("应不早于申请日期和核定日期。"))
    earliest = first_due(chapter.starts, applied_on, approved_on)
    if since < earliest:
        text = _("按“%(title)s”的起发规则，最早是 %(month)s。")
        row.wrong("首发月份", text % {"title": chapter.title, "month": f"{earliest:%Y-%m}"})
    if pays_from < since:
        row.wrong("本系统首发月份", _("应不早于首发月份。"))
    if until and until <= since:
        row.wrong("止", _("应晚于首发月份。"))
    until = until or ends(chapter, since)
    return Dates(applied_on, assessed_on, approved_on, since, pays_from, until)


def award_of(row: Row, known_places: frozenset[str], chapter: Chapter, dates: Dates) -> NewAward:
    """The award that a row names, without the key of who holds it."""
    place, account = row.text("发放地代码"), re.sub(r"[\s-]", "", row.text("收款账号"))
    if place and place not in known_places:
        row.wrong("发放地代码", not_a_place(place))
    if account and not ACCOUNT.fullmatch(account):
        row.wrong("收款账号", _("应只有数字，例如 6214670000000000000；表格软件可能改写了长数字。"))
    granted = row.read("每期金额", cells.fen)
    if granted is not None and granted <= 0:
        row.wrong("每期金额", _("应大于零。"))
    return NewAward(
        number=row.text("批准文号")[:40],
        benefit=chapter.code,
        place=place,
        applied_on=dates.applied_on,
        assessed_on=dates.assessed_on,
        approved_on=dates.approved_on,
        payee=row.text("收款人")[:60],
        account=account,
        granted=granted or 0,
        since=dates.since,
        pays_from=dates.pays_from,
        cadence=chapter.cadence,
        until=dates.until,
    )
