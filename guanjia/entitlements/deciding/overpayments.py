"""What months were paid in all, and the records of what was too much."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from guanjia.entitlements.deciding.changed_past import Cause
from guanjia.entitlements.models import Determination, Run
from guanjia.entitlements.tables.after import Overpayment, OverpaymentStep, Step
from guanjia.kit import bulk
from guanjia.policy.words import word

PAID = """
SELECT d.benefit, d.person_id IS NOT NULL, coalesce(d.person_id, d.household_id),
  (array_agg(e.place ORDER BY e.id))[1], (array_agg(e.award_id ORDER BY e.id DESC))[1], min(e.key),
  count(*), coalesce(sum(t.fen) FILTER (WHERE r.id IS NULL), 0)::bigint
FROM ledger_entry e
JOIN entitlements_determination d ON d.id = e.determination_id
JOIN ledger_transfer t ON t.entry_id = e.id
LEFT JOIN ledger_entry r ON r.reverses_id = e.id
WHERE e.kind = 'payment' AND e.month = %(month)s::date AND d.id IN (
  SELECT id FROM entitlements_determination WHERE household_id = ANY(%(homes)s::bigint[])
  UNION ALL SELECT id FROM entitlements_determination WHERE person_id = ANY(%(persons)s::bigint[]))
GROUP BY 1, 2, 3
"""
RECORDED = """
SELECT o.benefit, o.person_id IS NOT NULL, coalesce(o.person_id, o.household_id), o.id,
  o.paid - o.due, o.place, coalesce((SELECT s.step FROM entitlements_overpaymentstep s
    WHERE s.overpayment_id = o.id AND s.step IN ('agreed', 'overtaken')), ''),
  coalesce((SELECT s.outcome FROM entitlements_overpaymentstep s
    WHERE s.overpayment_id = o.id AND s.step = 'agreed'), '')
FROM entitlements_overpayment o
WHERE o.month = %(month)s::date
  AND (o.household_id = ANY(%(homes)s::bigint[]) OR o.person_id = ANY(%(persons)s::bigint[]))
"""
Unit = tuple[str, bool, int]
"""Benefit, whether a person, the key of the person or household."""


class Open(NamedTuple):
    """A record of too much that nobody has settled; fen."""

    id: int
    place: str
    fen: int


class Paid(NamedTuple):
    """What a unit was paid for a month: fen less what was reversed; what was settled.

    `posted` counts payments: the number of the next correction.
    """

    month: date | None
    place: str
    award: int
    key: str
    posted: int
    fen: int
    recovered: int = 0
    waived: int = 0
    open: tuple[Open, ...] = ()
    records: int = 0


NOTHING = Paid(None, "", 0, "", 0, 0)


class New(NamedTuple):
    """A month that was paid too much; `due` what it comes to, `fen` the part not recorded before."""

    unit: Unit
    month: date
    paid: Paid
    due: int
    fen: int
    cause: Cause


def paid_for(month: date, homes: Sequence[int], persons: Sequence[int]) -> dict[Unit, Paid]:
    """What these households and persons were paid for a month, unit by unit."""
    asked = {"month": month, "homes": list(homes), "persons": list(persons)}
    found: dict[Unit, Paid] = {
        (benefit, person, key): Paid(month, *rest)
        for benefit, person, key, *rest in bulk.rows(PAID, asked)
    }
    for benefit, person, key, number, fen, place, step, outcome in bulk.rows(RECORDED, asked):
        unit = benefit, person, key
        if unit in found:
            found[unit] = _with(found[unit], Open(number, place, fen), step, outcome)
    return found


def _with(paid: Paid, record: Open, step: str, outcome: str) -> Paid:
    counted = paid._replace(records=paid.records + 1)
    if step == Step.OVERTAKEN:
        return counted
    if outcome == "recovered":
        return counted._replace(recovered=paid.recovered + record.fen)
    if outcome == "waived":
        return counted._replace(waived=paid.waived + record.fen)
    return counted._replace(open=(*paid.open, record))


def gap(due: int, paid: Paid) -> int:
    """Fen still to pay (above nought) or too much and not recorded yet (below); nought: all is told."""
    left = due - (paid.fen - paid.recovered)
    if left >= 0:
        return left
    told = paid.waived + sum(one.fen for one in paid.open)
    return left + told if told <= -left else 0


def overtaken(paid: Paid, due: int, at: datetime) -> Paid:
    """Open records of more than is too much now are closed as no longer so; returns what is left."""
    left = due - (paid.fen - paid.recovered)
    if -left >= paid.waived + sum(one.fen for one in paid.open):
        return paid
    OverpaymentStep.objects.bulk_create(
        OverpaymentStep(
            overpayment_id=one.id,
            place_id=one.place,
            step=Step.OVERTAKEN,
            note=word("重新核算后，这个月应发的变了，按新的结果办"),
            at=at,
        )
        for one in paid.open
    )
    return paid._replace(open=())


def record(run: Run, found: Sequence[New], at: datetime) -> None:
    """Write what was paid too much. The determinations of the run stand already."""
    if not found:
        return
    decided = _decided(run, found)
    Overpayment.objects.bulk_create(_rows(run, found, decided, at))


def _rows(
    run: Run, found: Sequence[New], decided: dict[Unit, int], at: datetime
) -> Iterator[Overpayment]:
    for new in found:
        benefit, person, key = new.unit
        stem = new.paid.key.rpartition("/payment/")[0]
        yield Overpayment(
            key=f"{stem}/overpayment/{new.paid.records}",
            benefit=benefit,
            person_id=key if person else None,
            household_id=None if person else key,
            award_id=new.paid.award,
            place_id=new.paid.place,
            month=new.month,
            run=run,
            determination_id=decided[new.unit],
            paid=new.due + new.fen,
            due=new.due,
            reason=new.cause.kind,
            source=new.cause.source,
            found_at=at,
        )


def _decided(run: Run, found: Sequence[New]) -> dict[Unit, int]:
    month = found[0].month
    rows = Determination.objects.filter(run=run, since=month, what="overpaid")
    return {
        (d.benefit, d.person_id is not None, d.person_id or d.household_id or 0): d.pk for d in rows
    }
