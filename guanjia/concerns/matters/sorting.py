"""Putting a matter under a category and a policy, and on to the desk that is competent: the one writer of both."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guanjia.cases import actions as cases
from guanjia.cases.actions import By, Given
from guanjia.cases.models import Case, State
from guanjia.cases.promises import Promises
from guanjia.concerns.models import Sorting
from guanjia.concerns.rules.brand import Brand
from guanjia.concerns.rules.workflow import CONCERN

MAY_GO = (State.RECEIVED, State.HANDLING)


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a desk says that a matter is: its category and, where one covers it, its policy."""

    category: str
    policy: str = ""


def latest(case: Case) -> Sorting | None:
    """Under what the matter stands now; None where no desk has said so."""
    return Sorting.objects.filter(case=case).order_by("-pk").first()


@transaction.atomic
def sort(
    case: Case,
    said: Sorted,
    known: Brand,
    promises: Promises,
    by: By,
    at: datetime,
    *,
    why: str = "",
) -> Case:
    """Keep under what a matter stands; with `why`, send it to the desk that the table names.

    Raises what a transfer raises; then nothing is kept.
    """
    assert by.user is not None  # staff sort, askers do not
    assert by.post is not None
    put(case, said, known, by, at)
    desk = known.send(said.category, case.place_id, case.opened_at, said.policy).desk
    if not why or desk == case.desk_id or case.state not in MAY_GO:
        return case
    given = Given(note=why, desk=desk)
    return cases.make(CONCERN, promises, case.pk, case.step, "transfer", by, at, given)


def put(case: Case, said: Sorted, known: Brand, by: By, at: datetime) -> Sorting:
    """One more line of what a matter is. The department is that of the register at this time."""
    assert by.user is not None
    assert by.post is not None
    named = known.register.policies.get(said.policy)
    sent = known.send(said.category, case.place_id, case.opened_at, said.policy)
    return Sorting.objects.create(
        case=case,
        at=at,
        by=by.user,
        desk_id=by.post.place_id,
        category=said.category,
        policy=said.policy,
        department=sent.department or (named.department if named else ""),
    )
