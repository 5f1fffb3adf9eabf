"""Ending a determination: awards of nobody's household, leads, the hash of the result, then READY."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import corrections, reconsidering, repaying, results
from guanjia.entitlements.deciding.determining import (
    Batch,
    Unit,
    count,
    row_of,
    write_figures,
    write_rows,
)
from guanjia.entitlements.families.snapshot import IN_FORCE, KNOWN, LONG_AGO
from guanjia.entitlements.families.weighing import Granted, Weighed, differs, weigh
from guanjia.entitlements.models import ENDED_BADLY, Run, RunState
from guanjia.kit import scope
from guanjia.policy.decide import rules

HOMELESS = f"""
SELECT a.benefit, a.person_id, a.id, a.number, a.place, a.granted, a.assessed_on, a.pays_from,
  a.since, a.until, a.recorded_at > %(last_known_at)s, a.cadence
FROM entitlements_award a
WHERE a.person_id IS NOT NULL AND a.place >= %(lo)s AND a.place < %(hi)s
  AND {KNOWN.format("a")} AND {IN_FORCE.format("a")}
  AND NOT EXISTS (SELECT FROM people_membership m WHERE m.person_id = a.person_id
    AND {KNOWN.format("m")} AND {IN_FORCE.format("m")})
ORDER BY a.id
"""
STRAYS = f"""
SELECT d.benefit, d.person_id, d.place FROM (
  SELECT DISTINCT ON (d.person_id, d.benefit) d.benefit, d.person_id, d.place, d.pays
  FROM entitlements_determination d
  WHERE d.person_id IS NOT NULL AND d.benefit = ANY(%(follow)s) AND d.since <= %(on)s
    AND NOT d.run_id = ANY(%(ended)s)
  ORDER BY d.person_id, d.benefit, d.since DESC, d.id DESC
) d WHERE d.pays > 0 AND d.place >= %(lo)s AND d.place < %(hi)s
  AND NOT EXISTS (SELECT FROM people_membership m WHERE m.person_id = d.person_id
    AND {KNOWN.format("m")} AND {IN_FORCE.format("m")})
ORDER BY d.person_id, d.benefit
"""
# A visit still has to look at what was doubted of a payment made once, though it is over.
LATEST = """
SELECT CASE WHEN d.what = 'spent' AND l.kind <> 'missed' THEN l.kind ELSE d.what END FROM entitlements_determination d
WHERE d.{unit} = l.{unit} AND d.benefit = l.benefit AND d.since <= %(month)s
  AND NOT d.run_id = ANY(%(ended)s)
ORDER BY d.since DESC, d.id DESC LIMIT 1
"""
GONE = """
UPDATE entitlements_lead l SET state = 'gone', last_run_id = %(run)s
WHERE l.state = 'open' AND l.{unit} IS NOT NULL AND l.place >= %(lo)s AND l.place < %(hi)s
  AND l.kind IS DISTINCT FROM ({latest})
"""
REFRESH = """
UPDATE entitlements_lead l SET determination_id = d.id, place = d.place
FROM entitlements_determination d
WHERE d.run_id = %(run)s AND d.since = %(month)s AND d.what = l.kind AND d.benefit = l.benefit
  AND d.{unit} = l.{unit} AND l.state = 'open'
"""
OPEN = """
INSERT INTO entitlements_lead (kind, state, benefit, person_id, household_id, place, first_run_id,
  last_run_id, determination_id, note)
SELECT d.what, 'open', d.benefit, d.person_id, d.household_id, d.place, %(run)s, %(run)s, d.id, ''
FROM entitlements_determination d
LEFT JOIN entitlements_determination p ON p.id = d.previous_id
WHERE d.run_id = %(run)s AND d.since = %(month)s AND d.what IN ('missed', 'doubtful', 'unknown')
  AND (p.what, p.reasons, p.award_id) IS DISTINCT FROM (d.what, d.reasons, d.award_id)
ORDER BY d.id
ON CONFLICT (kind, benefit, person_id, household_id) WHERE state = 'open' DO NOTHING
"""
STILL_OPEN = """
UPDATE entitlements_lead SET last_run_id = %(run)s
WHERE state = 'open' AND last_run_id <> %(run)s AND place >= %(lo)s AND place < %(hi)s
"""
TAKE_BACK = """
UPDATE entitlements_lead SET state = 'gone' WHERE state = 'open' AND first_run_id = %(run)s;
"""
GIVE_BACK = """
UPDATE entitlements_lead SET state = 'open'
WHERE state = 'gone' AND last_run_id = %(run)s AND first_run_id <> %(run)s
"""


@transaction.atomic
def finish(run_id: int, at: datetime) -> bool:
    """Make a run that has determined everybody ready for approval; False where it is not so far."""
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != RunState.DETERMINING:
        return False
    _weigh_homeless(run, at)
    reconsidering.reconsider(run, at)
    corrections.write_rest(run)
    repaying.count_waiting(run)
    _follow_leads(run)
    run.result_hash = results.hash_of(run.pk)
    run.undecidable = ",".join(rules(queries.book_of(run.revision_id), run.month).undecidable)
    run.state = RunState.READY
    run.save(update_fields=["state", "result_hash", "undecidable"])
    transaction.on_commit(lambda: results.tidy(run_id))
    return True


def forget_leads(run: Run) -> None:
    """A run that was cancelled or rejected leaves no leads, and gives back those it closed."""
    assert run.state in ENDED_BADLY
    _execute(TAKE_BACK, {"run": run.pk})
    _execute(GIVE_BACK, {"run": run.pk})


def _weigh_homeless(run: Run, at: datetime) -> None:
    """Awards of persons who live in no household: paid as before, and to be asked.

    What follows another benefit is worked out anew each month, so there it stops.
    """
    last = queries.last_paid_run(run.place_id, run.month)
    book = queries.book_of(run.revision_id)
    values = {
        **_range(run),
        "on": run.month,
        "known_at": run.known_at,
        "last_known_at": last.known_at if last else LONG_AGO,
        "ended": [*queries.ended_runs(), run.pk],
        "follow": [code for code, follows in queries.paid_benefits(book).items() if follows],
    }
    found = [
        (benefit, person, Granted(*rest)) for benefit, person, *rest in _rows(HOMELESS, values)
    ]
    strays = _rows(STRAYS, values)
    persons = {person for _benefit, person, _rest in (*found, *strays)}
    before = queries.held_before([], list(persons), run.month, run.pk)
    batch = Batch(run, book, before, last.month if last else None)
    undecidable = rules(book, run.month).undecidable
    for benefit, person, award in found:
        if benefit not in undecidable:
            _weigh_one(batch, (benefit, True, person), award, run.month)
    for benefit, person, place in strays:
        _stop(batch, (benefit, True, person), place)
    write_rows(run, batch.rows, at)
    write_figures(run, batch)


def _weigh_one(batch: Batch, unit: Unit, award: Granted, month: date) -> None:
    held = batch.before.get(unit)
    result = (None, None, None, 0)
    weighed = weigh(None, None, award, held, month)
    if differs(weighed, result, award, held):
        batch.rows.append(row_of(unit, award.place, month, result, weighed, award, held, 0))
    count(batch, award.place, unit[0], weighed, award, None)


def _stop(batch: Batch, unit: Unit, place: str) -> None:
    weighed, month = Weighed("stopped", 0, False), batch.run.month
    held, result = batch.before[unit], (None, None, None, 0)
    batch.rows.append(row_of(unit, place, month, result, weighed, None, held, 0))
    count(batch, place, unit[0], weighed, None, None)


def _follow_leads(run: Run) -> None:
    """Close what is no longer so, refresh what still is, open what is new."""
    ended = queries.ended_runs()
    values = {**_range(run), "run": run.pk, "month": run.month, "ended": ended}
    for unit in ("person_id", "household_id"):
        _execute(GONE.format(unit=unit, latest=LATEST.format(unit=unit)), values)
        _execute(REFRESH.format(unit=unit), values)
    _execute(OPEN, values)
    _execute(STILL_OPEN, values)


def _range(run: Run) -> dict[str, Any]:
    lo, hi = scope.place_range(run.place_id)
    return {"lo": lo, "hi": hi}


def _execute(query: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
