"""A case whose desk nobody holds goes to the next one above that somebody does: none waits where nobody looks."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q

from guanjia.cases import queries
from guanjia.cases.effects import above
from guanjia.cases.models import Case, State
from guanjia.cases.writing import tell, write_aside
from guanjia.staff.models import Post
from guanjia.staff.roles import ROLES, May

WAITING = (State.RECEIVED, State.HANDLING)
HANDLERS = [role for role, may in ROLES.items() if May.HANDLE_CASES in may]


def manned(on: date) -> set[str]:
    """The places whose desk somebody holds on a day."""
    held = Post.objects.filter(role__in=HANDLERS, since__lte=on)
    return set(held.filter(Q(until=None) | Q(until__gt=on)).values_list("place", flat=True))


def left_alone(on: date, size: int = 500) -> Iterator[Case]:
    """Cases that wait for an answer at a desk without anybody, by number, read so many at a time."""
    waiting = Case.objects.filter(closed_at=None, state__in=WAITING, merged_into=None)
    desks = set(waiting.order_by().values_list("desk", flat=True).distinct()) - manned(on)
    after = 0
    found = waiting.filter(desk__in=desks)
    while desks and (batch := list(found.filter(pk__gt=after).order_by("pk")[:size])):
        yield from batch
        after = batch[-1].pk


@transaction.atomic
def lift(case: Case, held: set[str], at: datetime) -> bool:
    """Up to the first desk that somebody holds; where nobody holds one above, it stays. True where it moved."""
    desk = case.desk_id
    while desk not in held and len(desk) > queries.CITY:
        desk = above(desk)
    if desk == case.desk_id or desk not in held:
        return False
    same = Case.objects.filter(pk=case.pk, step=case.step, desk=case.desk_id)
    if not same.update(step=F("step") + 1, desk_id=desk):
        return False
    case.refresh_from_db()
    case.voices.filter(answered_at=None).update(desk_id=desk)
    tell(case, write_aside(case, "lift", at))
    return True
