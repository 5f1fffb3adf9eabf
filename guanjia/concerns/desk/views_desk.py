"""The desk's side of one case: what was asked, by whom, and everything that may be done next."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases import actions as cases
from guanjia.cases import attaching, storing
from guanjia.cases import queries as case_queries
from guanjia.cases import words as case_words
from guanjia.cases.actions import By, Given
from guanjia.cases.errors import CaseError
from guanjia.cases.judging import BadFile
from guanjia.cases.models import Case, Who
from guanjia.cases.workflow import DESK, Move
from guanjia.concerns.desk.asker import asker_of
from guanjia.concerns.desk.forms import MakeMove
from guanjia.concerns.matters import looking, queries, showing, uploads
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.staff.roles import May


@dataclass(frozen=True, slots=True)
class MoveShown:
    """One move that may be made now: its form, in words."""

    move: Move
    label: Promise
    reasons: list[tuple[str, Promise]]
    desks: list[tuple[str, str]]


@require_safe
@gate.may(May.HANDLE_CASES)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One case: what was asked, its clocks and why, its timeline, what may be done next."""
    return _page(request, looking.look_at(request, number), {})


@require_POST
@gate.may(May.HANDLE_CASES)
def move(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Make one move; what was typed stays where it is refused."""
    if verb == "close":
        return redirect("callback", number)
    case, post = looking.look_at(request, number), gate.post_of(request)
    desks = [(place.code, str(place)) for place in queries.desks_for(post, case)]
    form = MakeMove(request.POST, desks=desks)
    if not form.is_valid():
        if "step" in form.errors:
            raise BadRequest("step")
        return _page(request, case, _typed(request, verb, _("请检查填写的内容。")), 400)
    said = form.cleaned_data
    given = Given(said["note"], said["reason"], said["desk"], said["until"], said["into"])
    by = By(gate.user_of(request), post)
    try:
        with transaction.atomic():
            _carry_out(request, number, said["step"], verb, by, given)
    except (CaseError, BadFile) as refused:
        return _page(request, looking.whole(number), _typed(request, verb, str(refused)), 409)
    messages.success(request, _("已办：%(move)s。") % {"move": case_words.MOVES[verb]})
    return redirect("inbox_case", number)


def _carry_out(
    request: HttpRequest, number: int, seen: int, verb: str, by: By, given: Given
) -> None:
    """The move, with the files that came along. Raises CaseError, BadFile."""
    at, files = clock.now(), uploads.taken(request)
    try:
        if verb == "merge":
            made = cases.merge(CONCERN, the_promises(), number, seen, by, at, given)
        else:
            made = cases.make(CONCERN, the_promises(), number, seen, verb, by, at, given)
        if files:
            event = made.events.get(step=made.step)
            attaching.attach(made, files, Who.STAFF, at, event)
    except (CaseError, BadFile):
        storing.drop(files)
        raise


def _typed(request: HttpRequest, verb: str, why: str) -> dict[str, Any]:
    kept = {
        name: request.POST.get(name, "") for name in ("note", "reason", "desk", "until", "into")
    }
    return {"refused": why, "verb": verb, "kept": kept}


def _page(
    request: HttpRequest, case: Case, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    known, at, concern = the_brand(), clock.now(), case.concern
    events = list(case.events.all())
    codes = [case.place_id, case.desk_id, case.first_desk_id or "", *(e.desk_id for e in events)]
    names = places.names(codes)
    shown = more | {
        "case": case,
        "concern": concern,
        "category": showing.category(concern, known),
        "dropped": showing.dropped(concern, known),
        "channel": known.channels.get(concern.channel, concern.channel),
        "where": people_words.place_words(case.place_id, names),
        "desk": showing.desk(case.desk_id, names),
        "first_desk": showing.desk(case.first_desk_id, names) if case.first_desk_id else "",
        "may_call": DESK in case_queries.standing(gate.post_of(request), case),
        "clocks": showing.clocks(case, the_promises(), at),
        "events": showing.for_desk(events, names),
        "moves": _moves(request, case),
        "level": case_words.LEVELS.get(case.level, ""),
        "files": showing.files(case),
        "asker": asker_of(case, names),
    }
    return render(request, "concerns/one.html", shown, status=status)


def _moves(request: HttpRequest, case: Case) -> list[MoveShown]:
    post = gate.post_of(request)
    who = case_queries.standing(post, case)
    # Closing goes with a call, which keeps what its asker said.
    found = [m for m in case_queries.lawful(CONCERN, case, who) if m.verb != "close"]
    met = {c.kind for c in case.clocks.all() if c.round == case.round and c.met_at}
    found.sort(
        key=lambda m: m.verb == "contact" and set(m.meets) <= met
    )  # done once: no longer first
    goes = any("desk" in m.needs for m in found)
    desks = [(p.code, str(p)) for p in queries.desks_for(post, case)] if goes else []
    return [
        MoveShown(
            m,
            case_words.MOVES[m.verb],
            [(code, case_words.REASONS[code]) for code in m.reasons],
            desks if "desk" in m.needs else [],
        )
        for m in found
    ]
