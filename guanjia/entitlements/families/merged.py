"""A person whose file was merged into another: never decided, counted or paid under both."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from guanjia.entitlements.models import Award
from guanjia.people import merging
from guanjia.people.desk_models import Merge
from guanjia.people.errors import NotBelieved
from guanjia.people.models import Membership
from guanjia.policy.words import listed
from guanjia.staff.models import User


def approve(number: int, by: User, at: datetime, today: date) -> Merge:
    """Let a merge take force, once the file that goes holds no award. Raises DeskError."""

    def settled(merge: Merge) -> None:
        held = awards_in_force(merge.gone_id, today)
        if held:
            raise NotBelieved(
                _(
                    "并入的档案还有在享受的待遇：%(awards)s。请先停发，或改由保留的档案申请，再合并。"
                )
                % {"awards": listed(f"{a.benefit} {a.number}" for a in held)}
            )

    return merging.approve(number, by.pk, at, settled)


def awards_in_force(person: int, today: date) -> list[Award]:
    """Awards, believed now and not ended, of the person or of a household that is he alone."""
    held = Award.objects.filter(superseded_at__isnull=True)
    held = held.filter(Q(until__isnull=True) | Q(until__gt=today))
    lived = Membership.objects.filter(superseded_at__isnull=True, since__lte=today)
    lived = lived.filter(Q(until__isnull=True) | Q(until__gt=today))
    others = lived.filter(household=OuterRef("household")).exclude(person=person)
    alone = lived.filter(~Exists(others), person=person).values("household")
    return list(held.filter(Q(person=person) | Q(household__in=alone)).order_by("number"))
