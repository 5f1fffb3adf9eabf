"""莞家速递: which policies there are, who is competent, what is promised; every matter under them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases import terms
from guanjia.cases.actions import By
from guanjia.cases.errors import CaseError
from guanjia.concerns.intake import express
from guanjia.concerns.intake.express import Standing
from guanjia.concerns.intake.forms import ExpressFilter
from guanjia.concerns.matters import queries, showing, sorting
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.matters.forms import Sort
from guanjia.concerns.matters.looking import look_at
from guanjia.concerns.matters.sorting import Sorted
from guanjia.concerns.rules.brand import Brand
from guanjia.concerns.rules.register import Department, Policy
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate, lists
from guanjia.staff.roles import May

NONE = Standing(0, 0)


@dataclass(frozen=True, slots=True)
class PolicyShown:
    """One policy of the register: who is competent, how long it takes, how much waits."""

    policy: Policy
    department: Department
    promise: str
    status: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Followed:
    """One matter under a policy."""

    case: Any
    policy: str
    department: str
    ends: str
    left: str
    late: bool
    place: str
    desk: str


@require_safe
@gate.may(May.HANDLE_CASES)
def register(request: HttpRequest) -> HttpResponse:
    """The register: by department, each policy with its promise and what waits under it."""
    known, promised = the_brand(), the_promises()
    standings = express.standings(clock.now())
    groups: dict[Department, list[PolicyShown]] = {}
    for policy in known.register.policies.values():
        department = known.register.departments[policy.department]
        promise = promised.named(known.promise_of(policy.category, policy.code))
        row = PolicyShown(
            *(policy, department, terms.told_period(promise.length), promise.status),
            standings.get(policy.code, NONE),
        )
        groups.setdefault(department, []).append(row)
    page = {"groups": groups.items(), "register": known.register, "brand": _express(known)}
    return render(request, "concerns/register.html", page)


def _express(known: Brand) -> object:
    return next((b for b in known.brands if b.code == "express"), None)


@require_safe
@gate.may(May.HANDLE_CASES)
def followed(request: HttpRequest) -> HttpResponse:
    """The matters under policies, followed to their reply."""
    known = the_brand()
    form = ExpressFilter(request.GET, brand=known)
    if not form.is_valid():
        raise BadRequest("filter")
    asked = form.cleaned_data
    waits = asked["state"] in ("", "late")
    usual = queries.SOONEST if waits else queries.LATEST
    seen = lists.sight(request, "express", queries.COLUMNS, usual, asked, falling=not waits)
    at = clock.now()
    found, mark = express.page(asked["policy"], asked["department"], asked["state"], seen, at)
    page = {
        "form": form,
        "list": seen,
        "rows": _rows(found, known, at),
        "next_url": seen.next_url(mark),
        "narrowed": any(asked.values()),
    }
    return render(request, "concerns/followed.html", page)


def _rows(found: list[Any], known: Brand, at: datetime) -> list[Followed]:
    names = places.names(code for case in found for code in (case.place_id, case.desk_id))
    policies, departments = known.register.policies, known.register.departments
    return [
        Followed(
            case=case,
            policy=str(policies.get(case.policy, case.policy)),
            department=str(departments.get(case.department, case.department)),
            ends=showing.ends_of(case),
            left=showing.left(case.due_at, at, the_promises()) if case.due_at else "",
            late=case.due_at is not None and case.answered_at is None and case.due_at < at,
            place=people_words.place_words(case.place_id, names),
            desk=showing.desk(case.desk_id, names),
        )
        for case in found
    ]


@require_POST
@gate.may(May.HANDLE_CASES)
def sort(request: HttpRequest, number: int) -> HttpResponse:
    """Say under which category and policy a matter stands; send it on where that is asked for."""
    case = look_at(request, number)
    known = the_brand()
    form = Sort(request.POST, brand=known)
    if not form.is_valid():
        raise BadRequest("sort")
    said = Sorted(form.cleaned_data["category"], form.cleaned_data["policy"])
    by = By(gate.user_of(request), gate.post_of(request))
    named = known.register.policies.get(said.policy)
    what = str(named or known.categories[said.category])
    why = _("按“%(what)s”派单。") % {"what": what} if form.cleaned_data["send"] else ""
    try:
        sorting.sort(case, said, known, the_promises(), by, clock.now(), why=why)
    except CaseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已归入“%(what)s”。") % {"what": what})
    return redirect("inbox_case", number)
