"""Deciding everybody, one batch of households a transaction. Written by the run's job alone.

The run's row is locked, its cursor moves with what was written: a job killed at any moment goes
on where the last finished batch ended, and two jobs on one run take turns.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import results, sifting
from guanjia.entitlements.deciding.ahead import Ahead
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.families import missing, snapshot
from guanjia.entitlements.families.snapshot import Frozen
from guanjia.entitlements.families.weighing import (
    Granted,
    Held,
    Weighed,
    differs,
    weigh,
    weigh_following,
)
from guanjia.entitlements.models import Run, RunState
from guanjia.kit import bulk, scope
from guanjia.ledger import queries as ledger
from guanjia.ledger.records import FOLLOWS, payment_key
from guanjia.people.models import Household
from guanjia.policy.book import Book
from guanjia.policy.decide import Result, TooManyMembers, rules

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
NOT_COUNTED = ("gone", "spent")
HashedRow = tuple[Any, ...]
Follows = tuple[str, ...] | None
"""The benefits that one follows; () where it has awards of its own, None where the book lacks it."""
Unit = tuple[str, bool, int]
"""Benefit, whether a person, the key of the person or household."""


class Late(NamedTuple):
    """What an award comes to in an earlier month. `key` of the payment, where it follows another."""

    home: Frozen
    unit: Unit
    result: Result
    award: Granted
    follows: Follows
    key: str


class Decided(NamedTuple):
    """What a batch of households comes to: rows to write, figures to add, and how far it reaches."""

    homes: int
    last: int
    rows: list[HashedRow]
    units: Counter[tuple[str, str, str]]
    fen: Counter[tuple[str, str, str]]


@dataclass(slots=True)
class Batch:
    """What one batch comes to, while it is decided."""

    run: Run
    book: Book
    before: dict[Unit, Held]
    last_paid: date | None
    rows: list[HashedRow] = field(default_factory=list)
    units: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    fen: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    behind: dict[date, dict[int, Unit]] = field(default_factory=dict)  # award -> whose it is
    caught: set[Unit] = field(default_factory=set)

    def count(self, place: str, benefit: str, what: str, fen: int) -> None:
        """Count one unit in its town's figures."""
        self.units[place[:9], benefit, what] += 1
        self.fen[place[:9], benefit, what] += fen


@transaction.atomic
def determine_batch(
    run_id: int, at: datetime, size: int = BATCH, ahead: Ahead[Decided] | None = None
) -> bool:
    """Decide the next `size` households of a run that is being determined; False at the end.

    `ahead` may have decided them already, and is asked for those that follow. Raises RunError for a
    household that the rules cannot read.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state not in (RunState.ASKED, RunState.DETERMINING):
        return False
    sifting.sift(run)
    every = results.looked_at(run_id)
    if not run.cursor:
        run.state, run.total = RunState.DETERMINING, len(every)
        run.people, run.done = results.people(run.pk), 0
    begin = bisect_right(every, run.cursor)
    ahead = ahead or Ahead(decide_batch)
    for following in range(begin + size, len(every), size)[: ahead.helpers + 1]:
        ahead.ask(run_id, every[following - 1], size)
    decided = ahead.take(run_id, run.cursor, size)
    if decided.homes:
        write_rows(run, decided.rows, at)
        write_figures(run, decided)
        run.cursor, run.done = decided.last, run.done + decided.homes
    run.save(update_fields=["state", "total", "cursor", "done", "people"])
    return bool(decided.homes)


def homes_at_most(run_id: int, most: int) -> int:
    """How many households the place of a run has, counted to `most`."""
    lo, hi = scope.place_range(Run.objects.values_list("place_id", flat=True).get(pk=run_id))
    homes = Household.objects.filter(place__gte=lo, place__lt=hi)
    return homes.values("pk")[:most].count()


def decide_batch(run_id: int, cursor: int, size: int) -> Decided:
    """Decide the `size` households after `cursor` that a run looks at; nothing is written.

    Raises RunError for a household that the rules cannot read.
    """
    run = Run.objects.get(pk=run_id)
    book = queries.book_of(run.revision_id)
    every = results.looked_at(run_id)
    first = bisect_right(every, cursor)
    ids = every[first : first + size]
    last = queries.last_paid_run(run.place_id, run.month)
    known = last.known_at if last else None
    homes = snapshot.read(book, ids, run.month, run.known_at, known)
    persons = [person for home in homes for person in home.persons]
    before = queries.held_before(ids, persons, run.month, run.pk)
    batch = Batch(run, book, before, last.month if last else None)
    for home in homes:
        _weigh_home(batch, home, decide_home(book, run.month, home))
    _catch_up(batch)
    return Decided(len(ids), ids[-1] if ids else cursor, batch.rows, batch.units, batch.fen)


def write_rows(run: Run, rows: Sequence[HashedRow], at: datetime) -> None:
    """Insert determinations, in the order of COLUMNS."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        with bulk.cursor() as cursor:
            cursor.execute(WRITE, [run.pk, run.known_at, run.revision_id, at, *columns])


def write_figures(run: Run, counted: Decided | Batch) -> None:
    """Add what a batch counted to the run's figures."""
    keys = sorted(counted.units)
    if keys:
        towns, benefits, whats = (list(column) for column in zip(*keys, strict=True))
        amounts = ([counted.units[k] for k in keys], [counted.fen[k] for k in keys])
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


def decide_home(book: Book, month: date, home: Frozen) -> list[Result]:
    """What the text says of a household in a month. Raises RunError where it is too large to decide."""
    try:
        return rules(book, month).decide(home.family)
    except TooManyMembers as problem:
        number = Household.objects.values_list("number", flat=True).get(pk=home.household)
        raise RunError(
            _("户 %(number)s：%(problem)s，没有核算。请先把这户分开，再取消这一批，重新核算。")
            % {"number": number, "problem": problem}
        ) from None


def _weigh_home(batch: Batch, home: Frozen, results: list[Result]) -> None:
    """Weigh a household's results; most have neither award nor history, and end at once."""
    facts_hash: int | None = None
    would_be: missing.Nets | None = None
    late = _note_months_behind(batch, home)
    month = batch.run.month
    for (benefit, seat, entitled, gross, net, reasons), follows in paid_results(
        batch.book, home, results
    ):
        unit = unit_of(home, benefit, seat)
        award, before = home.award_for(benefit, follows, seat), batch.before.get(unit)
        if entitled is False and award is None and before is None:
            continue
        result = (entitled, gross, net, reasons)
        weighed = weigh_result(follows, result, award, before, month)
        if weighed.what == "missed":
            would_be = would_be or missing.all_granted(batch.book, month, home, results)
            net = would_be[benefit, seat]  # what it would come to among all the others
            weighed = missing.reweigh(net)
        place = award.place if award else home.place
        caught_up = bool(follows) and award is not None and award.id in late
        if caught_up or differs(weighed, result, award, before):
            if facts_hash is None:
                facts_hash = snapshot.fingerprint(home, batch.book.facts)
            batch.rows.append(
                row_of(unit, place, month, result, weighed, award, before, facts_hash)
            )
        count(batch, place, benefit, weighed, award, net)


def weigh_result(
    follows: Follows,
    result: tuple[bool | None, int | None, int | None, int],
    award: Granted | None,
    before: Held | None,
    month: date,
) -> Weighed:
    """What a result comes to beside the award and what held before it."""
    entitled, _gross, net, _reasons = result
    if follows:
        return weigh_following(entitled, net, award, before)
    weighed = weigh(entitled, net, award, before, month)
    without_rule = follows is None and weighed.what == "unknown"
    return weighed._replace(what="doubtful") if without_rule else weighed


def paid_results(
    book: Book, home: Frozen, results: list[Result]
) -> Iterator[tuple[Result, Follows]]:
    """Results of what is paid, each with what it follows.

    An award for a benefit that the book does not pay, or no longer has, cannot be decided: it is
    paid as before, and somebody must look.
    """
    paid = queries.paid_benefits(book)
    yield from ((result, paid[result.benefit]) for result in results if result.benefit in paid)
    for benefit, seat in home.awards:
        if benefit not in paid:
            yield Result(benefit, seat, None, None, None, 0), None


def unit_of(home: Frozen, benefit: str, seat: int) -> Unit:
    """Whom a benefit is of: the person in this seat, or the household."""
    person = home.person(seat)
    return benefit, person is not None, home.household if person is None else person


def _note_months_behind(batch: Batch, home: Frozen) -> set[int]:
    """Note the earlier months in which awards of this household are due; returns which awards."""
    late = set()
    for (benefit, seat), award in home.awards.items():
        for behind in queries.months_behind(award, batch.last_paid, batch.run.month):
            batch.behind.setdefault(behind, {})[award.id] = unit_of(home, benefit, seat)
            late.add(award.id)
    return late


def count(
    batch: Batch, place: str, benefit: str, weighed: Weighed, award: Granted | None, net: int | None
) -> None:
    """Count what a unit comes to in the run's figures: what changed, and what is paid now."""
    due = award is not None and award.due(batch.run.month)
    if weighed.what not in NOT_COUNTED:
        missed = net or 0 if weighed.what == "missed" else 0
        batch.count(place, benefit, weighed.what, weighed.pays if due else missed)
    if due and weighed.pays:
        batch.count(place, benefit, "paid", weighed.pays)


def _catch_up(batch: Batch) -> None:
    """Decide earlier months that are due and that no run has paid, by their own rules and facts."""
    run, book = batch.run, batch.book
    for month in sorted(batch.behind):
        units = batch.behind[month].values()
        persons = [key for _benefit, is_person, key in units if is_person]
        lived = snapshot.households_of(persons, month, run.known_at)
        ids = {key for _benefit, is_person, key in units if not is_person} | set(lived.values())
        homes = snapshot.read(book, sorted(ids), month, run.known_at)
        found = [one for home in homes for one in _late(batch, home, month)]
        keys = [one.key for one in found if one.follows]
        posted = ledger.posted_keys(keys) if keys else set()
        for one in found:
            if one.key not in posted:
                _catch_up_one(batch, one, month)


def _late(batch: Batch, home: Frozen, month: date) -> Iterator[Late]:
    """What the awards that are behind come to in a month, for one household."""
    for result, follows in paid_results(batch.book, home, decide_home(batch.book, month, home)):
        award = home.award_for(result.benefit, follows, result.unit)
        if award is not None and award.id in batch.behind[month]:
            unit = unit_of(home, result.benefit, result.unit)
            yield Late(home, unit, result, award, follows, _key(unit, month) if follows else "")


def _key(unit: Unit, month: date) -> str:
    """The key under which a benefit that follows another is paid, whichever award pays it."""
    benefit, _is_person, person = unit
    return payment_key(benefit, f"p{person}", FOLLOWS, month, "month")


def _catch_up_one(batch: Batch, late: Late, month: date) -> None:
    """Write one earlier month; where nothing was paid before it, nothing is written of nothing."""
    unit, award = late.unit, late.award
    values = late.result[2:]
    weighed = weigh_result(late.follows, values, award, None, month)._replace(what="arrears")
    if not weighed.pays and unit not in batch.before and unit not in batch.caught:
        return
    batch.caught.add(unit)
    facts_hash = snapshot.fingerprint(late.home, batch.book.facts)
    batch.rows.append(row_of(unit, award.place, month, values, weighed, award, None, facts_hash))
    if weighed.pays:
        batch.count(award.place, unit[0], "arrears", weighed.pays)
        batch.count(award.place, unit[0], "paid", weighed.pays)
