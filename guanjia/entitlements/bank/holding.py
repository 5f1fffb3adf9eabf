"""Between posting and sending: a payment is held, a second person stops or releases it, then it is sent.

Deaths and moves that became known after the run's facts were frozen, and that were so on the first
day of the month paid, are held by the sending itself.
A stopped payment is reversed and the bank's file written anew without it.
"""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from guanjia.entitlements.after_errors import (
    FileBehind,
    HeldStill,
    NoSuchPayment,
    SentAlready,
    refuse_back,
)
from guanjia.entitlements.errors import NoteMissing, SamePerson, WrongState
from guanjia.entitlements.models import BankFile, Run, RunState
from guanjia.entitlements.tables.after import Hold, HoldState, Sending
from guanjia.kit import bulk
from guanjia.ledger import actions as ledger
from guanjia.ledger.models import Entry
from guanjia.ledger.records import Because
from guanjia.staff.models import User

WRITE_AGAIN = "interop.write_bank_files_again"
"""The task that writes a run's files without what was stopped."""

CHANGED = """
WITH paid AS (
  SELECT e.id, e.place, e.month, d.person_id, d.household_id FROM ledger_entry e
  JOIN entitlements_determination d ON d.id = e.determination_id
  WHERE e.run_id = %(run)s::bigint AND e.kind IN ('payment', 'repayment')
    AND NOT EXISTS (SELECT FROM entitlements_hold h WHERE h.entry_id = e.id)
), whose AS (
  SELECT id, place, month, person_id AS person FROM paid WHERE person_id IS NOT NULL
  UNION ALL SELECT p.id, p.place, p.month, m.person_id FROM paid p
  JOIN people_membership m ON m.household_id = p.household_id
    AND (m.superseded_at IS NULL OR m.superseded_at > %(known_at)s::timestamptz)
)
SELECT w.id, w.place, p.name, f.since, 'death' FROM whose w
JOIN people_person p ON p.id = w.person
JOIN people_personfact f ON f.person_id = w.person AND f.kind = 'alive' AND f.number = 0
  AND f.superseded_at IS NULL AND f.recorded_at > %(known_at)s::timestamptz
  AND f.since <= w.month
UNION ALL
SELECT w.id, w.place, p.name, coalesce(m.until, m.since), 'move' FROM whose w
JOIN people_person p ON p.id = w.person
JOIN people_membership m ON m.person_id = w.person AND m.superseded_at IS NULL
  AND m.recorded_at > %(known_at)s::timestamptz AND coalesce(m.until, m.since) <= w.month
ORDER BY 1, 5
"""
TOTAL = """
SELECT coalesce(sum(t.fen), 0)::bigint FROM ledger_entry e
JOIN ledger_transfer t ON t.entry_id = e.id
WHERE e.run_id = %s::bigint AND e.kind IN ('payment', 'repayment')
  AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)
"""


class Changed(NamedTuple):
    """A payment of a run whose person died or moved since the facts were frozen."""

    entry: int
    place: str
    name: str
    on: date
    what: str

    @property
    def reason(self) -> str:
        """Why it is held, in words."""
        told = {"name": self.name, "on": f"{self.on:%Y-%m-%d}"}
        if self.what == "death":
            return _("资料截止之后登记：%(name)s 于 %(on)s 死亡") % told
        return _("资料截止之后登记：%(name)s 于 %(on)s 迁移") % told


@transaction.atomic
def hold(run_id: int, key: str, reason: str, by: User, at: datetime) -> Hold:
    """Stop a payment until a second person decides. Raises NoteMissing, NoSuchPayment, SentAlready."""
    if not reason.strip():
        raise NoteMissing
    run = Run.objects.get(pk=run_id)
    _refuse_sent(run)
    found = Entry.objects.filter(run=run, key=key, kind__in=("payment", "repayment")).first()
    if found is None or found.holds.exists():
        raise NoSuchPayment(key)
    return Hold.objects.create(
        entry=found,
        run=run,
        place_id=found.place_id,
        reason=reason.strip()[:200],
        held_by=by,
        held_at=at,
    )


@transaction.atomic
def decide(hold_id: int, stop: bool, by: User, at: datetime, on: date) -> Hold:
    """The second person stops the payment, which is reversed, or lets it go.

    Raises SamePerson, WrongState, SentAlready, ClockWentBack.
    """
    held = (
        Hold.objects.select_for_update(of=("self",)).select_related("entry", "run").get(pk=hold_id)
    )
    if held.state != HoldState.HELD:
        raise WrongState(str(HoldState(held.state).label))
    if held.held_by_id == by.pk:
        raise SamePerson
    _refuse_sent(held.run)
    refuse_back(held.held_at, at)
    held.state = HoldState.STOPPED if stop else HoldState.RELEASED
    held.decided_by, held.decided_at = by, at
    held.save(update_fields=["state", "decided_by", "decided_at"])
    if stop:
        ledger.reverse(held.entry, Because(on, held.held_by_id, by.pk), held.reason)
        app.configure_task(WRITE_AGAIN, lock=f"run/{held.run_id}").defer(run_id=held.run_id)
    return held


def send(run_id: int, by: User, at: datetime) -> Sending:
    """Say that the run's file was handed to the bank. Said twice, it is said once.

    First, what became known of deaths and moves is held. Raises WrongState, HeldStill, FileBehind.
    """
    hold_changed(run_id, by, at)
    return _send(run_id, by, at)


@transaction.atomic
def hold_changed(run_id: int, by: User, at: datetime) -> int:
    """Hold every payment whose person died or moved since the facts were frozen; returns how many."""
    run = Run.objects.get(pk=run_id)
    if Sending.objects.filter(run=run).exists():
        return 0
    once = {one.entry: one for one in reversed(changed(run))}
    Hold.objects.bulk_create(
        Hold(
            entry_id=one.entry,
            run=run,
            place_id=one.place,
            reason=one.reason[:200],
            held_by=by,
            held_at=at,
        )
        for one in once.values()
    )
    return len(once)


def changed(run: Run) -> list[Changed]:
    """Payments of a run, not held yet, whose person died or moved since the facts were frozen."""
    rows = bulk.rows(CHANGED, {"run": run.pk, "known_at": run.known_at})
    return [Changed(*row) for row in rows]


def latest_file(run: Run) -> BankFile | None:
    """The table that is handed to the bank: the last one written."""
    return BankFile.objects.filter(run=run, name__endswith=".csv").order_by("-pk").first()


def total(run: Run) -> int:
    """Fen that a run pays: posted and not reversed."""
    return int(bulk.rows(TOTAL, [run.pk])[0][0])


@transaction.atomic
def _send(run_id: int, by: User, at: datetime) -> Sending:
    run = Run.objects.select_for_update().get(pk=run_id)
    said = Sending.objects.filter(run=run).first()
    if said is not None:
        return said
    if run.state != RunState.PAID:
        raise WrongState(str(run.get_state_display()))
    if run.paid_at is not None:
        refuse_back(run.paid_at, at)
    held = Hold.objects.filter(run=run, state=HoldState.HELD).count()
    if held:
        raise HeldStill(held)
    file = latest_file(run)
    if file is None or file.fen != total(run):
        raise FileBehind
    return Sending.objects.create(run=run, place_id=run.place_id, file=file, sent_by=by, sent_at=at)


def _refuse_sent(run: Run) -> None:
    if Sending.objects.filter(run=run).exists():
        raise SentAlready
