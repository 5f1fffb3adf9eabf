"""Merging two files of one person, registering somebody at the counter, and answering other desks."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.entitlements.families import merged
from guanjia.kit import clock
from guanjia.people import documents, errors, merging, queries, registering, second
from guanjia.people.desk_models import Merge, Transfer
from guanjia.people.models import Person
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.staff.models import User
from guanjia.staff.roles import May
from guanjia.web.desk import forms, second_views
from guanjia.web.desk.second_views import Asked
from guanjia.web.desk.views import MOST

LONGEST_FILE_NUMBER = 11


def _awards(row: Merge) -> dict[str, object]:
    is_open = row.state == "open"
    return {"awards": merged.awards_in_force(row.gone_id, clock.today()) if is_open else []}


def _known(row: Transfer) -> dict[str, object]:
    known = Person.objects.filter(pk=row.person_id).first() if row.person_id else None
    return {"known": known}


MERGE = Asked("merge", Merge, merging.get, _awards)
TRANSFER = Asked("transfer", Transfer, registering.get, _known)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.PREPARE_CHANGE)
def ask_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask that another file be merged into this one."""
    try:
        kept = queries.person(number)
    except Person.DoesNotExist:
        raise Http404 from None
    form = forms.Merging(request.POST or None)
    if request.method == "POST" and form.is_valid():
        gone = person_named(form.cleaned_data["other"])
        if gone is None:
            form.add_error("other", _("在您岗位的范围内没有这份档案。请核对号码。"))
        else:
            by, why = gate.user_of(request).pk, form.cleaned_data["reason"]
            try:
                made = merging.prepare(number, gone.pk, why, by, clock.now())
                messages.success(request, _("已提出合并。请另一位有复核权限的人复核。"))
                return redirect("merge", made.pk)
            except errors.DeskError as refused:
                form.add_error(None, str(refused))
    shown = {"person": kept, "form": form}
    return render(request, "desk/ask_merge.html", shown, status=422 if form.errors else 200)


@require_safe
@gate.may(May.SEE_MONEY)
def merge(request: HttpRequest, number: int) -> HttpResponse:
    """One merge: both files, why, and the second person's yes or no; later, its undoing."""
    return second_views.show(request, MERGE, number)


@require_POST
@gate.may(May.APPROVE_CHANGE)
def approve_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says yes."""

    def verb(by: User) -> object:
        return merged.approve(number, by, clock.now(), clock.today())

    done = _("已合并。两份档案的记录都留着，随时可以撤销。")
    return second_views.answer(request, MERGE, number, verb, done)


@require_POST
@gate.may(May.APPROVE_CHANGE)
def return_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says no, and why."""
    return second_views.send_back(request, MERGE, number)


@require_POST
@gate.may(May.APPROVE_CHANGE)
def undo_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take a merge back."""

    def verb(by: User, why: str) -> object:
        return second.undo(Merge, number, by.pk, why, clock.now())

    done = _("已撤销合并。两份档案都和合并之前一样。")
    return second_views.answer_why(request, MERGE, number, verb, done)


@require_POST
@gate.may(May.PREPARE_CHANGE)
def withdraw_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Who asked takes it back."""
    return second_views.withdraw(request, MERGE, number)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.PREPARE_CHANGE)
def register(request: HttpRequest) -> HttpResponseBase:
    """Register somebody at the counter: the same answer, whether he is known elsewhere or new."""
    post = gate.post_of(request)
    here = [(p.code, str(p)) for p in places.under(post.place_id)]
    form = forms.Registering(request.POST or None, places=here)
    if request.method == "POST" and form.is_valid():
        try:
            registering.register(form.stated(), gate.user_of(request).pk, clock.now())
        except errors.AlreadyHere as found:
            messages.success(request, str(found))
            return redirect("person", found.person)
        except errors.DeskError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记，待核。核对之后，这里会写明结果。"))
            return redirect("register")
    shown = {"form": form, "rows": registering.asked_by(post.pk, MOST)}
    return render(request, "desk/register.html", shown, status=422 if form.errors else 200)


@require_safe
@gate.may(May.PREPARE_CHANGE)
def transfer(request: HttpRequest, number: int) -> HttpResponse:
    """Another desk has somebody at its counter: whom, why; agree or refuse."""
    return second_views.show(request, TRANSFER, number)


@require_POST
@gate.may(May.PREPARE_CHANGE)
def agree_transfer(request: HttpRequest, number: int) -> HttpResponseBase:
    """The other desk may see the person from today on."""

    def verb(by: User) -> object:
        return registering.agree(number, by.pk, clock.now(), clock.today())

    done = _("已同意。对方从今天起能看到这个人。")
    return second_views.answer(request, TRANSFER, number, verb, done)


@require_POST
@gate.may(May.PREPARE_CHANGE)
def refuse_transfer(request: HttpRequest, number: int) -> HttpResponseBase:
    """It may not, and why."""

    def verb(by: User, why: str) -> object:
        return registering.refuse(number, by.pk, why, clock.now())

    done = _("已拒绝，并已把原因告诉对方。")
    return second_views.answer_why(request, TRANSFER, number, verb, done)


def person_named(typed: str) -> Person | None:
    """The person by document number, or by the number of the file."""
    words = queries.tidy(typed)
    if words.isdecimal() and len(words) < LONGEST_FILE_NUMBER:
        return Person.objects.filter(pk=int(words)).first()
    try:
        found = queries.by_document(words, clock.today())
    except documents.BadDocument:
        return None
    return found[0][0] if found else None
