"""回访: whom to call because they did not rate an answer, by due moment; what came of each call."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.cases.actions import By
from guanjia.cases.errors import CaseError
from guanjia.cases.models import Case, State
from guanjia.concerns.answered import calling
from guanjia.concerns.answered.calling import Said
from guanjia.concerns.answered.forms import CallFilter, CallForm
from guanjia.concerns.matters import showing
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.matters.looking import look_at
from guanjia.concerns.tables.public import MOST_CALLS
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate, lists
from guanjia.staff.roles import May

ANSWERS = {"yes": True, "no": False, "": None}


@require_safe
@gate.may(May.HANDLE_CASES)
def callbacks(request: HttpRequest) -> HttpResponse:
    """Those who have not said what they think of an answer, the soonest due first."""
    form = CallFilter(request.GET)
    if not form.is_valid():
        raise BadRequest("filter")
    own = not form.cleaned_data["desk"]
    asked = {"desk": form.cleaned_data["desk"]}
    seen = lists.sight(request, "callbacks", calling.COLUMNS, calling.SOONEST, asked)
    rows = calling.waiting(gate.post_of(request).place_id, own)
    found, mark = lists.page(rows, seen, calling.PAGE)
    known, at, names = the_brand(), clock.now(), places.names(c.place_id for c in found)
    shown = {
        "form": form,
        "list": seen,
        "rows": [
            {
                "case": case,
                "category": showing.category(case.concern, known),
                "ends": showing.ends_of(case),
                "late": case.due_at is not None and case.due_at < at,
                "place": people_words.place_words(case.place_id, names),
            }
            for case in found
        ],
        "most": MOST_CALLS,
        "next_url": seen.next_url(mark),
    }
    return render(request, "concerns/callbacks.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.HANDLE_CASES)
def callback(request: HttpRequest, number: int) -> HttpResponse:
    """One call: what was asked and answered, the calls so far, and what came of this one."""
    case = look_at(request, number)
    if request.method != "POST":
        return _page(request, case, CallForm(initial={"step": case.step}))
    form = CallForm(request.POST)
    if not form.is_valid():
        if "step" in form.errors:
            raise BadRequest("step")
        return _page(request, case, form, 400)
    said = form.cleaned_data
    spoken = Said(
        said["reached"] == "yes",
        ANSWERS[said["solved"]],
        ANSWERS[said["satisfied"]],
        said["note"],
    )
    by = By(gate.user_of(request), gate.post_of(request))
    last = said["reached"] == "never"
    try:
        closed = calling.record(
            case, said["step"], spoken, by, the_promises(), clock.now(), last=last
        )
    except (CaseError, IntegrityError) as refused:
        words = str(refused) if isinstance(refused, CaseError) else _("这一次刚刚有人记过了。")
        messages.error(request, words)
        return redirect("callback", number)
    messages.success(
        request, _("已记下，这件事办结。") if closed else _("已记下，请过些时候再打。")
    )
    below = case.desk_id != gate.post_of(request).place_id
    return redirect(f"{reverse('callbacks')}{'?desk=all' if below else ''}")


def _page(request: HttpRequest, case: Case, form: CallForm, status: int = 200) -> HttpResponse:
    names = places.names([case.place_id])
    shown: dict[str, Any] = {
        "case": case,
        "concern": case.concern,
        "category": showing.category(case.concern, the_brand()),
        "where": people_words.place_words(case.place_id, names),
        "answer": showing.answer(case),
        "calls": calling.of_round(case),
        "most": MOST_CALLS,
        "form": form,
        "waits": case.state == State.ANSWERED,
    }
    return render(request, "concerns/callback.html", shown, status=status)
