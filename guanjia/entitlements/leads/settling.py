"""Settling leads: a named person has looked. Only this ends an award that the text no longer backs."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from guanjia.entitlements import queries
from guanjia.entitlements.errors import NoteMissing, NotInBulk, WrongState
from guanjia.entitlements.models import Lead, LeadKind, LeadState
from guanjia.entitlements.runs import actions
from guanjia.kit import days
from guanjia.policy.decide import read_reasons
from guanjia.staff.models import User

IN_BULK = {"alive", "age"}
"""Condition codes whose failing may be confirmed for many at once: death, age limit."""

OUTCOMES = (LeadState.CONFIRMED, LeadState.DISMISSED)


@transaction.atomic
def settle_lead(lead_id: int, by: User, outcome: str, note: str, at: datetime, today: date) -> Lead:
    """Write down what a visit found. A confirmed doubt ends the award with the month unpaid next.

    Raises NoteMissing, WrongState (settled already, or not an outcome).
    """
    lead = Lead.objects.select_for_update().get(pk=lead_id)
    if lead.state != LeadState.OPEN or outcome not in OUTCOMES:
        raise WrongState(str(lead.get_state_display()))
    if not note.strip():
        raise NoteMissing
    lead.state, lead.note, lead.settled_by, lead.settled_at = outcome, note.strip(), by, at
    lead.save(update_fields=["state", "note", "settled_by", "settled_at"])
    if lead.kind == LeadKind.DOUBTFUL and outcome == LeadState.CONFIRMED:
        until = first_unpaid_month(lead, today)
        award = queries.award_of(lead, days.add_months(until, -1)) or queries.award_of(lead, until)
        if award is not None and (award.until is None or award.until > until):
            actions.end_award(award, until, at)
    return lead


@transaction.atomic
def settle_in_bulk(lead_ids: Sequence[int], by: User, note: str, at: datetime, today: date) -> int:
    """Confirm many doubts whose only reasons are death or age limit; returns how many.

    Raises NotInBulk where one has another reason: nothing is settled then. NoteMissing, WrongState.
    """
    found = Lead.objects.filter(pk__in=lead_ids).select_related("determination")
    others = sum(not may_settle_in_bulk(lead) for lead in found)
    if others:
        raise NotInBulk(others)
    for lead in found:
        settle_lead(lead.pk, by, LeadState.CONFIRMED, note, at, today)
    return len(found)


def may_settle_in_bulk(lead: Lead) -> bool:
    """Whether a doubt has no other reason than death or an age limit."""
    decided = lead.determination
    chapters = queries.book_of(decided.revision_id).chapters
    chapter = next((c for c in chapters if c.code == lead.benefit), None)
    verdicts = read_reasons(chapter, decided.reasons) if chapter else {}
    unmet = {code for code, verdict in verdicts.items() if verdict == "unmet"}
    return lead.kind == LeadKind.DOUBTFUL and bool(unmet) and unmet <= IN_BULK


def first_unpaid_month(lead: Lead, today: date) -> date:
    """The first day of this month, or of the month after the last one paid where that is later."""
    this_month = today.replace(day=1)
    last = queries.last_paid_run(lead.last_run.place_id)
    return max(this_month, days.add_months(last.month, 1)) if last else this_month
