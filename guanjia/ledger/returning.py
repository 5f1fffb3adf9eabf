"""Money that a bank sends back: from the bank into suspense, and from there to the bank again.

One statement for many, entries and transfers together. What came back once does not come back
twice, and what is paid again is paid again once: the keys are worked out from what they answer.
"""

from collections.abc import Sequence

from django.db import transaction

from guanjia.kit import bulk
from guanjia.ledger.actions import open_accounts, suspense
from guanjia.ledger.errors import SamePerson
from guanjia.ledger.models import Entry
from guanjia.ledger.records import Because, Posted

MOVED = """
), moved AS (
  INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen)
  SELECT fresh.id, fresh.place, source, target, fen FROM fresh JOIN asked USING (key)
  RETURNING fen
)
SELECT count(*), coalesce(sum(fen), 0)::bigint FROM moved
"""
FAIL = f"""
WITH asked AS (
  SELECT o.id, o.key || '/failed' AS key, o.benefit, o.month, o.place, m.target_id AS source,
    s.id AS target, m.fen, t.note
  FROM unnest(%s::bigint[], %s::text[]) AS t(entry, note)
  JOIN ledger_entry o ON o.id = t.entry
  JOIN ledger_transfer m ON m.entry_id = o.id
  JOIN ledger_account s ON s.path = 'suspense/' || left(o.place, 9)
), fresh AS (
  INSERT INTO ledger_entry (key, "on", kind, benefit, month, place, of_id, prepared_by_id,
    approved_by_id, note)
  SELECT key, %s::date, 'failure', benefit, month, place, id, %s::bigint, %s::bigint, note
  FROM asked ON CONFLICT DO NOTHING
  RETURNING id, key, place
{MOVED}"""
AGAIN = f"""
WITH asked AS (
  SELECT f.id, p.key || '/again/'
      || (coalesce(substring(f.key FROM '/again/([0-9]+)/failed$'), '0')::int + 1) AS key,
    f.benefit, f.month, f.place, m.target_id AS source, m.source_id AS target, m.fen,
    p.determination_id AS determination, t.award
  FROM unnest(%s::bigint[], %s::bigint[]) AS t(failure, award)
  JOIN ledger_entry f ON f.id = t.failure
  JOIN ledger_transfer m ON m.entry_id = f.id
  JOIN ledger_entry p ON p.key = regexp_replace(f.key, '(/again/[0-9]+)?/failed$', '')
), fresh AS (
  INSERT INTO ledger_entry (key, "on", kind, benefit, month, place, run_id, award_id,
    determination_id, of_id, prepared_by_id, approved_by_id, note)
  SELECT key, %s::date, 'repayment', benefit, month, place, %s::bigint, award, determination, id,
    %s::bigint, %s::bigint, ''
  FROM asked ON CONFLICT DO NOTHING
  RETURNING id, key, place
{MOVED}"""


@transaction.atomic
def post_failures(failed: Sequence[tuple[int, str]], because: Because) -> Posted:
    """Payments, by their entries, that a bank sent back, each with its reason: into suspense, once.

    Raises SamePerson.
    """
    _check(because)
    if not failed:
        return Posted(0, 0)
    entries, notes = [entry for entry, _note in failed], [note[:200] for _entry, note in failed]
    places = Entry.objects.filter(pk__in=entries).values_list("place_id", flat=True)
    open_accounts({suspense(place) for place in places})
    shared = (because.on, because.prepared_by, because.approved_by)
    count, fen = bulk.rows(FAIL, [entries, notes, *shared])[0]
    return Posted(count, fen)


@transaction.atomic
def post_repayments(again: Sequence[tuple[int, int]], because: Because) -> Posted:
    """What came back (its entry) is paid again by an award with a corrected account, by a run, once.

    Raises SamePerson.
    """
    _check(because)
    if not again:
        return Posted(0, 0)
    failures, awards = [failure for failure, _award in again], [award for _failure, award in again]
    shared = (because.on, because.run, because.prepared_by, because.approved_by)
    count, fen = bulk.rows(AGAIN, [failures, awards, *shared])[0]
    return Posted(count, fen)


def _check(because: Because) -> None:
    if because.prepared_by == because.approved_by:
        raise SamePerson
