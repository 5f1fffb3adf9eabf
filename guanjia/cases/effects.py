"""What a move changes of its case beyond its state: desk, pause, extension, merger. Called by the verbs alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from guanjia.cases import queries
from guanjia.cases.errors import Missing, NotNow, NotOneMatter, NotYours, TooLate
from guanjia.cases.models import Case, Clock
from guanjia.cases.promises import Promises
from guanjia.cases.records import Doing, Given, end_of
from guanjia.cases.workflow import DESK, FINISH, HANDLING, MOST_RETURNS, RECEIVED, TO_CASE

Effect = Callable[[Case, Doing], dict[str, Any]]


def afresh(case: Case, at: datetime) -> dict[str, Any]:
    """A new round; who is not content with an answer to many stands alone again."""
    return {
        "round": case.round + 1,
        "begun_at": at,
        "answered_at": None,
        "closed_at": None,
        "returns": 0,
        "assigned_at": None,
        "level": 0,
        "merged_into_id": None,
    }


def extended(promises: Promises, given: Given) -> datetime:
    """The moment to which a clock is extended: the end of a working day."""
    assert given.until is not None  # the move needs it
    return end_of(promises.days.next_working(given.until))


def unpublished(promises: Promises, due_at: datetime) -> bool:
    """Whether a moment lies in a year whose calendar is not known yet."""
    return not promises.days.published(queries.moment(due_at).day)


def above(desk: str) -> str:
    """The place one level up; the city has none above it."""
    return desk if len(desk) <= queries.CITY else desk[:-3]


def _transfer(_case: Case, doing: Doing) -> dict[str, Any]:
    return {"desk_id": doing.given.desk}


def _assign(_case: Case, doing: Doing) -> dict[str, Any]:
    return {"desk_id": doing.given.desk, "assigned_at": doing.at}


def _return(case: Case, _doing: Doing) -> dict[str, Any]:
    """To the desk above; the last time to the backstop, which must decide."""
    last = case.returns + 1 == MOST_RETURNS
    desk = case.place_id[: queries.CITY] if last else above(case.desk_id)
    return {"returns": case.returns + 1, "desk_id": desk}


def _pause(case: Case, doing: Doing) -> dict[str, Any]:
    assert doing.given.until is not None  # the move needs it
    look = end_of(doing.given.until)
    running = Clock.objects.filter(case=case, round=case.round, met_at=None)
    running.update(paused_since=doing.at)
    return {"look_again_at": look, "due_at": look}


def _resume(case: Case, doing: Doing) -> dict[str, Any]:
    for one in Clock.objects.filter(case=case, round=case.round, paused_since__isnull=False):
        assert one.paused_since is not None
        one.due_at = doing.promises.resumed(one.period, one.due_at, one.paused_since, doing.at)
        one.paused_since = None
        one.provisional = one.provisional or unpublished(doing.promises, one.due_at)
        one.save(update_fields=["due_at", "paused_since", "provisional"])
    return {"look_again_at": None}


def _extend(case: Case, doing: Doing) -> dict[str, Any]:
    """The finishing clock alone, once a round, before it ends, to the end of a working day."""
    one = Clock.objects.get(case=case, round=case.round, kind=FINISH)
    later = extended(doing.promises, doing.given)
    if one.met_at or one.extended_at or doing.at >= one.due_at or later <= one.due_at:
        raise TooLate
    return {}


def _merge(case: Case, doing: Doing) -> dict[str, Any]:
    """Into a case that is open, leads, and lies within reach of the same desk."""
    leading = leading_for(case, doing)
    return {"merged_into_id": leading.pk, "desk_id": leading.desk_id}


def leading_for(case: Case, doing: Doing) -> Case:
    """The case that this one joins, as far as it may. Raises Missing, NotOneMatter, NotNow, NotYours."""
    found = Case.objects.select_for_update(no_key=True)  # nobody answers it meanwhile
    leading = found.filter(pk=doing.given.into or 0, kind=case.kind).first()
    if leading is None:
        raise Missing(TO_CASE)
    if leading.pk == case.pk or leading.merged_into_id or case.voices.exists():
        raise NotOneMatter
    if leading.state not in (RECEIVED, HANDLING):
        raise NotNow(str(leading.get_state_display()))
    if DESK not in doing.by.standing(leading):
        raise NotYours
    return leading


def _split(case: Case, _doing: Doing) -> dict[str, Any]:
    return {"merged_into_id": None, "due_at": case.due_at}


EFFECTS: dict[str, Effect] = {
    "transfer": _transfer,
    "assign": _assign,
    "return": _return,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "merge": _merge,
    "split": _split,
}
