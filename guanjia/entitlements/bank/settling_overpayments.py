"""What is done about money that was too much: one person asks, another agrees. Nothing moves by itself."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from guanjia.entitlements.errors import NoteMissing, SamePerson, WrongState
from guanjia.entitlements.tables.after import Outcome, Overpayment, OverpaymentStep, Step
from guanjia.staff.models import User


@transaction.atomic
def ask(number: int, outcome: str, note: str, by: User, at: datetime) -> OverpaymentStep:
    """Say that it was given back, or that it need not be, and why. Raises NoteMissing, WrongState."""
    found = Overpayment.objects.get(pk=number)
    last = latest(found)
    if outcome not in Outcome.values or (last and last.step not in (Step.DECLINED,)):
        raise WrongState(str(last.get_step_display()) if last else outcome)
    if not note.strip():
        raise NoteMissing
    return _write(
        found,
        step=Step.ASKED,
        outcome=outcome,
        note=note.strip()[:400],
        asked_by=by,
        at=at,
    )


@transaction.atomic
def decide(number: int, agree: bool, note: str, by: User, at: datetime) -> OverpaymentStep:
    """The second person agrees, or sends it back with a reason.

    Raises NoteMissing, SamePerson, WrongState.
    """
    found = Overpayment.objects.get(pk=number)
    asked = latest(found)
    if asked is None or asked.step != Step.ASKED:
        raise WrongState(str(asked.get_step_display()) if asked else "")
    if asked.asked_by_id == by.pk:
        raise SamePerson
    if not agree and not note.strip():
        raise NoteMissing
    return _write(
        found,
        step=Step.AGREED if agree else Step.DECLINED,
        outcome=asked.outcome,
        note=note.strip()[:400] or asked.note,
        asked_by_id=asked.asked_by_id,
        by=by,
        at=at,
    )


def _write(found: Overpayment, **said: Any) -> OverpaymentStep:
    """The next step; of two people who take it at one moment, one does. Raises WrongState."""
    try:
        with transaction.atomic():
            return OverpaymentStep.objects.create(
                overpayment=found, place_id=found.place_id, **said
            )
    except IntegrityError:  # a constraint or the trigger: somebody was quicker
        last = latest(found)
        raise WrongState(str(last.get_step_display()) if last else "") from None


def latest(found: Overpayment) -> OverpaymentStep | None:
    """The last thing that was done about it."""
    return OverpaymentStep.objects.filter(overpayment=found).order_by("-pk").first()
