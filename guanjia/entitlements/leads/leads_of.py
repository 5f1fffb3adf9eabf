"""Open leads of one person and their household: what they may miss, or have and may not be owed."""

from dataclasses import dataclass

from django.db.models import Q

from guanjia.entitlements.models import Lead, LeadState

MOST = 10


@dataclass(frozen=True, slots=True)
class Missed:
    """One open lead: its number, its kind in words, the code of the benefit."""

    number: int
    kind: str
    benefit: str


def missed(person: int, household: int | None) -> list[Missed]:
    """The open leads within reach, the first first."""
    whose = Q(person=person)
    if household is not None:
        whose |= Q(household=household)
    found = Lead.objects.filter(whose, state=LeadState.OPEN).order_by("pk")[:MOST]
    return [Missed(one.pk, str(one.get_kind_display()), one.benefit) for one in found]
