"""Why a month that was decided comes to another sum: what became known, from which day, by which source.

Written by the run that finds it, beside its decisions; shown in the lists of what is made up and of
what was too much, on their pages, in their files and in print.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.entitlements import queries
from guanjia.entitlements.deciding.changed_past import (
    AWARD,
    BEHIND,
    BETWEEN,
    BOOK,
    MEMBERSHIP,
    Cause,
)
from guanjia.entitlements.deciding.overpayments import Unit
from guanjia.entitlements.models import Award, Determination, Run
from guanjia.entitlements.tables.after import Correction, Overpayment
from guanjia.kit import bulk
from guanjia.people.models import Source
from guanjia.policy import retold, words
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, FigureRow, Sentence

WRITE = """
INSERT INTO entitlements_correction (determination_id, place, reason, source, first)
SELECT d.id, d.place, c.reason, c.source, c.first
FROM unnest(%s::text[], %s::boolean[], %s::bigint[], %s::date[], %s::text[], %s::text[])
  AS c(benefit, person, key, first, reason, source)
JOIN entitlements_determination d ON d.run_id = %s::bigint AND d.since = %s::date
  AND d.what IN ('arrears', 'overpaid') AND d.benefit = c.benefit
  AND CASE WHEN c.person THEN d.person_id ELSE d.household_id END = c.key
RETURNING 1
"""
REST = """
INSERT INTO entitlements_correction (determination_id, place, reason, source, first)
SELECT d.id, d.place, %s, coalesce(a.number, ''), d.since
FROM entitlements_determination d LEFT JOIN entitlements_award a ON a.id = d.award_id
WHERE d.run_id = %s::bigint AND d.what = 'arrears'
  AND NOT EXISTS (SELECT FROM entitlements_correction c WHERE c.determination_id = d.id)
RETURNING 1
"""
KINDS = {
    BOOK: gettext_lazy("标准更正"),
    MEMBERSHIP: gettext_lazy("户内成员更正"),
    AWARD: gettext_lazy("批准情况更正"),
    BEHIND: gettext_lazy("这个月以前没有发过"),
}


class Known(NamedTuple):
    """What was kept of a correction, and the book, benefit, place and month it is of."""

    key: int
    reason: str
    source: str
    revision: str
    benefit: str
    place: str
    month: date


class Told(NamedTuple):
    """What became known, and by which source, in words; both '' where it was not kept."""

    reason: str
    source: str


def write(run: Run, month: date, causes: Mapping[Unit, Cause]) -> None:
    """Keep why units come to another sum in a month. The determinations of the run stand already."""
    if causes:
        rows = [(*unit, *cause) for unit, cause in causes.items()]
        columns = [list(column) for column in zip(*rows, strict=True)]
        bulk.rows(WRITE, [*columns, run.pk, month])


def write_rest(run: Run) -> None:
    """Months that no run had paid are made up because of their award."""
    bulk.rows(REST, [BEHIND, run.pk])


def of_changes(rows: Iterable[Determination]) -> dict[int, Told]:
    """Decision to what corrected it; in four reads however many rows, and one a book."""
    listed = {row.pk: row for row in rows}
    found = Correction.objects.filter(pk__in=listed)
    return _told(
        Known(one.pk, one.reason, one.source, of.revision_id, of.benefit, one.place_id, of.since)
        for one in found
        for of in (listed[one.pk],)
    )


def of_overpayments(rows: Iterable[Overpayment]) -> dict[int, Told]:
    """The same of records of what was too much; each with its run."""
    return _told(
        Known(o.pk, o.reason, o.source, o.run.revision_id, o.benefit, o.place_id, o.month)
        for o in rows
    )


def _told(rows: Iterable[Known]) -> dict[int, Told]:
    listed = list(rows)
    named = {one.source for one in listed}
    sources = dict(Source.objects.filter(pk__in=named).values_list("pk", "name"))
    sources |= _awards({one.source for one in listed if one.reason in (AWARD, BEHIND)})
    # However many books were adopted, and in whichever order the rows name them, each is read once.
    books = {r: queries.book_of(r) for r in {one.revision for one in listed if _is_in_words(one)}}
    return {
        one.key: _by_book(one, books[one.revision])
        if one.reason == BOOK
        else Told(_reason(one, books), sources.get(one.source, one.source))
        for one in listed
    }


def _is_in_words(one: Known) -> bool:
    """Whether the book has the words for it: of a fact, or of what it says itself."""
    return one.reason == BOOK or one.reason not in KINDS


def _awards(numbers: set[str]) -> dict[str, str]:
    """Award numbers to the number with the day of approval."""
    held = Award.objects.filter(number__in=numbers, superseded_at__isnull=True)
    return {
        number: _("批准 %(number)s，%(on)s") % {"number": number, "on": f"{on:%F}"}
        for number, on in held.values_list("number", "approved_on")
    }


def _reason(one: Known, books: Mapping[str, Book]) -> str:
    if one.reason in KINDS:
        return str(KINDS[one.reason])
    fact = books[one.revision].facts.find(one.reason)
    return retold.label_of(fact) if fact else one.reason


def _by_book(one: Known, book: Book) -> Told:
    """Which figures or sentences of the book say another thing now, and their laws."""
    chapters = {chapter.code: chapter for chapter in book.chapters}
    labels, laws = [], []
    for name in one.source.split(BETWEEN):
        code, dot, part = name.rpartition(".")
        said = _said(chapters.get(code if dot else one.benefit), part, one)
        if said is not None:
            labels.append(words.told(said.label, said.en if isinstance(said, Sentence) else ""))
            laws.append(said.law)
    reason = str(KINDS[BOOK])
    if labels:
        reason = _("%(kind)s：%(what)s") % {"kind": reason, "what": words.listed(_once(labels))}
    return Told(reason, words.listed(_once(laws)))


def _said(chapter: Chapter | None, name: str, one: Known) -> FigureRow | Sentence | None:
    """The row of a figure, or the sentence, of that name in force in the month."""
    if chapter is None:
        return None
    held = [r for r in chapter.figures.get(name, ()) if r.holds(one.month)]
    here = [r for r in held if one.place.startswith(r.where)]
    if here:
        return max(here, key=lambda row: len(row.where))
    said = (*chapter.conditions, *chapter.amounts)
    return next((s for s in said if s.code == name and s.holds(one.month)), None)


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
