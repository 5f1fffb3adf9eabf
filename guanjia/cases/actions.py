"""The only writer of cases. Each verb is one transaction with its event; of two who make one move, one does.

A move names the step that its maker saw; the first to take that step makes it. Clocks are begun
before others are met, so that no moment passes in which an open case is due at no time. What is
done with a leading case is done with every case that was merged into it.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guanjia.cases import effects, queries
from guanjia.cases.calendar import DAY
from guanjia.cases.errors import (
    CaseError,
    Missing,
    MovedMeanwhile,
    NotNow,
    NotYours,
    RatedAlready,
    ReturnedEnough,
)
from guanjia.cases.models import Beat, Case, Clock, Rating
from guanjia.cases.promises import Promises
from guanjia.cases.records import ASKER, NOTHING, By, Doing, Given, NewCase, end_of
from guanjia.cases.workflow import (
    CLOSED,
    FINISH,
    HANDLING,
    NEW,
    NOTE,
    REASON,
    RECEIVED,
    TO_CASE,
    TO_DESK,
    UNTIL,
    Move,
    NoSuchMove,
    Workflow,
)
from guanjia.cases.writing import start, tell, write_aside, write_event

__all__ = [
    "ASKER",
    "NOTHING",
    "By",
    "Given",
    "NewCase",
    "beat",
    "end_of",
    "escalate",
    "make",
    "merge",
    "open_case",
    "rate",
    "refusal",
]
RAISED = 3  # the level at which the desk above takes over
FOLLOWED = frozenset(
    {"accept", "answer", "decline", "transfer", "return", "assign", "pause", "resume"}
)


@transaction.atomic
def open_case(work: Workflow, promises: Promises, new: NewCase, by: By, at: datetime) -> Case:
    """Open a case with its first clocks. Raises IntegrityError where its key was used before."""
    move = work.move("open", NEW)
    promises.named(new.promise)
    case = Case.objects.create(
        kind=work.kind,
        state=move.to,
        place_id=new.place,
        desk_id=new.desk,
        track=new.track,
        promise=new.promise,
        opened_at=at,
        begun_at=at,
        due_at=promises.due(move.starts[0], at).at,
    )
    start(case, 1, move.starts, promises, at)
    case.refresh_from_db(fields=["due_at"])
    tell(case, write_event(case, move, Doing(promises, by, at), step=0, round_=1))
    return case


@transaction.atomic
def make(
    work: Workflow,
    promises: Promises,
    case_id: int,
    seen: int,
    verb: str,
    by: By,
    at: datetime,
    given: Given = NOTHING,
) -> Case:
    """Make one move with a case of which its maker saw the step `seen`.

    Raises Case.DoesNotExist, NotNow, NotYours, Missing, ReturnedEnough, TooLate, MovedMeanwhile.
    """
    case = Case.objects.get(pk=case_id)
    if case.step != seen:
        raise MovedMeanwhile
    move = _allowed(work, case, verb, by)
    _refuse_incomplete(move, given, at)
    if not Case.objects.filter(pk=case_id, step=seen).update(step=F("step") + 1):
        raise MovedMeanwhile
    doing = Doing(promises, by, at, given)
    _carry_out(case, move, doing)
    case.refresh_from_db()
    if verb in FOLLOWED:
        _follow(case, move, doing)
    return case


@transaction.atomic
def merge(
    work: Workflow, promises: Promises, case_id: int, seen: int, by: By, at: datetime, given: Given
) -> Case:
    """Merge a case into the leading one; one that the leading case is ahead of is accepted first.

    Raises as `make`, and NotOneMatter.
    """
    pair = Case.objects.select_for_update(no_key=True).filter(
        pk__in=(case_id, given.into or case_id)
    )
    list(pair.order_by("pk"))  # two who merge crosswise wait for each other
    case = Case.objects.get(pk=case_id)
    if case.step != seen:
        raise MovedMeanwhile
    _refuse_incomplete(_allowed(work, case, "merge", by), given, at)
    leading = effects.leading_for(case, Doing(promises, by, at, given))
    if (case.state, leading.state) == (RECEIVED, HANDLING):
        seen = make(work, promises, case_id, seen, "accept", by, at).step
    return make(work, promises, case_id, seen, "merge", by, at, given)


@transaction.atomic
def rate(
    work: Workflow,
    promises: Promises,
    case: Case,
    seen: int,
    at: datetime,
    *,
    solved: bool,
    satisfied: bool,
    why: str = "",
) -> Case:
    """Keep what the asker says of the answer, and close the case. Raises RatedAlready, and as `make`."""
    if Rating.objects.filter(case=case, round=case.round).exists():
        raise RatedAlready
    rated = make(work, promises, case.pk, seen, "rate", ASKER, at)
    Rating.objects.create(
        case=case, round=rated.round, solved=solved, satisfied=satisfied, why=why.strip(), at=at
    )
    return rated


@transaction.atomic
def escalate(case: Case, promises: Promises, at: datetime) -> bool:
    """One step up for a late case, where its moment has come. Of two sweeps one does it: True there.

    At the last step the desk above has it, with all that was merged into it; a merged one stays.
    """
    step = promises.steps_up(case.level, case.due_at, at) if case.due_at else None
    if step is None:
        return False
    goes_up = step.level == RAISED and case.merged_into_id is None
    raised = {"desk_id": effects.above(case.desk_id)} if goes_up else {}
    same = queries.late(at).filter(pk=case.pk, level=case.level, due_at=case.due_at)
    if not same.update(level=step.level, step=F("step") + 1, **raised):
        return False
    case.refresh_from_db()
    if goes_up:
        case.voices.filter(answered_at=None).update(desk_id=case.desk_id)
    tell(case, write_aside(case, "escalate", at, str(step.level)))
    return True


def beat(name: str, at: datetime) -> None:
    """A job that must not stop ran to its end."""
    Beat.objects.update_or_create(name=name, defaults={"at": at})


def refusal(work: Workflow, case: Case, verb: str, by: By) -> CaseError | None:
    """Why a move may not be made with a case now, before what it needs is looked at; None where it may."""
    try:
        _allowed(work, case, verb, by)
    except CaseError as refused:
        return refused
    return None


def _allowed(work: Workflow, case: Case, verb: str, by: By) -> Move:
    try:
        move = work.move(verb, case.state)
    except NoSuchMove:
        raise NotNow(str(case.get_state_display())) from None
    who = by.standing(case)
    if not move.who & who:
        raise NotYours
    if move not in queries.lawful(work, case, who):
        if queries.follows(case) or verb == "split":
            raise NotNow(
                str(_("随主件办理") if queries.follows(case) else case.get_state_display())
            )
        raise ReturnedEnough
    return move


def _refuse_incomplete(move: Move, given: Given, at: datetime) -> None:
    there = {
        NOTE: bool(given.note.strip()),
        REASON: given.reason in move.reasons,
        TO_DESK: bool(given.desk),
        UNTIL: given.until is not None and end_of(given.until) > at + DAY,
        TO_CASE: given.into is not None,
    }
    lacking = next((need for need in move.needs if not there[need]), None)
    if lacking:
        raise Missing(lacking)


def _carry_out(case: Case, move: Move, doing: Doing, effect: effects.Effect | None = None) -> None:
    """Write the event, begin clocks, change the case, stop clocks: in that order."""
    at, again = doing.at, move.verb == "reopen"
    round_ = case.round + again
    changes: dict[str, Any] = {"state": move.to or case.state}
    changes |= effects.afresh(case, at) if again else {}
    changes |= {"answered_at": at} if move.answers else {}
    if move.verb == "accept" and case.first_desk_id is None:
        changes["first_desk_id"] = case.desk_id
    changes |= {"closed_at": case.closed_at or at} if move.to == CLOSED else {}
    effect = effect or effects.EFFECTS.get(move.verb)
    changes |= effect(case, doing) if effect else {}
    desk = changes.get("desk_id", case.desk_id)
    tell(case, write_event(case, move, doing, step=case.step + 1, round_=round_, desk=desk))
    start(case, round_, move.starts, doing.promises, at)
    if move.verb == "extend":  # after its event: no clock is extended without a reason
        later = effects.extended(doing.promises, doing.given)
        unsure = effects.unpublished(doing.promises, later)
        Clock.objects.filter(case=case, round=round_, kind=FINISH).update(
            extended_at=at, due_at=later, provisional=unsure
        )
    if move.to == CLOSED:
        changes["due_at"] = None
    else:
        changes.setdefault("due_at", queries.earliest(case.pk, round_))
    Case.objects.filter(pk=case.pk).update(**changes)
    met = Clock.objects.filter(case=case, round=case.round, kind__in=move.meets, met_at=None)
    met.update(met_at=at)


def _follow(leading: Case, move: Move, doing: Doing) -> None:
    """Every case that was merged into this one goes its way; its asker hears it in the same words."""
    moved = {"desk_id": leading.desk_id}
    away = (lambda _case, _doing: moved) if move.verb in queries.MOVES_AWAY else None
    for voice in leading.voices.filter(answered_at=None):
        Case.objects.filter(pk=voice.pk).update(step=F("step") + 1)
        _carry_out(voice, move, doing, away)
