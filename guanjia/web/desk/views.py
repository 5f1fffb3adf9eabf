"""The desk: what waits there, and changes of facts from asking to the second person's answer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.kit import clock
from guanjia.people import changes, errors, merging, queries, registering, splitting
from guanjia.people.desk_models import ChangeRequest
from guanjia.people.models import Household, Person
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.staff.models import User
from guanjia.staff.roles import May
from guanjia.web.desk import forms, pages, second_views
from guanjia.web.desk.second_views import Asked

MOST = 50
CHANGE = Asked("change", ChangeRequest, changes.get, pages.change_page)


@require_safe
@gate.may(May.SEE_MONEY)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and which persons other desks ask about."""
    shown: dict[str, Any] = {
        "changes": [(pages.change_words(row), row) for row in changes.waiting(MOST)],
        "merges": merging.waiting(MOST),
        "splits": splitting.waiting(MOST),
        "transfers": registering.waiting(MOST),
        "most": MOST,
    }
    return render(request, "desk/desk.html", shown)


@require_safe
@gate.may(May.PREPARE_CHANGE)
def choose_change(request: HttpRequest, number: int) -> HttpResponse:
    """Which fact of a person is to be changed."""
    return _choose(request, _person(number))


@require_safe
@gate.may(May.PREPARE_CHANGE)
def choose_household_change(request: HttpRequest, number: int) -> HttpResponse:
    """Which fact of a household is to be changed."""
    return _choose(request, _household(number))


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.PREPARE_CHANGE)
def ask_change(request: HttpRequest, number: int, kind: str) -> HttpResponseBase:
    """Another value of one fact of a person, with its reason and paper."""
    return _ask(request, _person(number), kind)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.PREPARE_CHANGE)
def ask_household_change(request: HttpRequest, number: int, kind: str) -> HttpResponseBase:
    """Another value of one fact of a household."""
    return _ask(request, _household(number), kind)


@require_safe
@gate.may(May.SEE_MONEY)
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One request: before and after, why, and the second person's yes or no."""
    return second_views.show(request, CHANGE, number)


@require_POST
@gate.may(May.APPROVE_CHANGE)
def approve_change(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says yes."""

    def verb(by: User) -> object:
        return changes.approve(number, by.pk, clock.now())

    done = _("已复核。从现在起按新的内容采信，原来的记录留着。")
    return second_views.answer(request, CHANGE, number, verb, done)


@require_POST
@gate.may(May.APPROVE_CHANGE)
def return_change(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says no, and why."""
    return second_views.send_back(request, CHANGE, number)


@require_POST
@gate.may(May.PREPARE_CHANGE)
def withdraw_change(request: HttpRequest, number: int) -> HttpResponseBase:
    """Who asked takes it back."""
    return second_views.withdraw(request, CHANGE, number)


def _choose(request: HttpRequest, of: Person | Household) -> HttpResponse:
    kind = "person" if isinstance(of, Person) else "household"
    shown = {"of": of, "kind": kind, "choices": pages.choices(kind)}
    return render(request, "desk/choose.html", shown)


def _ask(request: HttpRequest, of: Person | Household, kind: str) -> HttpResponseBase:
    unit = "person" if isinstance(of, Person) else "household"
    fact = forms.declared(kind, unit)
    if fact is None:
        raise Http404
    here = [(p.code, str(p)) for p in places.under(gate.post_of(request).place_id)]
    form = forms.Change(
        request.POST or None, fact=fact, places=here, initial={"since": clock.today()}
    )
    benefits = pages.read().get(kind, ())
    if request.method == "POST" and form.is_valid():
        said = _write(request, of, form, tuple(pages.read()))
        if said is not None:
            return said
    names = places.names([])
    shown = {
        "of": of,
        "kind": unit,
        "choice": next(c for c in pages.choices(unit) if c.fact is fact),
        "benefits": benefits,
        "before": pages.believed(of, kind, names),
        "form": form,
    }
    return render(request, "desk/ask.html", shown, status=422 if form.errors else 200)


def _write(
    request: HttpRequest, of: Person | Household, form: forms.Change, read: tuple[str, ...]
) -> HttpResponseBase | None:
    """Put the change before a second person, or do it where it moves no money; None: refused."""
    said, by, at = form.cleaned_data, gate.user_of(request).pk, clock.now()
    try:
        if form.fact.name in read:
            made = changes.prepare(of, form.asked(), said["reason"], said["document"], by, at)
            messages.success(request, _("已提出申请。请另一位有复核权限的人复核，复核之前不变。"))
        else:
            made = changes.correct(
                of=of,
                fact=form.asked(),
                reason=said["reason"],
                document=said["document"],
                by=by,
                at=at,
                read=read,
            )
            messages.success(request, _("已更正。这一事项不影响待遇，不用复核。"))
    except errors.DeskError as refused:
        form.add_error(None, str(refused))
        return None
    return redirect("change", made.pk)


def _person(number: int) -> Person:
    try:
        return queries.person(number)
    except Person.DoesNotExist:
        raise Http404 from None


def _household(number: int) -> Household:
    try:
        return queries.household(number)
    except Household.DoesNotExist:
        raise Http404 from None
