"""A book with other figures from some month on, to see what would come of them.

The changed chapters are real text with a new row in it, so that the result is a whole book: read by
the loader, with a revision of its own, ready to be compared, written out, or adopted.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from guanjia.policy import redraft
from guanjia.policy.book import Book, BookError, from_text
from guanjia.policy.chapter import Chapter, FigureRow, Status
from guanjia.policy.rows import read_value
from guanjia.policy.terms import nearest
from guanjia.policy.words import listed, word

WRITTEN = re.compile(
    r"(?:(?P<chapter>\w+)\.)?(?P<name>\w+)(?:@(?P<place>\w+))?\s*[=\uff1d]\s*(?P<value>.*)"
)
NUMBER = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
DRAFT = "拟定标准，尚未发文"
"""What stands in place of a law while nobody has decided; text of the book, the same in every language."""


class BadProposal(ValueError):
    """A change that cannot be tried; the text says what a right one looks like."""


class Change(NamedTuple):
    """Another value for a figure: in one chapter or (`chapter` is '') in all that have it.

    `place` is the code of the town that gets a row of its own; '' is the whole city. `value` as it
    was written: a number, with or without its unit.
    """

    chapter: str
    name: str
    place: str
    value: str

    def __str__(self) -> str:
        chapter, place = self.chapter and f"{self.chapter}.", self.place and f"@{self.place}"
        return f"{chapter}{self.name}{place}={self.value}"


Wanted = tuple[Chapter, Change]


class Step(NamedTuple):
    """What a change does to a figure on the day it begins, in the words of the book.

    `before` is '' where nothing was in force.
    """

    change: Change
    label: str
    before: str
    after: str
    chapters: tuple[Chapter, ...]


def read(text: str) -> Change:
    """`dibao_line=1150`, `dibao.house_limit=2`, `dibao_line@441900119=1200`. Raises BadProposal."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None or not found["value"].strip():
        raise BadProposal(
            word("“{given}”读不懂。请写成 名称=新数，例如 dibao_line=1150。", given=text.strip())
        )
    return Change(found["chapter"] or "", found["name"], found["place"] or "", found["value"])


def propose(
    book: Book,
    changes: Sequence[Change],
    since: date,
    law: str = DRAFT,
    status: Status = "assumption",
) -> Book:
    """The book in which the changes hold from the month `since` (its first day). Raises BadProposal."""
    if since.day != 1:
        raise BadProposal(word("新标准须从某月1日起，{day} 不是。", day=since))
    wanted = [(chapter, c) for c in changes for chapter in _chapters(book, c)]
    twice = [k for k, n in Counter((c.code, x.name, x.place) for c, x in wanted).items() if n > 1]
    if twice:
        raise BadProposal(word("{name} 写了两次。请只留一个新数。", name=twice[0][1]))
    whole = json.loads(book.text)
    moved = False
    for chapter, change in wanted:
        shown = _shown(chapter, change, since)
        now = chapter.figure_on(change.name, since, change.place)
        moved = moved or now is None or now.value != _number(shown)
        row = redraft.NewRow(change.name, since, change.place, shown, law, status)
        _write(whole["files"], chapter, row)
    if not moved:
        raise BadProposal(word("新数与现行的数完全一样，没有什么可试算的。请写一个不同的数。"))
    new = _loaded(json.dumps(whole, ensure_ascii=False, sort_keys=True))
    for chapter, change in wanted:
        if not _only(chapter, new.chapter(chapter.code), wanted, change, since):
            raise _by_hand(chapter, change.name)
    return new


def steps(old: Book, new: Book, changes: Iterable[Change], since: date) -> list[Step]:
    """What the changes do, one by one; the books may be in other words than those they hold."""
    found = []
    for change in changes:
        chapters = tuple(_chapters(old, change))
        label = chapters[0].figures[change.name][0].label
        before = chapters[0].figure_on(change.name, since, change.place)
        after = new.chapter(chapters[0].code).figure_on(change.name, since, change.place)
        assert after is not None  # it was proposed
        found.append(Step(change, label, before.shown if before else "", after.shown, chapters))
    return found


def drafts(book: Book) -> list[str]:
    """Labels of the figures that rest on no document yet, in the book's order."""
    found = (
        r.label
        for c in book.chapters
        for rows in c.figures.values()
        for r in rows
        if r.law == DRAFT
    )
    return list(dict.fromkeys(found))


def _chapters(book: Book, change: Change) -> Iterator[Chapter]:
    """The chapters in which a change is made. Raises BadProposal where the name is no figure."""
    codes = [c.code for c in book.chapters]
    if change.chapter and change.chapter not in codes:
        near = nearest(change.chapter, codes)
        raise BadProposal(word("没有叫 {name} 的章节{near}", name=change.chapter, near=near))
    if change.place and not change.place.startswith(book.city):
        raise BadProposal(
            word(
                "{place} 不是本市的区划代码；本市的以 {city} 开头。",
                place=change.place,
                city=book.city,
            )
        )
    asked = [c for c in book.chapters if change.chapter in ("", c.code)]
    found = [c for c in asked if c.figures.get(change.name)]
    if not found:
        names = sorted({name for c in asked for name in c.figures})
        near = nearest(change.name, names) or word("。有：{names}", names=listed(names))
        raise BadProposal(word("没有叫 {name} 的标准{near}", name=change.name, near=near))
    yield from found


def _shown(chapter: Chapter, change: Change, since: date) -> str:
    """The new value as the book writes it: the number and the figure's own unit."""
    rows = chapter.figures[change.name]
    row = chapter.figure_on(change.name, since, change.place) or rows[0]
    _old, _space, unit = row.shown.strip().partition(" ")
    unit = unit.strip()
    given = change.value.strip().translate(FULL_WIDTH)
    number = given.removesuffix(unit.translate(FULL_WIDTH)).strip().replace(",", "")
    if not NUMBER.fullmatch(number) or read_value(f"{number} {unit}") is None:
        parts = {"given": change.value.strip(), "name": row.label, "now": row.shown}
        raise BadProposal(word("“{given}”不能作{name}的新数。请照“{now}”这样写。", **parts))
    return f"{_tidy(number)} {unit}"


def _tidy(number: str) -> str:
    """`01150.00` as `1150`, `80.5` as `80.50`: yuan without jiao where there are none."""
    whole, _point, part = number.partition(".")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part.ljust(2, '0')}" if part.strip("0") else whole


def _number(shown: str) -> int:
    found = read_value(shown)
    assert found is not None  # it was read before
    return found[1]


def _write(files: dict[str, str], chapter: Chapter, row: redraft.NewRow) -> None:
    path = f"chapters/{chapter.code}/chapter.toml"
    try:
        files[path] = redraft.with_row(files[path], row)
    except redraft.NotLaidOut:
        raise _by_hand(chapter, row.name) from None


def _by_hand(chapter: Chapter, name: str) -> BadProposal:
    parts = {"title": chapter.title, "name": name}
    return BadProposal(
        word("{title}一章里 {name} 的写法太特别，不能自动改。请直接改这一章的文件。", **parts)
    )


def _loaded(text: str) -> Book:
    try:
        return from_text(text)
    except BookError as error:
        parts = {"n": len(error.problems), "first": error.problems[0]}
        raise BadProposal(
            word("这样改，政策簿有 {n} 处装不进去，第一处是 {first}。请换一个新数。", **parts)
        ) from None


def _only(
    old: Chapter, new: Chapter, wanted: Sequence[Wanted], change: Change, since: date
) -> bool:
    """Whether the change holds from its day, and neither the eve nor another figure differs."""
    now = new.figure_on(change.name, since, change.place)
    eve = since - timedelta(days=1)
    before = [c.figure_on(change.name, eve, change.place) for c in (old, new)]
    named = {c.name for chapter, c in wanted if chapter is old}
    return (
        now is not None
        and (now.since, now.where) == (since, change.place)
        and _core(before[0]) == _core(before[1])
        and all(rows == new.figures[n] for n, rows in old.figures.items() if n not in named)
    )


def _core(row: FigureRow | None) -> tuple[object, ...] | None:
    return (row.since, row.value, row.where, row.law) if row else None
