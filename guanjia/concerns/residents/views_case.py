"""One's own matter: by its code, its slip, its timeline; whether the answer helped; done again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.cases import actions as cases
from guanjia.cases.actions import ASKER, Given
from guanjia.cases.errors import CaseError
from guanjia.concerns.keys import limits, opening, slowing
from guanjia.concerns.keys.opening import Opened, Ticket, held, own
from guanjia.concerns.matters import showing, tracking
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.residents import scanning
from guanjia.concerns.residents.forms import LookUp, Rate
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import clock, scope
from guanjia.people import seal
from guanjia.people import words as people_words
from guanjia.places import queries as places

LONGEST_TYPED = 40


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, number: int = 0) -> HttpResponse:
    """The timeline of one's own matter; or, without a ticket, where to type the code."""
    if request.method == "POST" and not number:
        return _look_up(request)
    found = held(request, number)
    if found is None and number:
        return opening.shut(number)
    if found is None:
        code = tracking.read(request.GET.get("code", "")[:LONGEST_TYPED])
        return render(request, "concerns/look_up.html", {"form": LookUp(initial={"code": code})})
    return _show(request, found, Rate())


@never_cache
@require_safe
@own
def slip(request: HttpRequest, found: Opened) -> HttpResponse:
    """What one takes along: the code, what happens next and until when; made to be printed."""
    page, ticket = _page(found), found.ticket
    page["mask"] = found.case.concern.phone_mask
    page["qr"] = scanning.look_up(request, ticket.code, bool(ticket.phone)) if ticket else ""
    return render(request, "concerns/slip.html", page)


@require_POST
@own
def rate(request: HttpRequest, found: Opened) -> HttpResponse:
    """Solved or not, satisfied or not, why."""
    form = Rate(request.POST)
    if not form.is_valid():
        return _show(request, found, form, 400)
    said = form.cleaned_data
    solved, satisfied = said["solved"] == "yes", said["satisfied"] == "yes"
    try:
        with scope.hold(found.eyes()):
            cases.rate(
                *(CONCERN, the_promises(), found.case, found.case.step, clock.now()),
                solved=solved,
                satisfied=satisfied,
                why=said["why"],
            )
    except CaseError as refused:
        messages.error(request, str(refused))
    else:
        thanks = (
            _("谢谢您告诉我们。")
            if solved and satisfied
            else _("记下了。要重新办理，点下面的按钮。")
        )
        messages.success(request, thanks)
    return redirect(found.door())


@require_POST
@own
def reopen(request: HttpRequest, found: Opened) -> HttpResponse:
    """One tap, and it is done again: a new round with new promises."""
    rated = next((r for r in found.case.ratings.all() if r.round == found.case.round), None)
    given = Given(note=(rated.why if rated else "") or _("还没有解决，请重新办理。"))
    try:
        with scope.hold(found.eyes()):
            seen = found.case.step
            cases.make(
                *(CONCERN, the_promises(), found.case.pk, seen, "reopen", ASKER, clock.now(), given)
            )
    except CaseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已经重新办理，期限从现在重新算起。"))
    return redirect(found.door())


@require_POST
def leave(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Forget the ticket on this device."""
    return opening.forget(redirect("case"))


def _look_up(request: HttpRequest) -> HttpResponse:
    """By code and phone. A wrong pair says nothing of which of the two is wrong, and has an end."""
    form = LookUp(request.POST)
    if not form.is_valid():
        return render(request, "concerns/look_up.html", {"form": form}, status=400)
    ticket = Ticket(tracking.read(form.cleaned_data["code"]), form.cleaned_data["phone"])
    tries = [("code-from", limits.address(request)), ("code-of", seal.keyed(ticket.code).hex())]
    if any(limits.spent(what, whose, limits.WRONG_CODES) for what, whose in tries):
        return slowing.slow(request)
    if opening.by_ticket(ticket) is None:
        for what, whose in tries:
            limits.spend(what, whose, limits.WRONG_WITHIN)
        form.add_error(None, _("没有找到。请核对查询码和电话；当时没有留电话的，电话空着。"))
        return render(request, "concerns/look_up.html", {"form": form}, status=404)
    return opening.remember(redirect("case"), ticket)


def _show(request: HttpRequest, found: Opened, form: Rate, status: int = 200) -> HttpResponse:
    page = _page(found) | {"form": form}
    return render(request, "concerns/case.html", page, status=status)


def _page(found: Opened) -> dict[str, Any]:
    """What the asker's pages show of a case."""
    known, at, its_case = the_brand(), clock.now(), found.case
    codes = [its_case.place_id, its_case.desk_id]
    names = places.names(codes)
    shown = showing.clocks(its_case, the_promises(), at, for_asker=True)
    rating = next((r for r in its_case.ratings.all() if r.round == its_case.round), None)
    return {
        "case": its_case,
        "ticket": found.ticket,
        "number": found.number,
        "doors": found.doors,
        "stands": showing.stands(its_case.state, rating.solved if rating else None),
        "concern": its_case.concern,
        "category": showing.category(its_case.concern, known),
        "where": people_words.place_words(its_case.place_id, names),
        "desk": showing.desk(its_case.desk_id, names),
        "events": showing.for_asker(list(its_case.events.all())),
        "clocks": shown,
        "answer": showing.answer(its_case),
        "files": showing.files(its_case, for_asker=True),
        "rating": rating,
    }
