"""The bank's side of a month: sending a file, reading its return, putting right what failed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.entitlements import queries
from guanjia.entitlements.after_errors import NoReturn
from guanjia.entitlements.bank import holding, reconciling, returning, righting
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.models import Award, BankFile, Run, RunState
from guanjia.entitlements.tables.after import (
    AccountChange,
    BankAnswer,
    BankReturn,
    Hold,
    Result,
    Sending,
)
from guanjia.interop import returns
from guanjia.kit import clock
from guanjia.ledger.models import Entry
from guanjia.places import queries as places
from guanjia.staff import gate, lists
from guanjia.staff.lists import Column
from guanjia.staff.roles import May
from guanjia.web.bank import forms

PAGE = 50
LATEST = 24
LINE = Column("number", gettext_lazy("行"), by="number", kind="number")
NEWEST = Column("newest", gettext_lazy("次序"), by="pk", kind="number")


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.SEE_MONEY, to_post=May.ASK_RUN)
def returns_page(request: HttpRequest) -> HttpResponseBase:
    """Every file that was sent, what the bank has answered, and where a return is read."""
    form = forms.Upload()
    if request.method == "POST":
        form = forms.Upload(request.POST, request.FILES)
        if form.is_valid() and (taken := _taken(request, form)) is not None:
            return redirect("bank_return", taken.pk)
    sent = Sending.objects.select_related("run", "file", "sent_by").order_by("-pk")[:LATEST]
    back = BankReturn.objects.select_related("run", "loaded_by").order_by("-pk")[:LATEST]
    shown = {
        "form": form,
        "sent": reconciling.of_sendings(list(sent)),
        "returns": list(back),
        "failing": BankAnswer.objects.filter(result=Result.FAILED).exists(),
    }
    return render(
        request, "bank/returns.html", shown, status=422 if request.method == "POST" else 200
    )


@require_safe
@gate.may(May.SEE_MONEY)
def one_return(request: HttpRequest, number: int) -> HttpResponse:
    """One return: its sums, and every line behind them."""
    back = BankReturn.objects.select_related("run", "file", "loaded_by").filter(pk=number).first()
    if back is None:
        raise Http404
    wanted = request.GET.get("result", "")
    rows = BankAnswer.objects.filter(back=back)
    if wanted in Result.values:
        rows = rows.filter(result=wanted)
    seen = lists.sight(request, "return", (LINE,), NEWEST, {"result": wanted})
    page, mark = lists.page(rows, seen, PAGE)
    told = reconciling.of_return(back)
    shown = {
        "back": back,
        "sums": [
            (r, s) for r, s in zip(Result, (told.paid, told.failed, told.unmatched), strict=True)
        ],
        "wanted": wanted,
        "list": seen,
        "rows": page,
        "next_url": seen.next_url(mark),
    }
    return render(request, "bank/return.html", shown)


@require_safe
@gate.may(May.SEE_MONEY)
def failures(request: HttpRequest) -> HttpResponse:
    """What the bank sent back in the post's places, with the reason, and what became of it."""
    rows = BankAnswer.objects.filter(result=Result.FAILED).select_related("entry__award")
    seen = lists.sight(request, "failures", (), NEWEST, {}, falling=True)
    page, mark = lists.page(rows, seen, PAGE)
    names = places.names(row.place_id for row in page)
    shown = {
        "list": seen,
        "rows": [
            (row, names.get(row.place_id[:9], ""), _state(row)) for row in _with_answers(page)
        ],
        "next_url": seen.next_url(mark),
    }
    return render(request, "bank/failures.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.SETTLE_LEADS)
def failure(request: HttpRequest, number: int) -> HttpResponseBase:
    """One payment that came back: why, and putting its account right."""
    failed = BankAnswer.objects.filter(result=Result.FAILED).select_related("entry__award")
    found = failed.filter(pk=number).first()
    if found is None or found.entry is None:
        raise Http404
    award = found.entry.award
    assert award is not None  # payments name their award
    form = forms.Account(request.POST or None, initial={"payee": award.payee})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            standing = Award.objects.get(number=award.number, superseded_at__isnull=True)
            account = asked["account"].replace(" ", "")
            who = gate.user_of(request)
            righting.prepare(standing, asked["payee"], account, asked["reason"], who, clock.now())
        except RunError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("已提请更正，等第二个人审批。"))
        return redirect("bank_failure", number)
    waits = AccountChange.objects.filter(number=award.number).select_related(
        "prepared_by", "approved_by"
    )
    shown = {
        "row": found,
        "award": award,
        "form": form,
        "changes": list(waits.order_by("-pk")[:5]),
        "state": _state(_with_answers([found])[0]),
    }
    return render(
        request, "bank/failure.html", shown, status=422 if request.method == "POST" else 200
    )


@require_POST
@gate.may(May.APPROVE_RUN)
def decide_account(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person agrees to an account's correction, or sends it back."""
    agree = "agree" in request.POST
    return _do(
        request,
        lambda: righting.decide(number, agree, gate.user_of(request), clock.now()),
        _("已批准，下一批按新账号重发。") if agree else _("已退回。"),
        "bank_failures",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.SEE_MONEY, to_post=May.SETTLE_LEADS)
def sending(request: HttpRequest, number: int) -> HttpResponseBase:
    """Before a run's file goes to the bank: what changed since, what is held, and the mark that it went."""
    run = _run(number)
    form = forms.HoldOne(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key, reason = form.cleaned_data["key"].strip(), form.cleaned_data["reason"]
        who = gate.user_of(request)
        held = _("已暂缓，等第二个人决定。")
        return _do(
            request,
            lambda: holding.hold(run.pk, key, reason, who, clock.now()),
            held,
            "sending",
            run.pk,
        )
    sent = Sending.objects.filter(run=run).select_related("sent_by").first()
    files = BankFile.objects.filter(pk=sent.file_id) if sent else None
    shown = {
        "run": run,
        "form": form,
        "sent": sent,
        "file": holding.latest_file(run) if files is None else files.first(),
        "changed": holding.changed(run),
        "holds": list(
            Hold.objects.filter(run=run)
            .select_related("entry", "held_by", "decided_by", "held_post", "decided_post")
            .order_by("pk")
        ),
    }
    return render(
        request, "bank/sending.html", shown, status=422 if request.method == "POST" else 200
    )


@require_POST
@gate.may(May.ASK_RUN)
def send(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say that the file was handed to the bank."""
    run = _run(number)
    who = gate.user_of(request)
    said = _("已登记交银行。从现在起不能再暂缓。")
    return _do(request, lambda: holding.send(run.pk, who, clock.now()), said, "sending", run.pk)


@require_POST
@gate.may(May.APPROVE_RUN)
def decide_hold(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person stops a held payment, or lets it go."""
    found = Hold.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    stop, who = "stop" in request.POST, gate.user_of(request)
    done = _("已停发并冲正，银行文件正在重新生成。") if stop else _("照发。")
    return _do(
        request,
        lambda: holding.decide(number, stop, who, clock.now(), clock.today()),
        done,
        "sending",
        found.run_id,
    )


def _taken(request: HttpRequest, form: forms.Upload) -> BankReturn | None:
    """The return that was uploaded, taken over; None where it was refused, which the form says."""
    file = form.cleaned_data["file"]
    try:
        if file.size > returns.LARGEST:
            raise NoReturn(1)
        read = returns.read(file.name, file.read())
        who = gate.user_of(request)
        taken, new = returning.take_over(read, who, clock.now(), clock.today())
    except RunError as refused:
        form.add_error("file", str(refused))
        return None
    if new:
        messages.success(request, _("回盘已读入。"))
    else:
        messages.info(request, _("这份回盘以前读过，没有再记一次。"))
    return taken


def _with_answers(rows: list[BankAnswer]) -> list[BankAnswer]:
    """The rows with what came after each: whether it was put right, whether it was paid again."""
    back = Entry.objects.filter(of__in=[row.entry_id for row in rows], kind="failure")
    failed: dict[int, int] = {entry.of_id or 0: entry.pk for entry in back}
    again = set(Entry.objects.filter(of__in=failed.values()).values_list("of_id", flat=True))
    numbers = {row.entry.award.number for row in rows if row.entry and row.entry.award}
    righted: dict[str, AccountChange] = {}
    for change in AccountChange.objects.filter(number__in=numbers).order_by("pk"):
        righted[change.number] = change
    for row in rows:
        entry = failed.get(row.entry_id or 0, 0)
        number = row.entry.award.number if row.entry and row.entry.award else ""
        last = righted.get(number)
        row.paid_again = entry in again  # type: ignore[attr-defined]
        row.change = last if last and last.after >= entry else None  # type: ignore[attr-defined]
    return rows


def _state(row: Any) -> str:
    if row.paid_again:
        return _("已重发")
    if row.change is None:
        return _("挂账，待更正")
    if row.change.agreed is None:
        return _("更正待审批")
    return _("已更正，下一批重发") if row.change.agreed else _("更正被退回")


def _run(number: int) -> Run:
    found = queries.runs().filter(pk=number, state=RunState.PAID).first()
    if found is None:
        raise Http404
    return found


def _do(
    request: HttpRequest, verb: Callable[[], object], done: str, to: str, *args: int
) -> HttpResponseBase:
    """Do one verb and go where its page is, with what came of it. Raises Http404."""
    try:
        verb()
    except RunError as refused:
        messages.error(request, str(refused))
    except ObjectDoesNotExist:
        raise Http404 from None
    else:
        messages.success(request, done)
    return redirect(to, *args)
