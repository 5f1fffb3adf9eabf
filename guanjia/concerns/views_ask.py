"""有事找莞家: ask in four short steps without an account; follow it by a code; say whether it helped."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.cases import actions as cases
from guanjia.cases import promises
from guanjia.cases.actions import ASKER, Given
from guanjia.cases.errors import CaseError
from guanjia.cases.judging import BadFile
from guanjia.cases.models import Case
from guanjia.cases.promises import Promises
from guanjia.concerns import (
    actions,
    board,
    brand,
    forms,
    limits,
    queries,
    scanning,
    showing,
    slowing,
    tracking,
    uploads,
)
from guanjia.concerns.actions import NewConcern
from guanjia.concerns.brand import Brand
from guanjia.concerns.forms import FORM_NUMBER, OTHER, STEPS, Ask, LookUp, Rate
from guanjia.concerns.place_choice import inside, map_of, matching, towns_of
from guanjia.concerns.workflow import CONCERN
from guanjia.kit import clock, scope
from guanjia.kit.days import SHANGHAI
from guanjia.people import seal
from guanjia.people import words as people_words
from guanjia.places import queries as places

COOKIE, COOKIE_SECONDS = "matter", 3600
COOKIE_PATH = "/case/"
TRAP = "website"  # a field that people do not see
LAST = len(STEPS) - 1
WHERE = 1  # the step in which a place is chosen
LONGEST_CODE = 12
TIME, NUMBER = 8, 32  # hex digits
ASKED_OF = ("category", "text", "place", "spot", "name", "phone", "publish")
LONGEST_TYPED = 40
AT = "at:"  # a button that chooses a place


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opens one case: its code and the phone that was left."""

    code: str
    phone: str

    @property
    def key(self) -> str:
        """What the database knows the case by."""
        return tracking.key_of(self.code, self.phone)

    def eyes(self) -> scope.Scope:
        """The scope of its asker."""
        return scope.Scope(kind="case", key=self.key)


def the_brand() -> Brand:
    """The brand of this house's city."""
    return brand.load(Path(settings.GUANJIA_CITY))


def the_promises() -> Promises:
    """The promises of this house's city."""
    return promises.load(Path(settings.GUANJIA_CITY))


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
    """An empty form, but for what a link to it names: a category, a place."""
    named = {"category": request.GET.get("category", ""), "place": request.GET.get("place", "")}
    if named["category"] not in known.categories:
        named["category"] = ""
    if not named["place"].startswith(known.city) or len(named["place"]) > LONGEST_CODE:
        named["place"] = ""
    return Ask(initial=named, brand=known, first=request.GET.get("brand", ""))


def _send(request: HttpRequest, form: Ask, number: str) -> HttpResponse:
    if request.POST.get(TRAP):
        return _step(request, form, LAST, number, trapped=True)
    at = clock.now()
    if 0 <= at.timestamp() - int(number[:TIME], 16) < limits.LEAST_SECONDS:
        return _step(
            request, form, LAST, number, held=_("刚打开就提交了。请看一遍，再点一次“提交”。")
        )
    tries = [("ask", limits.address(request), limits.ASKS)]
    tries += [("ask", limits.EVERYWHERE, limits.ALL_ASKS)]
    for what, whose, most in tries:
        if limits.spent(what, whose, most):
            limits.spend("held", limits.address(request), limits.HELD_WITHIN)
            again = limits.until(what, whose, at).astimezone(SHANGHAI)
            return _step(request, form, LAST, number, held=slowing.wait(again))
    for what, whose, _most in tries:
        limits.spend(what, whose, limits.ASKS_WITHIN)
    said = form.cleaned_data
    asked = NewConcern(
        form=number,
        for_other=said["who"] == OTHER,
        **{key: said[key] for key in ASKED_OF},
    )
    mask = forms.masked(asked.phone)
    try:
        files = uploads.taken(request)
    except BadFile as refused:
        return _step(request, form, LAST, number, refused=str(refused))
    code = actions.take_in(asked, the_brand(), the_promises(), mask, at, files=files)
    return _remember(redirect("case_slip"), Ticket(code, asked.phone))


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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest) -> HttpResponse:
    """The timeline of one's own matter; or, without a ticket, where to type the code."""
    if request.method == "POST":
        return _look_up(request)
    found = held(request)
    if found is None:
        code = tracking.read(request.GET.get("code", "")[:LONGEST_TYPED])
        return render(request, "concerns/look_up.html", {"form": LookUp(initial={"code": code})})
    return _show(request, found, Rate())


@never_cache
@require_safe
def slip(request: HttpRequest) -> HttpResponse:
    """What one takes along: the code, what happens next and until when; made to be printed."""
    found = held(request)
    if found is None:
        return redirect("case")
    ticket, its_case = found
    page = _page(its_case) | {"ticket": ticket, "mask": forms.masked(ticket.phone)}
    page["qr"] = scanning.look_up(request, ticket.code, bool(ticket.phone))
    return render(request, "concerns/slip.html", page)


@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    """Solved or not, satisfied or not, why."""
    found = held(request)
    if found is None:
        return redirect("case")
    ticket, its_case = found
    form = Rate(request.POST)
    if not form.is_valid():
        return _show(request, found, form, 400)
    said = form.cleaned_data
    solved, satisfied = said["solved"] == "yes", said["satisfied"] == "yes"
    try:
        with scope.hold(ticket.eyes()):
            cases.rate(
                *(CONCERN, the_promises(), its_case, its_case.step, clock.now()),
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
    return redirect("case")


@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """One tap, and it is done again: a new round with new promises."""
    found = held(request)
    if found is None:
        return redirect("case")
    ticket, its_case = found
    rated = next((r for r in its_case.ratings.all() if r.round == its_case.round), None)
    given = Given(note=(rated.why if rated else "") or _("还没有解决，请重新办理。"))
    try:
        with scope.hold(ticket.eyes()):
            seen = its_case.step
            cases.make(
                *(CONCERN, the_promises(), its_case.pk, seen, "reopen", ASKER, clock.now(), given)
            )
    except CaseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已经重新办理，期限从现在重新算起。"))
    return redirect("case")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Forget the ticket on this device."""
    response = redirect("case")
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


def _look_up(request: HttpRequest) -> HttpResponse:
    """By code and phone. A wrong pair says nothing of which of the two is wrong, and has an end."""
    form = LookUp(request.POST)
    if not form.is_valid():
        return render(request, "concerns/look_up.html", {"form": form}, status=400)
    ticket = Ticket(tracking.read(form.cleaned_data["code"]), form.cleaned_data["phone"])
    tries = [("code-from", limits.address(request)), ("code-of", seal.index(ticket.code).hex())]
    if any(limits.spent(what, whose, limits.WRONG_CODES) for what, whose in tries):
        return slowing.slow(request)
    if _case_of(ticket) is None:
        for what, whose in tries:
            limits.spend(what, whose, limits.WRONG_WITHIN)
        form.add_error(None, _("没有找到。请核对查询码和电话；当时没有留电话的，电话空着。"))
        return render(request, "concerns/look_up.html", {"form": form}, status=404)
    return _remember(redirect("case"), ticket)


def _show(
    request: HttpRequest, found: tuple[Ticket, Case], form: Rate, status: int = 200
) -> HttpResponse:
    page = _page(found[1]) | {"ticket": found[0], "form": form}
    return render(request, "concerns/case.html", page, status=status)


def _page(its_case: Case) -> dict[str, Any]:
    """What the asker's pages show of a case."""
    known, at = the_brand(), clock.now()
    codes = [its_case.place_id, its_case.desk_id]
    names = places.names(codes)
    shown = showing.clocks(its_case, the_promises(), at, for_asker=True)
    return {
        "case": its_case,
        "concern": its_case.concern,
        "category": showing.category(its_case.concern, known),
        "where": people_words.place_words(its_case.place_id, names),
        "desk": showing.desk(its_case.desk_id, names),
        "events": showing.for_asker(list(its_case.events.all())),
        "clocks": shown,
        "answer": showing.answer(its_case),
        "files": showing.files(its_case, for_asker=True),
        "rating": next((r for r in its_case.ratings.all() if r.round == its_case.round), None),
    }


def held(request: HttpRequest) -> tuple[Ticket, Case] | None:
    """The ticket that this browser holds, and its case."""
    try:
        code, _blank, phone = seal.unseal(bytes.fromhex(request.COOKIES.get(COOKIE, ""))).partition(
            " "
        )
    except (ValueError, InvalidTag, seal.KeyGone, IndexError):
        return None
    ticket = Ticket(code, phone)
    found = _case_of(ticket)
    return (ticket, found) if found is not None else None


def _case_of(ticket: Ticket) -> Case | None:
    with scope.hold(ticket.eyes()):
        return queries.of_key(ticket.key)


def _remember(response: HttpResponse, ticket: Ticket) -> HttpResponse:
    """The ticket, sealed, for an hour, on this device alone."""
    response.set_cookie(
        COOKIE,
        seal.seal(f"{ticket.code} {ticket.phone}").hex(),
        max_age=COOKIE_SECONDS,
        path=COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
