"""Deciding everybody, one batch of households a transaction. Written by the run's job alone.

The run's row is locked, its cursor moves with what was written: a job killed at any moment goes
on where the last finished batch ended, and two jobs on one run take turns.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanjia.entitlements import queries, snapshot
from guanjia.entitlements.ahead import Ahead
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.models import Run, RunState
from guanjia.entitlements.results import Part
from guanjia.entitlements.snapshot import Frozen
from guanjia.entitlements.weighing import Granted, Held, Weighed, differs, weigh
from guanjia.kit import bulk, scope
from guanjia.people.models import Household
from guanjia.policy.book import Book
from guanjia.policy.decide import Result, TooManyMembers, rules, rules_of_run
from guanjia.policy.family import HOUSEHOLD

BATCH = 1000
"""Households a transaction: some seconds of work at most are done again after a crash."""

COLUMNS = {
    "benefit": "text",
    "person_id": "bigint",
    "household_id": "bigint",
    "award_id": "bigint",
    "place": "text",
    "since": "date",
    "assessed_on": "date",
    "entitled": "boolean",
    "gross": "bigint",
    "net": "bigint",
    "reasons": "bigint",
    "pays": "bigint",
    "carried": "boolean",
    "what": "text",
    "previous_id": "bigint",
    "facts_hash": "bigint",
}
ARRAYS = ", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())
WRITE = f"""
INSERT INTO entitlements_determination
  (run_id, known_at, revision_id, decided_at, {", ".join(COLUMNS)})
SELECT %s::bigint, %s::timestamptz, %s::text, %s::timestamptz, t.* FROM unnest({ARRAYS}) AS t
"""
COUNT = """
INSERT INTO entitlements_runfigure (run_id, place, benefit, what, units, fen)
SELECT %s, t.* FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[]) AS t
ON CONFLICT (run_id, place, benefit, what) DO UPDATE
SET units = entitlements_runfigure.units + excluded.units,
    fen = entitlements_runfigure.fen + excluded.fen
"""
HashedRow = tuple[Any, ...]
Unit = tuple[str, bool, int]
"""Benefit, whether a person, the key of the person or household."""


@dataclass(frozen=True, slots=True)
class Homes:
    """Households that are to be decided, and what held before."""

    ids: list[int]
    homes: list[Frozen]
    before: dict[Unit, Held]
    last_paid: date | None


@dataclass(slots=True)
class Batch:
    """What one batch comes to, before it is written."""

    run: Run
    book: Book
    before: dict[Unit, Held]
    last_paid: date | None
    part: Part = field(default_factory=Part)
    rows: list[HashedRow] = field(default_factory=list)
    units: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    fen: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    behind: dict[date, set[Unit]] = field(default_factory=dict)
    people: int = 0

    def count(self, place: str, benefit: str, what: str, fen: int) -> None:
        """Count one unit in its town's figures."""
        self.units[place[:9], benefit, what] += 1
        self.fen[place[:9], benefit, what] += fen


@transaction.atomic
def determine_batch(
    run_id: int, at: datetime, size: int = BATCH, ahead: Ahead[Homes] | None = None
) -> bool:
    """Decide the next `size` households of a run that is being determined; False at the end.

    `ahead` may have read them already, and is asked for those that follow. Raises RunError for a
    household that the rules cannot read.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state not in (RunState.ASKED, RunState.DETERMINING):
        return False
    ready = ahead.take(run.cursor, size) if ahead else None
    homes = ready if ready and ready.ids else read_homes(run, run.cursor, size)
    if ahead and homes.ids:
        ahead.ask(homes.ids[-1], size)
    if run.state == RunState.ASKED:
        run.state, run.total = RunState.DETERMINING, _households(run).count()
    if homes.ids:
        _determine(run, homes, at)
        run.cursor, run.done = homes.ids[-1], run.done + len(homes.ids)
    run.save(update_fields=["state", "total", "cursor", "done", "people"])
    return bool(homes.ids)


def read_homes(run: Run, cursor: int, size: int) -> Homes:
    """The next households after `cursor`, as the run knows them."""
    after = _households(run).filter(pk__gt=cursor)
    ids = list(after.values_list("pk", flat=True)[:size])
    last = queries.last_paid_run(run.place_id, run.month)
    homes = snapshot.read(
        queries.book_of(run.revision_id),
        ids,
        run.month,
        run.known_at,
        last.known_at if last else None,
    )
    persons = [person for home in homes for person in home.persons]
    before = queries.held_before(ids, persons, run.month, run.pk)
    return Homes(ids, homes, before, last.month if last else None)


def write_rows(run: Run, rows: Sequence[HashedRow], at: datetime) -> None:
    """Insert determinations, in the order of COLUMNS."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        with bulk.cursor() as cursor:
            cursor.execute(WRITE, [run.pk, run.known_at, run.revision_id, at, *columns])


def write_figures(run: Run, batch: Batch) -> None:
    """Add what a batch counted to the run's figures."""
    keys = sorted(batch.units)
    if keys:
        towns, benefits, whats = (list(column) for column in zip(*keys, strict=True))
        amounts = ([batch.units[k] for k in keys], [batch.fen[k] for k in keys])
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [run.pk, towns, benefits, whats, *amounts])


def row_of(
    unit: Unit,
    place: str,
    since: date,
    result: tuple[bool | None, int | None, int | None, int],
    weighed: Weighed,
    award: Granted | None,
    before: Held | None,
    facts_hash: int,
) -> HashedRow:
    """One determination, in the order of COLUMNS."""
    benefit, is_person, key = unit
    return (
        *(benefit, key if is_person else None, None if is_person else key),
        *(award.id if award else None, place, since, award.assessed_on if award else None),
        *result,
        *(weighed.pays, weighed.carried, weighed.what, before.id if before else None, facts_hash),
    )


def _households(run: Run) -> Any:
    """Households of the run's place that were recorded by its moment, in order of keys."""
    lo, hi = scope.place_range(run.place_id)
    known = Household.objects.filter(recorded_at__lte=run.known_at)
    return known.filter(place_id__gte=lo, place_id__lt=hi).order_by("pk")


def _determine(run: Run, homes: Homes, at: datetime) -> None:
    book = queries.book_of(run.revision_id)
    batch = Batch(run, book, homes.before, homes.last_paid)
    asked = {chapter.code for chapter in book.chapters if chapter.by_run}
    for home in homes.homes:
        results = _decide(book, run.month, home)
        batch.part.add(home, results)
        batch.people += len(home.persons)
        _weigh_home(batch, home, results, asked)
    _catch_up(batch)
    batch.part.write(run.pk, run.cursor)
    write_rows(run, batch.rows, at)
    write_figures(run, batch)
    run.people += batch.people


def _decide(book: Book, month: date, home: Frozen) -> list[Result]:
    in_force = rules_of_run(book, month)
    if not in_force.codes.issuperset(benefit for benefit, _unit in home.family.held):
        in_force = rules(book, month)  # an award that no run pays may take from one that it does
    try:
        return in_force.decide(home.family)
    except TooManyMembers as problem:
        number = Household.objects.values_list("number", flat=True).get(pk=home.household)
        raise RunError(
            _("户 %(number)s：%(problem)s。核算停在这一户，已算好的都保留着。请分户后点“重试”。")
            % {"number": number, "problem": problem}
        ) from None


def _weigh_home(batch: Batch, home: Frozen, results: list[Result], asked: set[str]) -> None:
    """Weigh a household's results; most have neither award nor history, and end at once."""
    facts_hash: int | None = None
    for benefit, seat, entitled, gross, net, reasons in results:
        if benefit not in asked:
            continue
        person = None if seat == HOUSEHOLD else home.persons[seat]
        unit = (benefit, person is not None, home.household if person is None else person)
        award, before = home.awards.get((benefit, seat)), batch.before.get(unit)
        if entitled is False and award is None and before is None:
            continue
        result = (entitled, gross, net, reasons)
        weighed = weigh(entitled, net, award, before)
        place = award.place if award else home.place
        if differs(weighed, result, award, before):
            if facts_hash is None:
                facts_hash = snapshot.fingerprint(home, batch.book.facts)
            month = batch.run.month
            batch.rows.append(
                row_of(unit, place, month, result, weighed, award, before, facts_hash)
            )
        _count(batch, place, benefit, weighed, award, net)
        if award is not None:
            for behind in queries.months_behind(award, batch.last_paid, batch.run.month):
                batch.behind.setdefault(behind, set()).add(unit)


def _count(
    batch: Batch, place: str, benefit: str, weighed: Weighed, award: Granted | None, net: int | None
) -> None:
    due = award is not None and award.due(batch.run.month)
    if weighed.what != "gone":
        missed = net or 0 if weighed.what == "missed" else 0
        batch.count(place, benefit, weighed.what, weighed.pays if due else missed)
    if due and weighed.pays:
        batch.count(place, benefit, "paid", weighed.pays)


def _catch_up(batch: Batch) -> None:
    """Decide earlier months that are due and that no run has paid, by their own rules and facts."""
    run, book = batch.run, batch.book
    for month in sorted(batch.behind):
        units = batch.behind[month]
        persons = [key for _benefit, is_person, key in units if is_person]
        lived = snapshot.households_of(persons, month, run.known_at)
        ids = {key for _benefit, is_person, key in units if not is_person} | set(lived.values())
        for home in snapshot.read(book, sorted(ids), month, run.known_at):
            for result in _decide(book, month, home):
                person = home.person(result.unit)
                key = home.household if person is None else person
                unit = (result.benefit, person is not None, key)
                award = home.awards.get((result.benefit, result.unit))
                if unit in units and award is not None:
                    _catch_up_one(batch, home, unit, result, award, month)


def _catch_up_one(
    batch: Batch, home: Frozen, unit: Unit, result: Result, award: Granted, month: date
) -> None:
    weighed = weigh(result.entitled, result.net, award, None)._replace(what="arrears")
    values = (result.entitled, result.gross, result.net, result.reasons)
    facts_hash = snapshot.fingerprint(home, batch.book.facts)
    batch.rows.append(row_of(unit, award.place, month, values, weighed, award, None, facts_hash))
    if weighed.pays:
        batch.count(award.place, result.benefit, "arrears", weighed.pays)
        batch.count(award.place, result.benefit, "paid", weighed.pays)
