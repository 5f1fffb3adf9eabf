"""Questions about runs, determinations and leads: what held, what changed, what waits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from guanjia.entitlements.errors import ChangedBook
from guanjia.entitlements.families.weighing import Granted, Held
from guanjia.entitlements.models import (
    ENDED_BADLY,
    Award,
    BankFile,
    Determination,
    Lead,
    Run,
    RunFigure,
    RunState,
)
from guanjia.entitlements.tables.books import Revision
from guanjia.kit import bulk, days
from guanjia.policy import book as books
from guanjia.policy.book import Book

PAGE = 50

HELD = """
SELECT DISTINCT ON (d.person_id, d.household_id, d.benefit)
  d.benefit, d.person_id, d.household_id, d.id, d.award_id, a.number, d.entitled, d.gross, d.net,
  d.reasons, d.pays, d.carried, d.assessed_on, d.what
FROM entitlements_determination d LEFT JOIN entitlements_award a ON a.id = d.award_id
WHERE d.{unit} = ANY(%(ids)s::bigint[]) AND d.since <= %(month)s::date AND NOT d.run_id = ANY(%(not_runs)s::bigint[])
ORDER BY d.person_id, d.household_id, d.benefit, d.since DESC, d.id DESC
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a run's figures: a town or a benefit, with units and fen by what changed."""

    code: str
    units: dict[str, int]
    fen: dict[str, int]


def newest_revision() -> Revision | None:
    """The book adopted last: the one that no other follows. Its text is read only where it is used."""
    followed = Revision.objects.filter(follows__isnull=False).values("follows")
    return Revision.objects.exclude(pk__in=followed).defer("text").first()


@lru_cache(maxsize=4)
def book_of(revision: str) -> Book:
    """A stored book, read once. Raises Revision.DoesNotExist; ChangedBook for a text tampered with."""
    found = books.from_text(Revision.objects.values_list("text", flat=True).get(pk=revision))
    if found.revision != revision:
        raise ChangedBook(revision)
    return found


@lru_cache(maxsize=4)
def paid_benefits(book: Book) -> dict[str, tuple[str, ...]]:
    """What a run pays: benefit -> the benefits that it follows, none where it has awards of its own."""
    return {chapter.code: chapter.follows for chapter in book.chapters if chapter.pays}


def runs() -> QuerySet[Run]:
    """All runs, the newest month first."""
    wanted = ("place", "prepared_by", "approved_by", "prepared_post", "approved_post", "ended_post")
    return Run.objects.select_related(*wanted).order_by("-month", "-pk")


def open_runs(place: str) -> list[Run]:
    """Runs of a place, or of what lies above or below it, that are neither paid nor ended."""
    ended = (RunState.PAID, *ENDED_BADLY)
    found = Run.objects.exclude(state__in=ended).order_by("month")
    return [r for r in found if r.place_id.startswith(place) or place.startswith(r.place_id)]


def ended_runs() -> list[int]:
    """Keys of the runs that were cancelled or rejected: few, and quicker to name than to join."""
    return list(Run.objects.filter(state__in=ENDED_BADLY).values_list("pk", flat=True))


def last_paid_run(place: str, before: date | None = None) -> Run | None:
    """The paid run of the latest month of a place, of months before `before` where given."""
    paid = Run.objects.filter(place=place, state=RunState.PAID)
    if before is not None:
        paid = paid.filter(month__lt=before)
    return paid.order_by("-month").first()


def months_behind(award: Granted, last_paid: date | None, month: date) -> Iterator[date]:
    """Months before `month` that an award is due and that no run has paid.

    A fresh award is due from its own beginning; others from the month after the last paid run.
    """
    first = days.number(award.pays_from)
    if not award.fresh and last_paid is not None:
        first = max(first, days.number(last_paid) + 1)
    for number in range(first, days.number(month)):
        if award.due(days.of_number(number)):
            yield days.of_number(number)


def held_before(
    households: Sequence[int], persons: Sequence[int], month: date, run: int
) -> dict[tuple[str, bool, int], Held]:
    """What held in a month before this run, by benefit, whether a person, and key."""
    found: dict[tuple[str, bool, int], Held] = {}
    not_runs = [*ended_runs(), run]
    for unit, ids in (("household_id", households), ("person_id", persons)):
        values: dict[str, Any] = {"ids": list(ids), "month": month, "not_runs": not_runs}
        for benefit, person, household, *rest in bulk.rows(HELD.format(unit=unit), values):
            key = household if person is None else person
            found[benefit, person is not None, key] = Held(*rest)
    return found


def standing() -> QuerySet[Determination]:
    """Determinations that count: those of runs neither cancelled nor rejected."""
    return Determination.objects.exclude(run__state__in=ENDED_BADLY)


def figures(run_id: int) -> list[RunFigure]:
    """A run's figures by town, benefit and what changed."""
    return list(
        RunFigure.objects.filter(run=run_id)
        .select_related("place")
        .order_by("place", "benefit", "what")
    )


def by_benefit(figures: Sequence[RunFigure]) -> list[Line]:
    """A run's figures added up for each benefit."""
    return _added([(f.benefit, f) for f in figures])


def by_town(figures: Sequence[RunFigure]) -> list[Line]:
    """A run's figures added up for each town."""
    return _added([(f.place_id, f) for f in figures])


def changes(run_id: int, what: str, benefit: str = "", place: str = "") -> QuerySet[Determination]:
    """A run's determinations of one kind of change, with what held before."""
    found = Determination.objects.filter(run=run_id, what=what)
    if benefit:
        found = found.filter(benefit=benefit)
    if place:
        found = found.filter(place_id__gte=place, place_id__lt=place + "~")
    wanted = ("person", "household", "place", "previous", "award")
    return found.select_related(*wanted)


def award_of(lead: Lead, on: date) -> Award | None:
    """The award in force on a day that a lead doubts."""
    held = Award.objects.filter(
        benefit=lead.benefit,
        person=lead.person_id,
        household=lead.household_id,
        superseded_at__isnull=True,
        since__lte=on,
    ).order_by("-since")
    return next((a for a in held if a.until is None or a.until > on), None)


def bank_files(run_id: int) -> list[BankFile]:
    """The files written for the bank."""
    return list(BankFile.objects.filter(run=run_id).order_by("name"))


def _added(pairs: Sequence[tuple[str, RunFigure]]) -> list[Line]:
    lines: dict[str, Line] = {}
    for code, figure in pairs:
        line = lines.setdefault(code, Line(code, {}, {}))
        line.units[figure.what] = line.units.get(figure.what, 0) + figure.units
        line.fen[figure.what] = line.fen.get(figure.what, 0) + figure.fen
    return [lines[code] for code in sorted(lines)]
