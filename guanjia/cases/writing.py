"""What every move writes: its event, who must be told, the clocks that it begins. Called by the verbs alone."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from guanjia.cases import ways
from guanjia.cases.models import Addressee, Case, Clock, Event, Notice, Who
from guanjia.cases.promises import Promises
from guanjia.cases.records import Doing
from guanjia.cases.workflow import FINISH, NEW, REASON, TO_CASE, Move
from guanjia.staff.models import User

SEND = "cases.send_notices"
TELLS_ASKER = frozenset({"accept", "answer", "decline", "pause", "extend", "merge", "split"})
TELLS_DESK = frozenset({"open", "transfer", "return", "assign", "reopen", "escalate", "lift"})


def write_event(
    case: Case, move: Move, doing: Doing, *, step: int, round_: int, desk: str = ""
) -> Event:
    """One line of the timeline; a merger's reason is the number of the case that it joins."""
    given = doing.given
    reason = given.reason if REASON in move.needs else ""
    return Event.objects.create(
        case=case,
        step=step,
        round=round_,
        at=doing.at,
        verb=move.verb,
        who=doing.by.who,
        by=doing.by.user,
        was=case.state if step else NEW,
        became=move.to or case.state,
        desk_id=desk or case.desk_id,
        reason=str(given.into) if TO_CASE in move.needs else reason,
        note=given.note.strip(),
    )


def write_aside(
    case: Case,
    verb: str,
    at: datetime,
    reason: str = "",
    note: str = "",
    by: User | None = None,
) -> Event:
    """A line that moves no state, by somebody or by the sweep, for a case whose step was taken just now."""
    return Event.objects.create(
        case=case,
        step=case.step,
        round=case.round,
        at=at,
        verb=verb,
        who=Who.SWEEP if by is None else Who.STAFF,
        by=by,
        was=case.state,
        became=case.state,
        desk_id=case.desk_id,
        reason=reason,
        note=note,
    )


def tell(case: Case, event: Event) -> None:
    """Whom the event concerns, by the city's ways: once by each."""
    told = [(Addressee.RESIDENT, TELLS_ASKER), (Addressee.DESK, TELLS_DESK)]
    folder: Path = settings.GUANJIA_CITY
    known, goes_out = ways.load(folder), False
    for addressee, verbs in told:
        if event.verb not in verbs:
            continue
        for way in known.of.get(addressee, ()) or (ways.PAGE,):
            here = way in (ways.IN_APP, ways.PAGE)
            goes_out = goes_out or not here
            Notice.objects.create(
                event=event,
                case=case,
                addressee=addressee,
                way=way,
                desk=event.desk_id if addressee == Addressee.DESK else "",
                sent_at=event.at if here else None,
                next_at=None if here else event.at,
            )
    if goes_out:
        soon(SEND)


def soon(task: str) -> None:
    """A job that sends begins when this is committed; one that waits already will do."""
    try:
        with transaction.atomic():
            app.configure_task(task, queueing_lock=task).defer(timestamp=0)
    except AlreadyEnqueued:
        pass


def start(
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
