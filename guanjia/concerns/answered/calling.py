"""Calls to those who did not rate an answer: who is to be called, what came of it. The only writer of calls.

Three attempts; who is not reached, or says nothing, stays unanswered in every rate.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.cases import actions as cases
from guanjia.cases.actions import By, Given
from guanjia.cases.models import Case, State
from guanjia.cases.promises import Promises
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.concerns.tables.public import MOST_CALLS, Call
from guanjia.kit import scope
from guanjia.staff.lists import Column

PAGE = 50
COLUMNS = (
    Column("what", gettext_lazy("事项"), fixed=True),
    Column("due", gettext_lazy("最迟回访"), by="due_at", kind="moment", nullable=True, fixed=True),
    Column("place", gettext_lazy("地方"), by="place_id"),
    Column("answered", gettext_lazy("答复于"), by="answered_at", kind="moment", nullable=True),
    Column("calls", gettext_lazy("打过几次"), fixed=True),
)
SOONEST = Column("soonest", gettext_lazy("最迟回访"), by="due_at", kind="moment", unseen=True)


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a call; solved and satisfied are None where nothing was said."""

    reached: bool
    solved: bool | None = None
    satisfied: bool | None = None
    note: str = ""


def waiting(place: str, own: bool) -> QuerySet[Case]:
    """Answered matters of a desk, or of all below it, whose askers have not said what they think."""
    found = Case.objects.filter(state=State.ANSWERED, closed_at=None)
    low, high = scope.place_range(place)
    found = found.filter(desk=place) if own else found.filter(desk__gte=low, desk__lt=high)
    tried = Count("calls", filter=Q(calls__round=F("round")))
    return found.select_related("concern").annotate(tried=tried)


def of_round(case: Case) -> list[Call]:
    """The calls of the round, the first first."""
    return list(Call.objects.select_related("by").filter(case=case, round=case.round))


@transaction.atomic
def record(
    case: Case, seen: int, said: Said, by: By, promises: Promises, at: datetime, last: bool = False
) -> bool:
    """Keep a call; the last attempt, or one that was answered, closes the matter: True there.

    `last`: there is no use in calling again. Raises what `make` raises, IntegrityError for a second
    call of one number.
    """
    assert by.user is not None  # staff alone call
    number = Call.objects.filter(case=case, round=case.round).count() + 1
    Call.objects.create(
        **{"case": case, "round": case.round, "number": number, "at": at, "by": by.user},
        reached=said.reached,
        solved=said.solved,
        satisfied=said.satisfied,
        note=said.note.strip(),
    )
    if not said.reached and number < MOST_CALLS and not last:
        return False
    given = Given(note=said.note.strip() or _("电话回访"), reason=_reason(said))
    cases.make(CONCERN, promises, case.pk, seen, "close", by, at, given)
    return True


def _reason(said: Said) -> str:
    if said.satisfied is None:
        return "unreached"
    return "visited_satisfied" if said.satisfied and said.solved else "visited_unsatisfied"
