"""Months that were paid too much: the list, and what two people do about one of them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.entitlements import books
from guanjia.entitlements.bank import settling_overpayments as settling
from guanjia.entitlements.deciding import corrections
from guanjia.entitlements.deciding.corrections import Told
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.families import units
from guanjia.entitlements.families.units import Unit
from guanjia.entitlements.tables.after import Overpayment, OverpaymentStep, Step
from guanjia.kit import clock
from guanjia.staff import gate, lists
from guanjia.staff.lists import Column
from guanjia.staff.roles import May
from guanjia.web.bank import forms

PAGE, BATCH = 50, 500
COLUMNS = (
    Column("who", gettext_lazy("谁"), fixed=True),
    Column("benefit", gettext_lazy("待遇"), by="benefit"),
    Column("month", gettext_lazy("月份"), by="month", kind="day"),
    Column("fen", gettext_lazy("多发"), fixed=True, kind="number"),
    Column("why", gettext_lazy("原因"), fixed=True),
    Column("source", gettext_lazy("更正来源")),
    Column("state", gettext_lazy("处理"), fixed=True),
)
NEWEST = Column("found", gettext_lazy("发现次序"), by="pk", kind="number")


class Row(NamedTuple):
    """One record as lists show it."""

    one: Overpayment
    unit: Unit
    told: Told
    last: OverpaymentStep | None

    @property
    def state(self) -> str:
        """What was done about it so far."""
        if self.last is None or self.last.step == Step.DECLINED:
            return _("待处理")
        if self.last.step == Step.ASKED:
            return _("待审批")
        agreed = self.last.step == Step.AGREED
        return str(self.last.get_outcome_display() if agreed else self.last.get_step_display())


@require_safe
@gate.may(May.SEE_MONEY)
def overpayments(request: HttpRequest) -> HttpResponseBase:
    """Every month in the post's places that was paid too much, newest first; a page or a file."""
    seen = lists.sight(request, "overpayments", COLUMNS, NEWEST, {}, falling=True)
    found = Overpayment.objects.select_related("run")
    if request.GET.get("form") == "csv":
        batches = lists.everything(found, seen, BATCH)
        return lists.as_csv("overpayments.csv", _lines(batches))
    page, mark = lists.page(found, seen, PAGE)
    shown = {"list": seen, "rows": _rows(page), "next_url": seen.next_url(mark)}
    return render(request, "bank/overpayments.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.SEE_MONEY)
def overpayment(request: HttpRequest, number: int) -> HttpResponseBase:
    """One of them: what was paid, what was due, why, and what two people do about it."""
    found = Overpayment.objects.select_related("run").filter(pk=number).first()
    if found is None:
        raise Http404
    steps = list(found.steps.select_related("asked_by", "by", "asked_post", "post").order_by("pk"))
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
    told = corrections.of_overpayments(page)
    return [Row(one, whose[one.pk], told[one.pk], last.get(one.pk)) for one in page]


def _lines(batches: Iterable[list[Overpayment]]) -> Iterator[list[object]]:
    yield [
        *(_("姓名"), _("证件号"), _("地方"), _("待遇"), _("月份")),
        *(_("已发（元）"), _("应发（元）"), _("多发（元）")),
        *(_("原因"), _("更正来源"), _("处理")),
    ]
    titles = books.titles()
    for row in (row for batch in batches for row in _rows(batch)):
        chip = row.unit.chip
        yield [
            *((chip.name, chip.masked) if chip else ("", "")),
            row.unit.place,
            titles.get(row.one.benefit, row.one.benefit),
            f"{row.one.month:%Y-%m}",
            *(lists.plain_yuan(fen) for fen in (row.one.paid, row.one.due, row.one.fen)),
            *row.told,
            row.state,
        ]
