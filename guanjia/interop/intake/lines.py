"""Rows of a table on their way into the house: cells by header, a verdict, reasons in words."""

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar

from django.utils.translation import gettext as _

from guanjia.interop import tables
from guanjia.interop.folder import OPEN_END
from guanjia.interop.intake.matching import Matched
from guanjia.interop.lines import Row
from guanjia.interop.models import What
from guanjia.kit.scope import place_range
from guanjia.policy.book import Book
from guanjia.staff.roles import May

T = TypeVar("T")


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(slots=True)
class Line(Row):
    """One row; a row with a problem is refused, whatever else it says."""

    raw: list[str] = field(default_factory=list)
    found: Verdict = Verdict.SAME
    record: Any = None
    """What its cells say, once they were read; None where they could not be."""

    @property
    def verdict(self) -> Verdict:
        """What becomes of it."""
        return Verdict.REFUSED if self.problems else self.found

    def is_now(self, found: Verdict) -> None:
        """New stays new, changed stays changed."""
        if self.found == Verdict.SAME:
            self.found = found


@dataclass(slots=True)
class Wrote:
    """What a batch wrote: keys by kind; those that ceased to be believed; cells written over."""

    rows: list[tuple[What, int, bool]] = field(default_factory=list)
    changes: list[tuple[What, int, str, str, str]] = field(default_factory=list)

    def fresh(self, what: What, keys: Iterable[int]) -> None:
        """Rows that were not there before."""
        self.rows += [(what, key, False) for key in keys]

    def ended(self, what: What, keys: Iterable[int]) -> None:
        """Rows that are no longer believed."""
        self.rows += [(what, key, True) for key in keys]


class Held(NamedTuple):
    """Where a person lives, as it is believed; `id` 0 for what this file says."""

    id: int
    home: int
    since: date
    until: date | None
    recorded_at: datetime


@dataclass
class Work:
    """One pass over a file: whose eyes, which book, whether it writes, what it knows so far.

    `writes` False is the dry run: new persons and households of the file are then only remembered.
    """

    book: Book
    desk: str
    city: str
    source: str
    at: datetime
    today: date
    places: dict[str, str]
    rights: frozenset[May]
    post: int
    prepared_by: int
    approved_by: int
    writes: bool = False
    wrote: Wrote = field(default_factory=Wrote)
    people: dict[str, int] = field(default_factory=dict)
    """Numbers of persons of this file that are good so far, to their keys; below nought where not yet written."""
    documents: dict[str, str] = field(default_factory=dict)
    """Document numbers of these persons, to their numbers."""
    homes: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Numbers of new households of this file, to a key below nought and their places."""
    stays: dict[int, list[Held]] = field(default_factory=dict)
    """Where persons live by what this file has said so far."""
    returned: dict[tuple[What, str], int] = field(default_factory=dict)
    """Persons and households of this file that came back, by number, to their lines."""
    housed: set[str] = field(default_factory=set)
    """Numbers of persons for whom this file names a household."""
    lost: list[Line] = field(default_factory=list)
    """Persons of a batch whom the register knows and this post cannot see."""
    moved: set[int] = field(default_factory=set)
    """Persons whom other offices may see from now on: where they live, or their 户籍, has changed."""

    @cached_property
    def known_places(self) -> frozenset[str]:
        """Codes of every place of the city."""
        return frozenset(self.places)

    @cached_property
    def range(self) -> tuple[str, str]:
        """The codes of the desk's place and all below it."""
        return place_range(self.desk)

    def mine(self, place: str) -> bool:
        """Whether a place stands in the desk's."""
        return self.range[0] <= place < self.range[1]

    def came_back(self, what: What, lines: Iterable[Line], column: str) -> None:
        """Remember the rows that were refused: rows that build on them say so."""
        self.returned |= {(what, x.cells[column]): x.line for x in lines if x.problems}

    def check_place(self, line: Line, column: str, place: str, digits: tuple[int, ...]) -> None:
        """Add what is wrong with a place's code: unknown, of the wrong level, not the desk's."""
        if place not in self.places:
            line.wrong(column, not_a_place(place, self.places))
        elif len(place) not in digits:
            levels = _("、").join(str(n) for n in digits)
            line.wrong(column, _("应写%(digits)s位代码。") % {"digits": levels})
        elif not self.mine(place):
            line.wrong(column, _("不是本岗位管的地方。请由当地经办导入，或改用市级岗位。"))


def not_a_place(place: str, places: dict[str, str]) -> str:
    """What to say of an unknown code, with the one that is nearest to it."""
    near = _nearest(place, tuple(places))
    hint = _("是不是 %(code)s（%(name)s）？") % {"code": near, "name": places[near]} if near else ""
    return _("区划代码里没有“%(code)s”。%(hint)s") % {"code": place[:40], "hint": hint}


@lru_cache(maxsize=2_000)
def _nearest(place: str, codes: tuple[str, ...]) -> str:
    same = [code for code in codes if len(code) == len(place)]
    return next(iter(difflib.get_close_matches(place, same, n=1, cutoff=0.7)), "")


def lines_of(matched: Matched) -> Iterator[Line]:
    """The rows of a matched sheet; examples and empty rows are left out."""
    table = matched.table
    assert table is not None and not matched.trouble  # the others are not read
    positions = [(c.header, matched.columns.get(c.header, -1)) for c in table.columns]
    head = matched.sheet.headers
    for number, raw in matched.sheet.lines:
        if raw[0].startswith(tables.COMMENT):
            continue
        width = len(raw)
        named = {h: raw[n] if 0 <= n < width else "" for h, n in positions}
        line = Line(table, number, named, [], raw)
        if raw == head:
            line.wrong(table.columns[0].header, _("这一行又是列名。请删去这一行。"))
        yield line


def once(lines: Iterable[Line], column: str, key: Callable[[Line], object], says: str) -> None:
    """Refuse every row but the first that has the same key; an empty key is no key."""
    seen: dict[object, int] = {}
    for line in lines:
        found = key(line)
        if found and seen.setdefault(found, line.line) != line.line:
            line.wrong(column, says % {"line": seen[found]})


def one_at_a_time(group: list[Line], column: str, because: str) -> None:
    """Refuse each row whose record begins before that of a good row before it has ended."""
    group.sort(key=lambda line: line.record.since)
    last: Line | None = None
    for line in group:
        if last is not None and (last.record.until or OPEN_END) > line.record.since:
            line.overlaps(column, last.line, because)
        else:
            last = line


def short(line: Line, column: str, most: int) -> str:
    """The cell, where it is no longer than `most` signs; whoever cut it short would lose words."""
    text = line.text(column)
    if len(text) > most:
        line.wrong(column, _("最长%(most)d个字符。") % {"most": most})
    if "\0" in text or "\n" in text or "\r" in text:
        line.wrong(column, _("一格里只写一行文字。"))
    return text[:most]


def elsewhere() -> str:
    """What to say of a row that clashes with one out of sight: that it does, and not where."""
    return _("已登记，待核。没有写入这一行；请把这一行交市级经办核对。")


def clock_went_back() -> str:
    """What to say where the house believes something that was recorded later than now."""
    return _("现在登记的内容比这台服务器的时间还晚，时钟可能拨慢了。没有写入；请先校准时钟。")
