"""Months that were paid too much: the list, and what two people do about one of them."""

from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.entitlements import queries
from guanjia.entitlements.bank import settling_overpayments as settling
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.families import units
from guanjia.entitlements.families.units import Unit
from guanjia.entitlements.tables.after import Overpayment, OverpaymentStep, Step
from guanjia.kit import clock
from guanjia.people.models import Source
from guanjia.staff import gate, lists
from guanjia.staff.lists import Column
from guanjia.staff.roles import May
from guanjia.web.bank import forms

PAGE = 50
COLUMNS = (
    Column("who", gettext_lazy("谁"), fixed=True),
    Column("benefit", gettext_lazy("待遇"), by="benefit"),
    Column("month", gettext_lazy("月份"), by="month", kind="day"),
    Column("fen", gettext_lazy("多发"), fixed=True, kind="number"),
    Column("why", gettext_lazy("原因"), fixed=True),
    Column("state", gettext_lazy("处理"), fixed=True),
)
NEWEST = Column("found", gettext_lazy("发现次序"), by="pk", kind="number")
KINDS = {
    "book": gettext_lazy("标准更正"),
    "membership": gettext_lazy("户内成员更正"),
    "award": gettext_lazy("批准情况更正"),
}


class Row(NamedTuple):
    """One record as lists show it."""

    one: Overpayment
    unit: Unit
    reason: str
    source: str
    last: OverpaymentStep | None


@require_safe
@gate.may(May.SEE_MONEY)
def overpayments(request: HttpRequest) -> HttpResponse:
    """Every month in the post's places that was paid too much, newest first."""
    seen = lists.sight(request, "overpayments", COLUMNS, NEWEST, {}, falling=True)
    page, mark = lists.page(Overpayment.objects.select_related("run"), seen, PAGE)
    shown = {"list": seen, "rows": _rows(page), "next_url": seen.next_url(mark)}
    return render(request, "bank/overpayments.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.SEE_MONEY)
def overpayment(request: HttpRequest, number: int) -> HttpResponseBase:
    """One of them: what was paid, what was due, why, and what two people do about it."""
    found = Overpayment.objects.select_related("run").filter(pk=number).first()
    if found is None:
        raise Http404
    steps = list(found.steps.select_related("asked_by", "by").order_by("pk"))
    last = steps[-1] if steps else None
    waits = last is not None and last.step == Step.ASKED
    form = forms.Decide(request.POST or None) if waits else forms.Settle(request.POST or None)
    if request.method == "POST":
        refused = gate.refusal(request, May.APPROVE_RUN if waits else May.SETTLE_LEADS)
        if refused is not None:
            return refused
        if form.is_valid():
            return _settle(request, number, form, waits)
    shown = {
        "row": _rows([found])[0],
        "steps": steps,
        "waits": waits,
        "over": last is not None and last.step in (Step.AGREED, Step.OVERTAKEN),
        "mine": waits and last is not None and last.asked_by_id == request.user.pk,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "bank/overpayment.html", shown, status=status)


def _settle(
    request: HttpRequest, number: int, form: forms.Settle | forms.Decide, waits: bool
) -> HttpResponseBase:
    asked, who, now = form.cleaned_data, gate.user_of(request), clock.now()
    try:
        if waits:
            settling.decide(number, "agree" in request.POST, asked["note"], who, now)
        else:
            settling.ask(number, asked["outcome"], asked["note"], who, now)
    except RunError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已记下。") if waits else _("已提请，等第二个人审批。"))
    return redirect("overpayment", number)


def _rows(page: list[Overpayment]) -> list[Row]:
    whose = units.of_rows(page, clock.today())
    last: dict[int, OverpaymentStep] = {}
    for step in OverpaymentStep.objects.filter(overpayment__in=page).order_by("pk"):
        last[step.overpayment_id] = step
    wanted = {one.source for one in page}
    sources = dict(Source.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        Row(one, whose[one.pk], _reason(one), sources.get(one.source, one.source), last.get(one.pk))
        for one in page
    ]


def _reason(one: Overpayment) -> str:
    """What became known, in words."""
    if one.reason in KINDS:
        return str(KINDS[one.reason])
    fact = queries.book_of(one.run.revision_id).facts.find(one.reason)
    return fact.label if fact else one.reason
