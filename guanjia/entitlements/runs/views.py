"""Runs: ask for a month, watch it, see what changed, and the second person's yes or no."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.entitlements import books, queries
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.models import WORKING, Change, Run
from guanjia.entitlements.runs import actions, forms, pages
from guanjia.kit import clock
from guanjia.staff import gate, lists
from guanjia.staff.roles import May


@require_safe
@gate.may(May.SEE_MONEY)
def runs(request: HttpRequest) -> HttpResponse:
    """All months that were worked out, newest first, and the form to ask for one."""
    rows = list(queries.runs()[: queries.PAGE])
    sums = pages.paid_sums(rows)
    shown = {
        "rows": [(run, sums.get(run.pk)) for run in rows],
        "form": forms.AskRun(today=clock.today()),
    }
    return render(request, "entitlements/runs.html", shown)


@require_POST
@gate.may(May.ASK_RUN)
def ask(request: HttpRequest) -> HttpResponseBase:
    """Ask for a month. Asked twice, it is one run."""
    form = forms.AskRun(request.POST, today=clock.today())
    if not form.is_valid():
        messages.error(request, _("请从列表里选一个月份。"))
        return redirect("runs")
    try:
        found = actions.ask_run(
            form.cleaned_data["month"],
            gate.post_of(request).place_id,
            gate.user_of(request),
            clock.now(),
            clock.today(),
        )
    except RunError as refused:
        messages.error(request, str(refused))
        return redirect("runs")
    return redirect("run", found.pk)


@require_safe
@gate.may(May.SEE_MONEY)
def run(request: HttpRequest, number: int) -> HttpResponse:
    """One month: how far it is, what changed, what is paid, and what may be done next."""
    return _page(request, _run(number), forms.Reject())


@require_safe
@gate.may(May.SEE_MONEY)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The progress alone, asked for every two seconds; once the step is over, the whole page."""
    found = _run(number)
    if found.state not in WORKING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "entitlements/run_progress.html", _progress(found))


@require_POST
@gate.may(May.APPROVE_RUN)
def approve(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says yes: the money is posted."""
    done = _("已批准。正在记账，完成后可以下载银行文件。")
    return _do(
        request,
        number,
        lambda run: actions.approve_run(run, gate.user_of(request), clock.now()),
        done,
    )


@require_POST
@gate.may(May.APPROVE_RUN)
def reject(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says no, and why."""
    form = forms.Reject(request.POST)
    if not form.is_valid():
        return _page(request, _run(number), form, status=422)
    reason = form.cleaned_data["reason"]
    done = _("已退回，并已写明原因。")
    return _do(
        request,
        number,
        lambda run: actions.reject_run(run, gate.user_of(request), reason, clock.now()),
        done,
    )


@require_POST
@gate.may(May.ASK_RUN)
def cancel(request: HttpRequest, number: int) -> HttpResponseBase:
    """Stop a run that was asked for and is not approved."""
    done = _("已停止。没有发放任何一笔。")
    return _do(
        request,
        number,
        lambda run: actions.cancel_run(run, gate.user_of(request), clock.now()),
        done,
    )


@require_POST
@gate.may(May.ASK_RUN)
def retry(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take up again where it failed."""
    done = _("已从停下的地方继续。")
    return _do(
        request,
        number,
        lambda run: actions.retry_run(run, gate.user_of(request), clock.now()),
        done,
    )


@require_safe
@gate.may(May.SEE_MONEY)
def units_of(request: HttpRequest, number: int, what: str) -> HttpResponseBase:
    """Who is behind a figure of a run: the decisions that changed in one way; a page or a file."""
    if what not in pages.LISTED:
        raise Http404
    found, titles = _run(number), books.titles()
    form = forms.ChangeFilter(request.GET, **pages.parts(found.pk, what, titles))
    if not form.is_valid():
        raise BadRequest("filter")
    asked = form.cleaned_data
    changes = queries.changes(found.pk, what, asked["benefit"], asked["place"])
    corrected = what in pages.CORRECTED
    columns = pages.WITH_SOURCE if corrected else pages.LIST
    name = "corrections" if corrected else "changes"
    seen = lists.sight(request, name, columns, pages.AS_FOUND, asked)
    if request.GET.get("form") == "csv":
        lines = _lines(pages.all_changes(changes, seen, clock.today()), titles, corrected)
        return lists.as_csv(f"{found.month:%Y-%m}-{what}.csv", lines)
    rows, mark = pages.changes(changes, seen, clock.today())
    shown = {
        "run": found,
        "what": Change(what),
        "form": form,
        "list": seen,
        "rows": rows,
        "next_url": seen.next_url(mark),
    }
    return render(request, "entitlements/run_units.html", shown)


def _lines(
    changes: Iterable[pages.Whose], titles: dict[str, str], corrected: bool
) -> Iterator[list[object]]:
    yield [
        _("姓名"),
        _("证件号"),
        _("地方"),
        _("待遇"),
        _("月份"),
        _("原来（元）"),
        _("现在（元）"),
        *((_("原因"), _("更正来源")) if corrected else ()),
    ]
    for one, unit, told in changes:
        yield [
            *((unit.chip.name, unit.chip.masked) if unit.chip else ("", "")),
            unit.place,
            titles.get(one.benefit, one.benefit),
            f"{one.since:%Y-%m}",
            lists.plain_yuan(one.previous.pays) if one.previous else "",
            lists.plain_yuan(one.pays),
            *((told or ("", "")) if corrected else ()),
        ]


def _page(request: HttpRequest, found: Run, form: forms.Reject, status: int = 200) -> HttpResponse:
    titles = books.titles()
    figures = pages.figures(found, titles)
    paid = queries.paid_benefits(queries.book_of(found.revision_id))
    shown = {
        "run": found,
        "form": form,
        "figures": figures,
        "without_rule": [row.name for row in figures.by_benefit if row.code not in paid],
        "columns": pages.COLUMNS,
        "listed": [what.value for what in pages.LISTED],
        "undecidable": [titles.get(code, code) for code in found.undecidable.split(",") if code],
        **pages.past(found.pk),
        "files": queries.bank_files(found.pk),
        "mine": found.prepared_by_id == request.user.pk,
        "working": found.state in WORKING,
        **_progress(found),
    }
    return render(request, "entitlements/run.html", shown, status=status)


def _progress(found: Run) -> dict[str, Any]:
    left = pages.seconds_left(found, clock.now())
    return {"run": found, "left": pages.how_long(left) if left is not None else ""}


def _do(
    request: HttpRequest, number: int, verb: Callable[[int], object], done: str
) -> HttpResponseBase:
    """Do one verb to a run and go back to its page, with what came of it."""
    found = _run(number)
    try:
        verb(found.pk)
    except RunError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("run", found.pk)


def _run(number: int) -> Run:
    """The run. Raises Http404."""
    try:
        return queries.runs().get(pk=number)
    except Run.DoesNotExist:
        raise Http404 from None
