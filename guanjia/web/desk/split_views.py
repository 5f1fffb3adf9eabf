"""Facts in one file that are somebody else's: asking, the second person's answer, taking it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.kit import clock
from guanjia.people import errors, queries, splitting
from guanjia.people.desk_models import Split
from guanjia.people.models import Person
from guanjia.staff import gate
from guanjia.staff.models import User
from guanjia.staff.roles import May
from guanjia.web.desk import forms, pages, second_views
from guanjia.web.desk.join_views import person_named
from guanjia.web.desk.second_views import Asked


def _shown(row: Split) -> dict[str, object]:
    return {"rows": pages.told(splitting.facts_of(row))}


SPLIT = Asked("split", Split, splitting.get, _shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.PREPARE_CHANGE)
def ask_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """Choose the facts that are another person's, and whose."""
    try:
        person = queries.person(number)
    except Person.DoesNotExist:
        raise Http404 from None
    rows = pages.told(splitting.believed(number))
    form = forms.Splitting(request.POST or None, rows=rows)
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
    return second_views.show(request, SPLIT, number)


@require_POST
@gate.may(May.APPROVE_CHANGE)
def approve_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says yes."""

    def verb(by: User) -> object:
        return splitting.approve(number, by.pk, clock.now())

    done = _("已拆分。资料从现在起记在另一份档案，原来的记录留着。")
    return second_views.answer(request, SPLIT, number, verb, done)


@require_POST
@gate.may(May.APPROVE_CHANGE)
def return_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says no, and why."""
    return second_views.send_back(request, SPLIT, number)


@require_POST
@gate.may(May.PREPARE_CHANGE)
def withdraw_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """Who asked takes it back."""
    return second_views.withdraw(request, SPLIT, number)


@require_POST
@gate.may(May.APPROVE_CHANGE)
def undo_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """The facts go back."""

    def verb(by: User, why: str) -> object:
        return splitting.undo(number, by.pk, why, clock.now())

    done = _("已撤销拆分。资料又记回原来的档案。")
    return second_views.answer_why(request, SPLIT, number, verb, done)


def _write(request: HttpRequest, number: int, form: forms.Splitting) -> HttpResponseBase | None:
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
