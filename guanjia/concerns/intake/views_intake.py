"""登记诉求: one sheet for each channel by which staff take a matter in; then what is read back to the caller."""

import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.cases import terms
from guanjia.cases.actions import By
from guanjia.cases.clock import Deadline
from guanjia.concerns.intake import whereabouts
from guanjia.concerns.intake.forms import TakeIn
from guanjia.concerns.likeness import beside
from guanjia.concerns.matters import actions, contacts, queries, showing
from guanjia.concerns.matters.actions import NewConcern
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.matters.forms import FORM_NUMBER
from guanjia.concerns.rules.brand import Brand, Channel
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.staff.roles import May


@require_safe
@gate.may(May.TAKE_IN)
def doors(request: HttpRequest) -> HttpResponse:
    """By which channel somebody tells it."""
    known = the_brand()
    brands = {b.code: b for b in known.brands}
    rows = [(channel, brands.get(channel.brand)) for channel in known.taken_at_desk]
    return render(request, "concerns/doors.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.TAKE_IN)
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """One sheet; sent, it opens one case, however often it is sent."""
    known = the_brand()
    channel = _channel(known, code)
    if request.method != "POST":
        first = {"for_other": channel.for_other, "where": _own_place(request, known)}
        form = TakeIn(initial=first, brand=known, channel=channel)
        return _sheet(request, form, secrets.token_hex(16))
    form = TakeIn(request.POST, brand=known, channel=channel)
    number = request.POST.get("form", "")
    if not FORM_NUMBER.fullmatch(number):
        number = secrets.token_hex(16)
    if request.POST.get("go") == "look":
        return _sheet(request, _unjudged(form), number, _beside(request, known))
    if not form.is_valid():
        return _sheet(request, form, number, _beside(request, known), 400)
    return _taken(request, _open(request, form, number), form)


@require_POST
@gate.may(May.TAKE_IN)
def hints(request: HttpRequest, code: str) -> HttpResponse:
    """What stands beside the sheet while it is written."""
    known = the_brand()
    _channel(known, code)
    return render(request, "concerns/hints.html", {"beside": _beside(request, known)})


def _channel(known: Brand, code: str) -> Channel:
    found = next((c for c in known.taken_at_desk if c.code == code), None)
    if found is None:
        raise Http404
    return found


def _own_place(request: HttpRequest, known: Brand) -> str:
    """A village worker and a station write down what is told where they sit."""
    own = gate.post_of(request).place_id
    if len(own) == places.CITY:
        return ""
    return next((s.label for s in whereabouts.offered(known.city) if s.code == own), "")


def _unjudged(form: TakeIn) -> TakeIn:
    """The same answers, with no word yet of what is missing."""
    return TakeIn(initial=form.data.dict(), brand=form.brand, channel=form.channel)  # type: ignore[attr-defined]


def _beside(request: HttpRequest, known: Brand) -> beside.Beside:
    where = request.POST.get("where", "")[:60]
    found = whereabouts.found(where, known.city)
    place = found[0].code if len(found) == 1 else ""
    return beside.of_text(request.POST.get("text", "")[:2000], place, known, clock.now())


def _sheet(
    request: HttpRequest,
    form: TakeIn,
    number: str,
    shown: beside.Beside | None = None,
    status: int = 200,
) -> HttpResponse:
    page = {
        "form": form,
        "channel": form.channel,
        "number": number,
        "beside": shown,
        "places": whereabouts.offered(form.brand.city),
        "status": form.channel.status,
    }
    return render(request, "concerns/sheet.html", page, status=status)


def _open(request: HttpRequest, form: TakeIn, number: str) -> NewConcern:
    said = form.cleaned_data
    asked = NewConcern(
        form=number,
        channel=form.channel.code,
        place=said["where"],
        for_other=said["for_other"],
        **{key: said[key] for key in ("category", "text", "spot", "name", "phone", "policy")},
    )
    by = By(gate.user_of(request), gate.post_of(request))
    mask = contacts.masked(asked.phone)
    actions.take_in(asked, form.brand, the_promises(), mask, clock.now(), by)
    return asked


def _taken(request: HttpRequest, asked: NewConcern, form: TakeIn) -> HttpResponse:
    """What is read back: the code, by when they hear of it, and who has it."""
    known, promised, at = form.brand, the_promises(), clock.now()
    sent = known.send(asked.category, asked.place, at, asked.policy)
    names = places.names([asked.place, sent.desk])
    answer = promised.named(known.promise_of(asked.category, asked.policy))
    case = queries.in_sight(asked.key)
    accepts: Deadline = promised.due("accept", case.opened_at if case else at)
    page: dict[str, Any] = {
        "asked": asked,
        "channel": form.channel,
        "code": asked.code,
        "aloud": " ".join(asked.code.replace("-", "")),
        "mask": contacts.masked(asked.phone),
        "where": people_words.place_words(asked.place, names),
        "desk": showing.desk(sent.desk, names),
        "department": known.register.departments.get(sent.department),
        "category": known.categories[asked.category],
        "accepts": showing.ends(accepts),
        "answer": terms.told_period(answer.length),
        "answer_status": answer.status,
        "case": case,
    }
    return render(request, "concerns/taken.html", page)
