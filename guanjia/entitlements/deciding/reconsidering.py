"""The past decided again, as now known: what a month was paid too little, and what too much.

Only where something became known that reaches back, or a book was adopted that says another thing
of a paid month. Too little is paid by the run, after approval, the difference alone; too much is
written down for people to settle, and never taken from anybody by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import changed_past, corrections, overpayments
from guanjia.entitlements.deciding.changed_past import AWARD, BOOK, MEMBERSHIP, Cause
from guanjia.entitlements.deciding.determining import (
    Batch,
    Follows,
    Unit,
    decide_home,
    paid_results,
    row_of,
    unit_of,
    weigh_result,
    write_figures,
    write_rows,
)
from guanjia.entitlements.deciding.overpayments import New, Paid
from guanjia.entitlements.families import snapshot
from guanjia.entitlements.families.snapshot import Frozen
from guanjia.entitlements.families.weighing import Granted, Held, Weighed
from guanjia.entitlements.models import Run
from guanjia.kit import bulk, days, scope
from guanjia.policy.decide import Result, rules

CHUNK = 1000
"""Households decided at once."""

DECIDED = """
SELECT DISTINCT benefit, person_id IS NOT NULL, coalesce(person_id, household_id), since
FROM entitlements_determination WHERE run_id = %s::bigint
  AND (household_id = ANY(%s::bigint[]) OR person_id = ANY(%s::bigint[]))
"""


@dataclass(slots=True)
class Past:
    """One run's look at months that were paid."""

    run: Run
    at: datetime
    months: list[date]
    causes: dict[int, list[Cause]]
    rewritten: set[date] = field(default_factory=set)
    books: tuple[str, str] = ("", "")
    anew: dict[tuple[date, str], str] = field(default_factory=dict)

    def homes(self, month: date) -> list[int]:
        """The households that are looked at again for a month."""
        if month in self.rewritten:
            return sorted(self.causes)
        return sorted(
            home
            for home, known in self.causes.items()
            if known[0].kind != BOOK and known[0].first <= month
        )

    def cause(self, home: int, month: date, benefit: str) -> Cause:
        """Why: what became known of the household, or what the book says anew.

        Of several things the last to begin that the benefit reads; an award or a move counts for all.
        """
        known = [c for c in self.causes[home] if c.kind != BOOK and c.first <= month]
        if known:
            return next((c for c in reversed(known) if self.reads(c, month, benefit)), known[0])
        asked = month, benefit
        if asked not in self.anew:
            old, new = map(queries.book_of, self.books)
            self.anew[asked] = changed_past.said_anew(old, new, month, benefit)
        return Cause(month, BOOK, self.anew[asked])

    def reads(self, cause: Cause, month: date, benefit: str) -> bool:
        """Whether what became known matters to a benefit."""
        book = queries.book_of(self.run.revision_id)
        facts = changed_past.facts_read(book, benefit, month)
        return cause.kind in (MEMBERSHIP, AWARD) or cause.kind in facts


@dataclass(frozen=True, slots=True)
class Again:
    """One unit and month decided again."""

    home: Frozen
    unit: Unit
    result: Result
    follows: Follows
    award: Granted | None


def reconsider(run: Run, at: datetime) -> None:
    """Find what differs from what was paid, and write it. One query where nothing reaches back."""
    past = _past(run, at)
    if past is None:
        return
    touched: dict[Unit, int] = {}
    for month in past.months:
        homes = past.homes(month)
        for first in range(0, len(homes), CHUNK):
            _month(past, month, homes[first : first + CHUNK], touched)
    if touched:
        _restate(past, touched)


def _past(run: Run, at: datetime) -> Past | None:
    """Which months and households are looked at again; None where there are none."""
    last = queries.last_paid_run(run.place_id, run.month)
    if last is None:
        return None
    months = [*_paid_months(run)]
    if not months:
        return None
    places = scope.place_range(run.place_id)
    causes = changed_past.households(last.known_at, run.known_at, months[-1], places)
    past = Past(run, at, months, causes)
    if last.revision_id != run.revision_id:
        past.books = last.revision_id, run.revision_id
        old, new = map(queries.book_of, past.books)
        past.rewritten = set(changed_past.rewritten(old, new, months))
        if past.rewritten:
            for home in changed_past.everybody(sorted(past.rewritten), places):
                causes.setdefault(home, [Cause(run.month, BOOK, "")])
    return past if causes else None


def _paid_months(run: Run) -> Iterator[date]:
    """The months that runs of this place have paid, as far back as the house looks."""
    floor = days.add_months(run.month, -settings.GUANJIA_MONTHS_BACK)
    paid = Run.objects.filter(place=run.place_id, state="paid", month__gte=floor)
    yield from paid.filter(month__lt=run.month).order_by("month").values_list("month", flat=True)


def _month(past: Past, month: date, ids: Sequence[int], touched: dict[Unit, int]) -> None:
    """Decide these households again for one paid month, and write where it comes to another sum."""
    run, book = past.run, queries.book_of(past.run.revision_id)
    homes = snapshot.read(book, ids, month, run.known_at)
    persons = [person for home in homes for person in home.persons]
    before = queries.held_before(ids, persons, month, run.pk)
    paid = overpayments.paid_for(month, ids, persons)
    mine = _said(run, ids, persons, month)
    batch = Batch(run, book, before, month)
    found: list[New] = []
    causes: dict[Unit, Cause] = {}
    for again in _decided(past, homes, month):
        known = again.unit in paid or (again.award is not None and again.award.due(month))
        if not known or again.unit in mine:
            continue
        so_far = paid.get(again.unit, overpayments.NOTHING)
        new = _compare(past, batch, again, month, so_far, touched)
        if new is not None:
            found.append(new)
        causes[again.unit] = past.cause(again.home.household, month, again.unit[0])
    write_rows(run, batch.rows, past.at)
    corrections.write(run, month, causes)
    write_figures(run, batch)
    overpayments.record(run, found, past.at)


def _decided(past: Past, homes: Sequence[Frozen], month: date) -> Iterator[Again]:
    book = queries.book_of(past.run.revision_id)
    for home in homes:
        for result, follows in paid_results(book, home, decide_home(book, month, home)):
            unit = unit_of(home, result.benefit, result.unit)
            award = home.award_for(result.benefit, follows, result.unit)
            if award is not None and month < award.pays_from:
                award = None
            yield Again(home, unit, result, follows, award)


def _compare(
    past: Past, batch: Batch, again: Again, month: date, paid: Paid, touched: dict[Unit, int]
) -> New | None:
    """Write what a unit comes to in a month; returns what was paid too much, if it was."""
    before, values = batch.before.get(again.unit), again.result[2:]
    weighed = weigh_result(again.follows, values, again.award, before, month)
    due = _due(again, weighed, before, month)
    if due is not None:
        paid = overpayments.overtaken(paid, due, past.at)
    gap = 0 if due is None else overpayments.gap(due, paid)
    if not gap and again.unit not in touched:
        return None
    touched[again.unit] = again.home.household
    stands = _stands(weighed, due, gap)
    if again.award is None:
        stands = stands._replace(pays=0, carried=False)
    place = again.award.place if again.award else paid.place or again.home.place
    mark = snapshot.fingerprint(again.home, batch.book.facts)
    batch.rows.append(row_of(again.unit, place, month, values, stands, again.award, before, mark))
    if gap:
        batch.count(place, again.unit[0], stands.what, abs(gap))
    if gap > 0:
        batch.count(place, again.unit[0], "paid", gap)
    if gap >= 0 or due is None:
        return None
    cause = past.cause(again.home.household, month, again.unit[0])
    return New(again.unit, month, paid, due, -gap, cause)


def _stands(weighed: Weighed, due: int | None, gap: int) -> Weighed:
    """What holds for the month from now on: as it was, where it must be asked."""
    if due is None:
        return weighed._replace(what="same")
    if gap > 0:
        return Weighed("arrears", due, False)
    return Weighed("overpaid" if gap or due != weighed.pays else "same", due, False)


def _due(again: Again, weighed: Weighed, before: Held | None, month: date) -> int | None:
    """Fen that the month comes to as now known; None where it stays as it was, or must be asked."""
    entitled, _gross, net, _reasons = again.result[2:]
    if again.award is None:
        return 0
    if not again.award.due(month) or entitled is None or (entitled and net is None):
        return None
    if entitled and net:
        return weighed.pays
    if before is not None and before.carried:
        return None  # it was known, and paid as before until somebody has looked
    return 0


def _restate(past: Past, touched: dict[Unit, int]) -> None:
    """A month corrected before this one must not stand for this one: what holds now is said again."""
    run, book = past.run, queries.book_of(past.run.revision_id)
    ids = sorted(set(touched.values()))
    homes = snapshot.read(book, ids, run.month, run.known_at)
    persons = [key for _benefit, is_person, key in touched if is_person]
    before = queries.held_before(ids, persons, run.month, run.pk)
    said = _said(run, ids, persons, run.month)
    batch = Batch(run, book, before, None)
    for again in _decided(past, homes, run.month):
        if again.unit in touched and again.unit not in said:
            said.add(again.unit)
            _say_again(batch, again, run.month)
    undecidable = rules(book, run.month).undecidable
    for unit in sorted(set(touched) - said):
        held = before.get(unit)
        if held is not None and unit[0] not in undecidable:
            _say_gone(batch, unit, held)
    write_rows(run, batch.rows, past.at)


def _said(run: Run, ids: Sequence[int], persons: Sequence[int], month: date) -> set[Unit]:
    """Units that this run has decided for a month."""
    decided = bulk.rows(DECIDED, [run.pk, list(ids), list(persons)])
    return {(benefit, person, key) for benefit, person, key, since in decided if since == month}


def _say_again(batch: Batch, again: Again, month: date) -> None:
    before, values = batch.before.get(again.unit), again.result[2:]
    weighed = weigh_result(again.follows, values, again.award, before, month)
    place = again.award.place if again.award else again.home.place
    mark = snapshot.fingerprint(again.home, batch.book.facts)
    batch.rows.append(row_of(again.unit, place, month, values, weighed, again.award, before, mark))


def _say_gone(batch: Batch, unit: Unit, held: Held) -> None:
    """A unit that lives in none of these households any more holds what it held."""
    place = _place_of(held.id)
    columns: tuple[Any, ...] = (held.entitled, held.gross, held.net, held.reasons)
    weighed = Weighed("gone", 0, False)
    batch.rows.append(row_of(unit, place, batch.run.month, columns, weighed, None, held, 0))


def _place_of(determination: int) -> str:
    query = "SELECT place FROM entitlements_determination WHERE id = %s::bigint"
    return str(bulk.rows(query, [determination])[0][0])
