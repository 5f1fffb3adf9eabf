"""The only writer of cases. Each verb is one transaction with its event; of two who make one move, one does.

A move names the step that its maker saw; the first to take that step makes it. Clocks are begun
before others are met, so that no moment passes in which an open case is due at no time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import F

from guanjia.cases import queries
from guanjia.cases.calendar import DAY
from guanjia.cases.errors import (
    Missing,
    MovedMeanwhile,
    NotNow,
    NotYours,
    RatedAlready,
    ReturnedEnough,
    TooLate,
)
from guanjia.cases.models import Addressee, Case, Clock, Event, Notice, Rating, Who
from guanjia.cases.promises import Promises
from guanjia.cases.workflow import (
    CLOSED,
    FINISH,
    MOST_RETURNS,
    NEW,
    NOTE,
    REASON,
    RESIDENT,
    TO_DESK,
    UNTIL,
    Move,
    NoSuchMove,
    Workflow,
)
from guanjia.kit.days import SHANGHAI
from guanjia.staff.models import Post, User

TELLS_ASKER = frozenset({"accept", "answer", "decline", "pause", "extend"})
TELLS_DESK = frozenset({"open", "transfer", "return", "assign", "reopen", "escalate"})
RAISED = 3  # the level at which the desk above takes over


@dataclass(frozen=True, slots=True)
class By:
    """Who makes a move: a user in a post, or the asker."""

    user: User | None = None
    post: Post | None = None

    @property
    def who(self) -> Who:
        """On which side of the desk."""
        return Who.RESIDENT if self.user is None else Who.STAFF

    def standing(self, case: Case) -> frozenset[str]:
        """What they are to the case."""
        return frozenset({RESIDENT}) if self.post is None else queries.standing(self.post, case)


ASKER = By()


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a move: words, a reason from the list, the place whose desk is to have it, a day."""

    note: str = ""
    reason: str = ""
    desk: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be opened: where it stands, whose desk has it, its asker's key, its promise."""

    place: str
    desk: str
    track: str
    promise: str


NOTHING = Given()


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
    _start(case, 1, move.starts, promises, at)
    case.refresh_from_db(fields=["due_at"])
    _tell(case, _event(case, move, by, at, NOTHING, step=0, round_=1))
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
    _carry_out(case, move, promises, by, at, given)
    if move.answers:
        _answer_voices(case, move, promises, by, at, given)
    case.refresh_from_db()
    return case


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
    """One step up for a late case, where its moment has come. Of two sweeps one does it: True there."""
    step = promises.steps_up(case.level, case.due_at, at) if case.due_at else None
    if step is None:
        return False
    raised = {"desk_id": _above(case.desk_id)} if step.level == RAISED else {}
    same = queries.late(at).filter(pk=case.pk, level=case.level, due_at=case.due_at)
    if not same.update(level=step.level, step=F("step") + 1, **raised):
        return False
    case.refresh_from_db()
    event = Event.objects.create(
        case=case,
        step=case.step,
        round=case.round,
        at=at,
        verb="escalate",
        who=Who.SWEEP,
        was=case.state,
        became=case.state,
        desk_id=case.desk_id,
        reason=str(step.level),
    )
    _tell(case, event)
    return True


def end_of(on: date) -> datetime:
    """24:00 of a day in the city."""
    return datetime.combine(on + DAY, time(), SHANGHAI)


def _allowed(work: Workflow, case: Case, verb: str, by: By) -> Move:
    try:
        move = work.move(verb, case.state)
    except NoSuchMove:
        raise NotNow(str(case.get_state_display())) from None
    who = by.standing(case)
    if not move.who & who:
        raise NotYours
    if move not in queries.lawful(work, case, who):
        raise ReturnedEnough
    return move


def _refuse_incomplete(move: Move, given: Given, at: datetime) -> None:
    there = {
        NOTE: bool(given.note.strip()),
        REASON: given.reason in move.reasons,
        TO_DESK: bool(given.desk),
        UNTIL: given.until is not None and end_of(given.until) > at + DAY,
    }
    lacking = next((need for need in move.needs if not there[need]), None)
    if lacking:
        raise Missing(lacking)


def _carry_out(
    case: Case, move: Move, promises: Promises, by: By, at: datetime, given: Given
) -> None:
    """Write the event, begin clocks, change the case, stop clocks: in that order."""
    again = move.verb == "reopen"
    round_ = case.round + again
    changes: dict[str, Any] = {"state": move.to or case.state}
    changes |= _afresh(case, at) if again else {}
    changes |= {"answered_at": at} if move.answers else {}
    changes |= {"closed_at": case.closed_at or at} if move.to == CLOSED else {}
    effect = EFFECTS.get(move.verb)
    changes |= effect(case, promises, at, given) if effect else {}
    desk = changes.get("desk_id", case.desk_id)
    _tell(case, _event(case, move, by, at, given, step=case.step + 1, round_=round_, desk=desk))
    _start(case, round_, move.starts, promises, at)
    if move.verb == "extend":  # after its event: no clock is extended without a reason
        Clock.objects.filter(case=case, round=round_, kind=FINISH).update(
            extended_at=at, due_at=_extended(promises, given)
        )
    if move.to == CLOSED:
        changes["due_at"] = None
    else:
        changes.setdefault("due_at", queries.earliest(case.pk, round_))
    Case.objects.filter(pk=case.pk).update(**changes)
    met = Clock.objects.filter(case=case, round=case.round, kind__in=move.meets, met_at=None)
    met.update(met_at=at)


def _answer_voices(
    case: Case, move: Move, promises: Promises, by: By, at: datetime, given: Given
) -> None:
    """Every case that was merged into this one is answered with it, in the same words."""
    for voice in case.voices.filter(answered_at=None):
        Case.objects.filter(pk=voice.pk).update(step=F("step") + 1)
        _carry_out(voice, move, promises, by, at, given)


def _afresh(case: Case, at: datetime) -> dict[str, Any]:
    return {
        "round": case.round + 1,
        "begun_at": at,
        "answered_at": None,
        "closed_at": None,
        "returns": 0,
        "assigned_at": None,
        "level": 0,
    }


def _transfer(_case: Case, _promises: Promises, _at: datetime, given: Given) -> dict[str, Any]:
    return {"desk_id": given.desk}


def _assign(_case: Case, _promises: Promises, at: datetime, given: Given) -> dict[str, Any]:
    return {"desk_id": given.desk, "assigned_at": at}


def _return(case: Case, _promises: Promises, _at: datetime, _given: Given) -> dict[str, Any]:
    """To the desk above; the last time to the backstop, which must decide."""
    last = case.returns + 1 == MOST_RETURNS
    desk = case.place_id[: queries.CITY] if last else _above(case.desk_id)
    return {"returns": case.returns + 1, "desk_id": desk}


def _pause(case: Case, _promises: Promises, at: datetime, given: Given) -> dict[str, Any]:
    assert given.until is not None  # the move needs it
    look = end_of(given.until)
    running = Clock.objects.filter(case=case, round=case.round, met_at=None)
    running.update(paused_since=at)
    return {"look_again_at": look, "due_at": look}


def _resume(case: Case, promises: Promises, at: datetime, _given: Given) -> dict[str, Any]:
    for one in Clock.objects.filter(case=case, round=case.round, paused_since__isnull=False):
        assert one.paused_since is not None
        one.due_at = promises.resumed(one.period, one.due_at, one.paused_since, at)
        one.paused_since = None
        one.save(update_fields=["due_at", "paused_since"])
    return {"look_again_at": None}


def _extend(case: Case, promises: Promises, at: datetime, given: Given) -> dict[str, Any]:
    """The finishing clock alone, once a round, before it ends, to the end of a working day."""
    one = Clock.objects.get(case=case, round=case.round, kind=FINISH)
    later = _extended(promises, given)
    if one.met_at or one.extended_at or at >= one.due_at or later <= one.due_at:
        raise TooLate
    return {}


def _extended(promises: Promises, given: Given) -> datetime:
    assert given.until is not None  # the move needs it
    return end_of(promises.days.next_working(given.until))


EFFECTS: dict[str, Callable[[Case, Promises, datetime, Given], dict[str, Any]]] = {
    "transfer": _transfer,
    "assign": _assign,
    "return": _return,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
}


def _start(
    case: Case, round_: int, kinds: tuple[str, ...], promises: Promises, at: datetime
) -> None:
    """Begin clocks that the round has not yet; the finishing one by the case's own promise."""
    begun = set(Clock.objects.filter(case=case, round=round_).values_list("kind", flat=True))
    for kind in kinds:
        if kind in begun:
            continue
        promise = promises.named(case.promise if kind == FINISH else kind)
        due = promises.due(promise.code, at)
        Clock.objects.create(
            case=case,
            kind=kind,
            round=round_,
            started_at=at,
            due_at=due.at,
            provisional=due.provisional,
            period=promise.period,
            law=promise.law,
            status=promise.status,
            promise=promise.code,
        )


def _event(
    case: Case,
    move: Move,
    by: By,
    at: datetime,
    given: Given,
    *,
    step: int,
    round_: int,
    desk: str = "",
) -> Event:
    return Event.objects.create(
        case=case,
        step=step,
        round=round_,
        at=at,
        verb=move.verb,
        who=by.who,
        by=by.user,
        was=case.state if step else NEW,
        became=move.to or case.state,
        desk_id=desk or case.desk_id,
        reason=given.reason if REASON in move.needs else "",
        note=given.note.strip(),
    )


def _tell(case: Case, event: Event) -> None:
    told = [(Addressee.RESIDENT, TELLS_ASKER), (Addressee.DESK, TELLS_DESK)]
    for addressee, verbs in told:
        if event.verb in verbs:
            Notice.objects.create(event=event, case=case, addressee=addressee)


def _above(desk: str) -> str:
    """The place one level up; the city has none above it."""
    return desk if len(desk) <= queries.CITY else desk[:-3]
