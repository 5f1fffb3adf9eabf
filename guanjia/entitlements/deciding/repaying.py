"""What a run pays besides its month: corrections of months that were paid, and what a bank sent back.

A correction pays the difference to what the month was paid already, under the next number of its
key. What came back is paid from suspense, by the award with its account put right.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import overpayments
from guanjia.entitlements.families.snapshot import KNOWN
from guanjia.entitlements.models import Run, RunFigure
from guanjia.kit import bulk, scope
from guanjia.ledger import actions as ledger
from guanjia.ledger import returning
from guanjia.ledger.records import FOLLOWS, Because, NewPayment

AGAIN = "again"
"""A run's figure: what came back and is paid again."""

CORRECTED = """
SELECT d.id, d.benefit, d.person_id, d.household_id, d.since, d.place, d.pays, d.award_id, a.number,
  a.cadence
FROM entitlements_determination d JOIN entitlements_award a ON a.id = d.award_id
WHERE d.run_id = %s::bigint AND d.what = 'arrears' AND d.since < %s::date ORDER BY d.id
"""
WAITING = f"""
SELECT f.id, a.id, f.place, f.benefit, m.fen
FROM ledger_entry f
JOIN ledger_entry p ON p.key = regexp_replace(f.key, '(/again/[0-9]+)?/failed$', '')
JOIN ledger_transfer m ON m.entry_id = f.id
JOIN entitlements_award was ON was.id = p.award_id
JOIN entitlements_award a ON a.number = was.number AND {KNOWN.format("a")}
WHERE f.kind = 'failure' AND f.place >= %(lo)s::text AND f.place < %(hi)s::text
  AND NOT EXISTS (SELECT FROM ledger_entry x WHERE x.of_id = f.id)
  AND EXISTS (SELECT FROM entitlements_accountchange c WHERE c.number = was.number AND c.agreed
    AND c.after >= f.id AND c.approved_at <= %(known_at)s::timestamptz)
  AND NOT EXISTS (SELECT FROM entitlements_overpayment o
    JOIN entitlements_determination d ON d.id = p.determination_id
    WHERE o.benefit = f.benefit AND o.month = f.month AND o.run_id <= %(run)s::bigint
      AND o.person_id IS NOT DISTINCT FROM d.person_id
      AND o.household_id IS NOT DISTINCT FROM d.household_id
      AND NOT EXISTS (SELECT FROM entitlements_overpaymentstep s WHERE s.overpayment_id = o.id
        AND (s.step = 'overtaken' OR (s.step = 'agreed' AND s.outcome = 'waived'))))
ORDER BY f.id
"""


def waiting(run: Run) -> list[tuple[int, int, str, str, int]]:
    """What came back and may be paid again by this run: failure, award, place, benefit, fen.

    The account was put right by two people before the run was asked for; of a month that was paid
    too much nothing is sent again until people have settled that.
    """
    lo, hi = scope.place_range(run.place_id)
    values = {"lo": lo, "hi": hi, "known_at": run.known_at, "run": run.pk}
    return [(f, a, p, b, fen) for f, a, p, b, fen in bulk.rows(WAITING, values)]


def count_waiting(run: Run) -> None:
    """Count what is paid again in the run's figures, so that its approver sees it."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for _failure, _award, place, benefit, fen in waiting(run):
        units, total = sums.get((place[:9], benefit), (0, 0))
        sums[place[:9], benefit] = units + 1, total + fen
    RunFigure.objects.bulk_create(
        RunFigure(run=run, place_id=place, benefit=benefit, what=AGAIN, units=units, fen=fen)
        for (place, benefit), (units, fen) in sums.items()
    )


def pay_past(run: Run, on: date) -> None:
    """Post the corrections of an approved run and what it pays again. A second time posts nothing."""
    assert run.approved_by_id is not None  # the schema's promise
    because = Because(on, run.prepared_by_id, run.approved_by_id, run.pk)
    ledger.post_payments(list(_corrections(run)), because)
    again = [(failure, award) for failure, award, *_rest in waiting(run)]
    returning.post_repayments(again, because)


def _corrections(run: Run) -> Iterator[NewPayment]:
    by_month: dict[date, list[tuple[Any, ...]]] = {}
    for row in bulk.rows(CORRECTED, [run.pk, run.month]):
        by_month.setdefault(row[4], []).append(row)
    follow = {
        code for code, of in queries.paid_benefits(queries.book_of(run.revision_id)).items() if of
    }
    for month, rows in sorted(by_month.items()):
        homes = [row[3] for row in rows if row[3] is not None]
        persons = [row[2] for row in rows if row[2] is not None]
        paid = overpayments.paid_for(month, homes, persons)
        for row in rows:
            payment = _correction(row, paid, row[1] in follow)
            if payment.fen > 0:
                yield payment


def _correction(
    row: tuple[Any, ...], paid: dict[overpayments.Unit, overpayments.Paid], follows: bool
) -> NewPayment:
    """The difference to what the month was paid, as a payment; nought or less where there is none."""
    decided, benefit, person, household, month, place, pays, award, number, cadence = row
    is_person = person is not None
    key = person if is_person else household
    so_far = paid.get((benefit, is_person, key), overpayments.NOTHING)
    unit, under = f"p{key}" if is_person else f"h{key}", FOLLOWS if follows else number
    return NewPayment(
        benefit=benefit,
        unit=unit,
        number=under,
        month=month,
        place=place,
        award=award,
        determination=decided,
        fen=overpayments.gap(pays, so_far),
        cadence="month" if follows else cadence,
        n=so_far.posted,
    )
