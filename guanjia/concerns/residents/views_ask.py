"""有事找莞家: ask in four short steps without an account; what was asked gets a code."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guanjia.cases.judging import BadFile
from guanjia.concerns.answered import board
from guanjia.concerns.keys import limits, opening, signed_in, slowing
from guanjia.concerns.keys.opening import Ticket
from guanjia.concerns.matters import actions, contacts, uploads
from guanjia.concerns.matters.actions import NewConcern
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.matters.forms import FORM_NUMBER
from guanjia.concerns.residents.forms import OTHER, STEPS, Ask
from guanjia.concerns.residents.place_choice import inside, map_of, matching, towns_of
from guanjia.concerns.rules.brand import Brand
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places

TRAP = "website"  # a field that people do not see
LAST = len(STEPS) - 1
WHERE = 1  # the step in which a place is chosen
LONGEST_CODE = 12
TIME, NUMBER = 8, 32  # hex digits
ASKED_OF = ("category", "text", "place", "spot", "name", "phone", "email", "publish")
AT = "at:"  # a button that chooses a place


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """One step after the other; the answers come with each form and go with each page."""
    if request.method == "POST" and limits.spent("held", limits.address(request), limits.HELD):
        return slowing.flooding()
    known = the_brand()
    if request.method != "POST":
        return _step(request, _begun(request, known), 0, _number())
    go = request.POST.get("go", "")
    said = request.POST.copy()
    if go.startswith(AT):
        said["place"] = go.removeprefix(AT)
    form = Ask(said, brand=known)
    number = request.POST.get("form", "")
    if not FORM_NUMBER.fullmatch(number):
        number = _number()
    at = request.POST.get("step", "")
    step = int(at) if at in {str(n) for n in range(LAST + 1)} else 0
    if go == "find" or go.startswith(AT):
        return _step(request, form, WHERE, number, told=False)
    if go == "back" or not go:
        return _step(request, form, max(step - 1, 0) if go else step, number, told=False)
    wrong = form.first_wrong(LAST if go == "send" else step)
    if wrong is not None:
        return _step(request, form, wrong, number)
    if go != "send":
        return _step(request, form, min(step + 1, LAST), number, told=False)
    return _send(request, form, number)


def _begun(request: HttpRequest, known: Brand) -> Ask:
    """An empty form, but for what a link to it names (a category, a place) and whose session it is."""
    named = {"category": request.GET.get("category", ""), "place": request.GET.get("place", "")}
    if named["category"] not in known.categories:
        named["category"] = ""
    if not named["place"].startswith(known.city) or len(named["place"]) > LONGEST_CODE:
        named["place"] = ""
    resident = signed_in.who(request)
    if resident is not None:
        named["phone" if resident.contact.way == contacts.SMS else "email"] = resident.contact.value
    return Ask(initial=named, brand=known, first=request.GET.get("brand", ""))


def _send(request: HttpRequest, form: Ask, number: str) -> HttpResponse:
    if request.POST.get(TRAP):
        return _step(request, form, LAST, number, trapped=True)
    at = clock.now()
    if 0 <= at.timestamp() - int(number[:TIME], 16) < limits.LEAST_SECONDS:
        return _step(
            request, form, LAST, number, held=_("刚打开就提交了。请看一遍，再点一次“提交”。")
        )
    again = limits.asking().shut_until(request, at)
    if again is not None:
        limits.spend("held", limits.address(request), limits.HELD_WITHIN)
        return _step(request, form, LAST, number, held=slowing.wait(again))
    limits.asking().pass_by(request)
    said = form.cleaned_data
    asked = NewConcern(
        form=number,
        for_other=said["who"] == OTHER,
        **{key: said[key] for key in ASKED_OF},
    )
    mask = contacts.masked(asked.phone)
    try:
        files = uploads.taken(request)
    except BadFile as refused:
        return _step(request, form, LAST, number, refused=str(refused))
    code = actions.take_in(asked, the_brand(), the_promises(), mask, at, files=files)
    return opening.remember(redirect("case_slip"), Ticket(code, asked.phone))


def _step(
    request: HttpRequest,
    form: Ask,
    step: int,
    number: str,
    told: bool = True,
    trapped: bool = False,
    held: str = "",
    refused: str = "",
) -> HttpResponse:
    """The page of a step; `told`: with what is wrong; `held`: why it was not sent yet.

    Other steps' answers travel hidden.
    """
    shown = STEPS[step]
    bad = form.is_bound and told and any(name in form.errors for name in shown)
    if form.is_bound and not bad:
        form = Ask(initial=form.data.dict(), brand=form.brand)  # type: ignore[attr-defined]
    said = {name: form[name].value() or "" for name in form.fields}
    page: dict[str, Any] = {
        "form": form,
        "step": step,
        "steps": len(STEPS),
        "fields": [form[name] for name in shown],
        "carried": [(name, value) for name, value in said.items() if name not in shown],
        "number": number,
        "wrong": bad,
        "trapped": trapped,
        "held": held,
        "refused": refused,
        "trap": TRAP,
        "brand": form.brand,
    }
    if "place" in shown:
        page |= _where(form.brand.city, said, request.POST.get("sought", "")[:LONGEST_CODE])
    if step == LAST:
        page |= {"category": form.brand.categories.get(said["category"]), "said": said}
        page["where"] = people_words.place_words(said["place"], places.names([said["place"]]))
    status = 429 if held else 400 if bad or trapped or refused else 200
    return render(request, "concerns/ask.html", page, status=status)


def _where(city: str, said: Mapping[str, str], sought: str) -> dict[str, Any]:
    """What the step of the place offers: answers to the like, places found by name, all places."""
    towns = towns_of(city)
    return {
        "similar": board.similar(said["text"], said["category"]),
        "towns": towns,
        "map": map_of(Path(settings.GUANJIA_CITY), towns),
        "inside": inside(said["place"], towns),
        "chosen": said["place"],
        "sought": sought,
        "matches": matching(city, sought),
    }


def _number() -> str:
    """A form's own number: when it was begun, then chance."""
    return f"{int(clock.now().timestamp()):0{TIME}x}{secrets.token_hex((NUMBER - TIME) // 2)}"
