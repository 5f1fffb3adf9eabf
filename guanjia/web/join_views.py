"""Merging two files of one person, registering somebody at the counter, and answering other desks."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.entitlements import merged
from guanjia.kit import clock
from guanjia.people import documents, errors, merging, queries, registering, second
from guanjia.people.desk_models import Merge, Transfer
from guanjia.people.models import Person
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.staff.roles import May
from guanjia.web import desk_forms
from guanjia.web.desk_views import MOST, act

LONGEST_FILE_NUMBER = 11
Verb = Callable[[type[Merge], int, int, str, datetime], object]


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.PREPARE_CHANGE)
def ask_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask that another file be merged into this one."""
    try:
        kept = queries.person(number)
    except Person.DoesNotExist:
        raise Http404 from None
    form = desk_forms.Merging(request.POST or None)
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
    return _merge_page(request, _merge(number), desk_forms.Reason())


@require_POST
@gate.may(May.APPROVE_CHANGE)
def approve_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says yes."""
    by, done = gate.user_of(request), _("已合并。两份档案的记录都留着，随时可以撤销。")
    row = _merge(number)
    return act(
        request, row, lambda: merged.approve(number, by, clock.now(), clock.today()), done, "merge"
    )


@require_POST
@gate.may(May.APPROVE_CHANGE)
def return_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says no, and why."""
    return _for_a_reason(request, number, second.send_back, _("已退回，并已写明原因。"))


@require_POST
@gate.may(May.APPROVE_CHANGE)
def undo_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take a merge back."""
    return _for_a_reason(request, number, second.undo, _("已撤销合并。两份档案都和合并之前一样。"))


@require_POST
@gate.may(May.PREPARE_CHANGE)
def withdraw_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Who asked takes it back."""
    by, done = gate.user_of(request).pk, _("已撤回。记录没有变化。")
    return act(
        request,
        _merge(number),
        lambda: second.withdraw(Merge, number, by, clock.now()),
        done,
        "merge",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.PREPARE_CHANGE)
def register(request: HttpRequest) -> HttpResponseBase:
    """Register somebody at the counter: the same answer, whether he is known elsewhere or new."""
    post = gate.post_of(request)
    here = [(p.code, str(p)) for p in places.under(post.place_id)]
    form = desk_forms.Registering(request.POST or None, places=here)
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
    return _transfer_page(request, _transfer(number), desk_forms.Reason())


@require_POST
@gate.may(May.PREPARE_CHANGE)
def agree_transfer(request: HttpRequest, number: int) -> HttpResponseBase:
    """The other desk may see the person from today on."""
    by, done = gate.user_of(request).pk, _("已同意。对方从今天起能看到这个人。")
    row = _transfer(number)
    return act(
        request,
        row,
        lambda: registering.agree(number, by, clock.now(), clock.today()),
        done,
        "transfer",
    )


@require_POST
@gate.may(May.PREPARE_CHANGE)
def refuse_transfer(request: HttpRequest, number: int) -> HttpResponseBase:
    """It may not, and why."""
    form, row = desk_forms.Reason(request.POST), _transfer(number)
    if not form.is_valid():
        return _transfer_page(request, row, form, 422)
    by, why = gate.user_of(request).pk, form.cleaned_data["reason"]
    done = _("已拒绝，并已把原因告诉对方。")
    return act(
        request, row, lambda: registering.refuse(number, by, why, clock.now()), done, "transfer"
    )


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


def _merge_page(
    request: HttpRequest, row: Merge, form: desk_forms.Reason, status: int = 200
) -> HttpResponse:
    shown = {
        "merge": row,
        "form": form,
        "mine": row.prepared_by_id == request.user.pk,
        "awards": merged.awards_in_force(row.gone_id, clock.today()) if row.state == "open" else [],
    }
    return render(request, "desk/merge.html", shown, status=status)


def _transfer_page(
    request: HttpRequest, row: Transfer, form: desk_forms.Reason, status: int = 200
) -> HttpResponse:
    known = Person.objects.filter(pk=row.person_id).first() if row.person_id else None
    return render(
        request,
        "desk/transfer.html",
        {"transfer": row, "known": known, "form": form},
        status=status,
    )


def _for_a_reason(request: HttpRequest, number: int, verb: Verb, done: str) -> HttpResponseBase:
    """Do with a merge what wants a reason; without one, ask for it."""
    form, row = desk_forms.Reason(request.POST), _merge(number)
    if not form.is_valid():
        return _merge_page(request, row, form, 422)
    by, why = gate.user_of(request).pk, form.cleaned_data["reason"]
    return act(request, row, lambda: verb(Merge, number, by, why, clock.now()), done, "merge")


def _merge(number: int) -> Merge:
    try:
        return merging.get(number)
    except Merge.DoesNotExist:
        raise Http404 from None


def _transfer(number: int) -> Transfer:
    try:
        return registering.get(number)
    except Transfer.DoesNotExist:
        raise Http404 from None
