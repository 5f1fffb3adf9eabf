"""Facts in one file that are somebody else's: asking, the second person's answer, taking it back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.kit import clock
from guanjia.people import errors, queries, second, splitting
from guanjia.people.desk_models import Split
from guanjia.people.models import Person
from guanjia.staff import gate
from guanjia.staff.roles import May
from guanjia.web import desk_forms, desk_pages
from guanjia.web.desk_views import act
from guanjia.web.join_views import person_named


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.PREPARE_CHANGE)
def ask_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """Choose the facts that are another person's, and whose."""
    try:
        person = queries.person(number)
    except Person.DoesNotExist:
        raise Http404 from None
    rows = desk_pages.told(splitting.believed(number))
    form = desk_forms.Splitting(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        made = _write(request, number, form)
        if made is not None:
            return made
    chosen = {int(n) for n in form["facts"].value() or () if n.isdecimal()}
    shown = {"person": person, "form": form, "rows": rows, "chosen": chosen}
    return render(request, "desk/ask_split.html", shown, status=422 if form.errors else 200)


@require_safe
@gate.may(May.SEE_MONEY)
def split(request: HttpRequest, number: int) -> HttpResponse:
    """One split: which facts, from whom to whom, why; the second person's answer; its undoing."""
    return _page(request, _split(number), desk_forms.Reason())


@require_POST
@gate.may(May.APPROVE_CHANGE)
def approve_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says yes."""
    by, done = gate.user_of(request).pk, _("已拆分。资料从现在起记在另一份档案，原来的记录留着。")
    row = _split(number)
    return act(request, row, lambda: splitting.approve(number, by, clock.now()), done, "split")


@require_POST
@gate.may(May.APPROVE_CHANGE)
def return_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says no, and why."""
    return _for_a_reason(request, number, _send_back, _("已退回，并已写明原因。"))


@require_POST
@gate.may(May.PREPARE_CHANGE)
def withdraw_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """Who asked takes it back."""
    by, done, row = gate.user_of(request).pk, _("已撤回。记录没有变化。"), _split(number)
    return act(request, row, lambda: second.withdraw(Split, number, by, clock.now()), done, "split")


@require_POST
@gate.may(May.APPROVE_CHANGE)
def undo_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """The facts go back."""
    return _for_a_reason(request, number, splitting.undo, _("已撤销拆分。资料又记回原来的档案。"))


def _send_back(number: int, by: int, why: str, at: datetime) -> Split:
    return second.send_back(Split, number, by, why, at)


def _write(
    request: HttpRequest, number: int, form: desk_forms.Splitting
) -> HttpResponseBase | None:
    """Put it before a second person; None: refused, and the form says why."""
    said = form.cleaned_data
    other = person_named(said["other"])
    if other is None:
        form.add_error("other", _("在您岗位的范围内没有这份档案。请先登记这个人，或核对号码。"))
        return None
    by, chosen = gate.user_of(request).pk, [int(n) for n in said["facts"]]
    try:
        made = splitting.prepare(number, other.pk, chosen, said["reason"], by, clock.now())
    except errors.DeskError as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, _("已提出拆分。请另一位有复核权限的人复核，复核之前不变。"))
    return redirect("split", made.pk)


def _page(
    request: HttpRequest, row: Split, form: desk_forms.Reason, status: int = 200
) -> HttpResponse:
    shown = {
        "split": row,
        "rows": desk_pages.told(splitting.facts_of(row)),
        "form": form,
        "mine": row.prepared_by_id == request.user.pk,
    }
    return render(request, "desk/split.html", shown, status=status)


def _for_a_reason(request: HttpRequest, number: int, verb: Any, done: str) -> HttpResponseBase:
    """Do with a split what wants a reason; without one, ask for it."""
    form, row = desk_forms.Reason(request.POST), _split(number)
    if not form.is_valid():
        return _page(request, row, form, 422)
    by, why = gate.user_of(request).pk, form.cleaned_data["reason"]
    return act(request, row, lambda: verb(number, by, why, clock.now()), done, "split")


def _split(number: int) -> Split:
    try:
        return splitting.get(number)
    except Split.DoesNotExist:
        raise Http404 from None
