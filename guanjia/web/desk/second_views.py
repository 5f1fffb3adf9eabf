"""The page of what one person asked and another decides: shown, answered with or without a reason, taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guanjia.kit import clock
from guanjia.people import errors, second
from guanjia.staff import gate
from guanjia.staff.models import User
from guanjia.web.desk.forms import Reason


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of what is asked. `page` names its address, its template and the row in it; `get` reads a row
    by number; `shown` says what the page shows of it besides.
    """

    page: str
    kind: type[Any]
    get: Callable[[int], Any]
    shown: Callable[[Any], dict[str, Any]]

    def row(self, number: int) -> Any:
        """The row. Raises Http404."""
        try:
            return self.get(number)
        except self.kind.DoesNotExist:
            raise Http404 from None


def show(request: HttpRequest, of: Asked, number: int, wrong: Reason | None = None) -> HttpResponse:
    """The page; with `wrong`, a form in which the reason is missing."""
    row = of.row(number)
    mine = getattr(row, "prepared_by_id", None) == request.user.pk
    shown = {of.page: row, "form": wrong or Reason(), "mine": mine, **of.shown(row)}
    return render(request, f"desk/{of.page}.html", shown, status=422 if wrong else 200)


def answer(
    request: HttpRequest, of: Asked, number: int, verb: Callable[[User], object], done: str
) -> HttpResponseBase:
    """Do one verb and go back to the page of what it was done to, with what came of it."""
    row = of.row(number)
    try:
        verb(gate.user_of(request))
    except errors.DeskError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect(of.page, row.pk)


def answer_why(
    request: HttpRequest, of: Asked, number: int, verb: Callable[[User, str], object], done: str
) -> HttpResponseBase:
    """Do what wants a reason; without one, ask for it."""
    form = Reason(request.POST)
    if not form.is_valid():
        return show(request, of, number, form)
    why = form.cleaned_data["reason"]
    return answer(request, of, number, lambda by: verb(by, why), done)


def send_back(request: HttpRequest, of: Asked, number: int) -> HttpResponseBase:
    """The second person says no, and why."""

    def back(by: User, why: str) -> object:
        return second.send_back(of.kind, number, by.pk, why, clock.now())

    return answer_why(request, of, number, back, _("已退回，并已写明原因。"))


def withdraw(request: HttpRequest, of: Asked, number: int) -> HttpResponseBase:
    """Who asked takes it back."""
    done = _("已撤回。记录没有变化。")

    def back(by: User) -> object:
        return second.withdraw(of.kind, number, by.pk, clock.now())

    return answer(request, of, number, back, done)
