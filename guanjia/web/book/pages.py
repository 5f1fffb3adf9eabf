"""A chapter laid out for reading: figures over time, sentences in words, relations, examples decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guanjia.policy import family_file, words
from guanjia.policy.book import Book, Relation
from guanjia.policy.chapter import Amount, Chapter, Condition, Define, Example, FigureRow
from guanjia.policy.explain import explain
from guanjia.policy.explanation import Explanation
from guanjia.policy.family import HOUSEHOLD
from guanjia.web.book import charts
from guanjia.web.book.aloud import Aloud

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A figure: its rows, newest first, and a chart with its message where it has changed."""

    name: str
    label: str
    rows: list[FigureRow]
    now: FigureRow | None
    message: str
    chart: dict[str, Any] | None

    @property
    def chart_id(self) -> str:
        """The id of the chart's data on the page."""
        return f"chart-{self.name}"


@dataclass(frozen=True, slots=True)
class SentenceShown:
    """A condition or amount: its row and the expression read aloud."""

    row: Condition | Amount
    aloud: str
    now: bool
    first: bool  # of the rows with its code: it bears the anchor


@dataclass(frozen=True, slots=True)
class DefineShown:
    """A named expression read aloud."""

    row: Define
    aloud: str


@dataclass(frozen=True, slots=True)
class RelationShown:
    """What happens where two benefits meet, in words."""

    relation: Relation
    giver: str
    taker: str
    words: str


@dataclass(frozen=True, slots=True)
class ExampleShown:
    """An example family and what the book says of it, worked out now."""

    example: Example
    results: list[Explanation]


def terms(chapter: Chapter) -> list[tuple[str, str]]:
    """How a benefit is asked for, begun and published: pairs of label and words."""
    starts = {
        "month after approval": _("批准的次月起"),
        "month of application": _("申请的当月起，批准后补发"),
        "month of the event": _("事情发生的当月起"),
    }
    often = {"month": _("每月"), "year": _("每年一次"), "once": _("一次性")}
    notice = {
        "name, members, amount": _("公示姓名、人数和金额"),
        "name, amount": _("公示姓名和金额"),
        "none": _("不公示"),
    }
    return [
        (_("发给"), chapter.paid_to or (_("家庭") if chapter.unit == "household" else _("个人"))),
        *([(_("多久发一次"), often[chapter.cadence])] if chapter.pays else []),
        (_("要不要申请"), _("要，申请获批后才发") if chapter.asked else _("不用单独申请")),
        (_("从何时起"), starts[chapter.starts]),
        (_("按哪天的情况"), _("每月1日")),
        (_("按哪里的标准"), _("户籍所在地") if chapter.place == "hukou" else _("居住地")),
        (_("公示"), notice[chapter.notice]),
        *([(_("带什么"), words.listed(chapter.bring))] if chapter.bring else []),
        *([(_("去哪里"), chapter.apply)] if chapter.apply else []),
    ]


def figures(chapter: Chapter, today: date) -> list[FigureShown]:
    """All figures; those whose city-wide value has changed bear a chart."""
    return [_figure(chapter, name, today) for name in chapter.figures]


def sentences(
    book: Book, chapter: Chapter, rows: Sequence[Condition | Amount], today: date
) -> list[SentenceShown]:
    """Conditions or amounts with their words, those in force before those that are not."""
    aloud, seen, found = Aloud(book, chapter), set[str](), []
    for row in sorted(rows, key=lambda row: not row.holds(today)):
        found.append(
            SentenceShown(row, aloud.read(row.node), row.holds(today), row.code not in seen)
        )
        seen.add(row.code)
    return found


def defines(book: Book, chapter: Chapter) -> list[DefineShown]:
    """The named expressions of a chapter."""
    aloud = Aloud(book, chapter)
    return [DefineShown(define, aloud.read(define.node)) for define in chapter.defines]


def relations(book: Book, code: str = "") -> list[RelationShown]:
    """The relations that touch a benefit, or all of them."""
    titles = {chapter.code: chapter.title for chapter in book.chapters}
    touching = (r for r in book.relations if not code or code in (r.giver, r.taker))
    return [
        RelationShown(r, titles[r.giver], titles[r.taker], _relation_words(r, titles))
        for r in touching
    ]


@lru_cache(maxsize=64)
def examples_page(book: Book, chapter: Chapter, today: date, _language: str) -> SafeString:
    """The examples as they stand on the page: most of its time, and the same for every reader."""
    found = examples(book, chapter, today)
    return render_to_string("parts/examples.html", {"examples": found}) if found else SafeString()


def examples(book: Book, chapter: Chapter, today: date) -> list[ExampleShown]:
    """Every example decided by the book itself, sentence by sentence."""
    return [
        ExampleShown(example, _decided(book, chapter, example, today))
        for example in chapter.examples
    ]


def _figure(chapter: Chapter, name: str, today: date) -> FigureShown:
    rows = chapter.figures[name]
    city = [row for row in rows if not row.where]
    changed = len({row.value for row in city}) > 1
    return FigureShown(
        name=name,
        label=rows[0].label,
        rows=sorted(rows, key=lambda row: (row.where, -(row.since or date.min).toordinal())),
        now=chapter.figure_on(name, today),
        message=_message(city[-2], city[-1], today) if changed else "",
        chart=charts.steps(city, today) if changed else None,
    )


def _message(before: FigureRow, after: FigureRow, today: date) -> str:
    """What the chart says: the last change, in one sentence."""
    since = after.since or date.min
    parts = {
        "label": after.label,
        "day": words.month(since),
        "shown": after.shown,
        "change": _change(before.value, after.value),
    }
    if since > today:
        return _("%(label)s将从%(day)s起为 %(shown)s，%(change)s") % parts
    return _("%(label)s从%(day)s起为 %(shown)s，%(change)s") % parts


def _change(before: int, after: int) -> str:
    share = _share(abs(after - before), before)
    if after > before:
        return _("比之前高 %(share)s") % {"share": share}
    return _("比之前低 %(share)s") % {"share": share} if after < before else _("与之前相同")


def _share(part: int, whole: int) -> str:
    tenths = (part * 10 * HUNDRED + whole // 2) // whole if whole else 0
    return f"{tenths // 10}.{tenths % 10} %"


def _relation_words(relation: Relation, titles: dict[str, str]) -> str:
    said = {
        "exclude": _("享受%(giver)s的，不再发%(taker)s"),
        "higher_only": _("%(giver)s和%(taker)s，只发金额高的一项"),
        "top_up": _("享受%(giver)s的，%(taker)s只补高出的部分"),
        "compatible": _("%(giver)s和%(taker)s可以同时享受"),
    }[relation.kind] % {"giver": titles[relation.giver], "taker": titles[relation.taker]}
    return said + _("；两项之间由本人选择") if relation.chosen_by else said


def _decided(book: Book, chapter: Chapter, example: Example, today: date) -> list[Explanation]:
    written = family_file.from_rows(example.rows, book)
    units = [HOUSEHOLD] if chapter.unit == "household" else range(len(written.names))
    return [
        explain(book, example.month, written.family, chapter.code, unit, written.names, today)
        for unit in units
    ]
