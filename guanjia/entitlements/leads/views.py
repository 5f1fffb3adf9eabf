"""Leads: 应享未享, 存疑 and 待补问 by community; what a visit found; the list as a file."""

from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import (
    Http404,
    HttpRequest,
    HttpResponseBase,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.entitlements import books
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.families import units
from guanjia.entitlements.leads import forms, pages, settling
from guanjia.entitlements.leads.pages import Wanted
from guanjia.entitlements.models import Lead, LeadKind, LeadState
from guanjia.entitlements.runs.forms import LONGEST_NOTE
from guanjia.entitlements.why import explaining as why
from guanjia.kit import clock
from guanjia.people import words
from guanjia.places import queries as places
from guanjia.staff import gate, lists
from guanjia.staff.lists import Sight
from guanjia.staff.roles import May

ALL = "all"


@require_safe
@gate.may(May.SETTLE_LEADS)
def leads(request: HttpRequest) -> HttpResponseBase:
    """Where somebody should go and look, by place; as a page or as a file."""
    form = _filter(request)
    wanted = _wanted(form)
    asked = {k: v for k, v in form.data.items() if k in form.fields}
    seen = lists.sight(request, "leads", pages.COLUMNS, pages.BY_PLACE, asked)
    if request.GET.get("form") == "csv":
        name = f"leads-{wanted.place}-{clock.today():%Y%m%d}.csv"
        return lists.as_csv(name, _lines(wanted, seen))
    rows, mark = pages.page(wanted, seen, clock.today())
    shown = {
        "form": form,
        "list": seen,
        "rows": rows,
        "tallies": pages.tallies(wanted.place),
        "kinds": list(LeadKind),
        "in_bulk": {lead.pk for lead, _unit in rows if _may_be_ticked(lead)},
        "next_url": seen.next_url(mark),
    }
    return render(request, "entitlements/leads.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.SETTLE_LEADS)
def lead(request: HttpRequest, number: int) -> HttpResponseBase:
    """One lead: who, what the text says, and what the visit found."""
    try:
        found = Lead.objects.select_related(
            "determination__run", "first_run", "last_run", "settled_by", "household"
        ).get(pk=number)
    except Lead.DoesNotExist:
        raise Http404 from None
    form = forms.Settle(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _settle(request, found, form)
    shown = {
        "lead": found,
        "unit": units.of_rows([found], clock.today())[found.pk],
        "form": form,
        "answer": why.of_determination_or_none(found.determination, clock.today()),
        "has_rule": why.has_rule(found.determination),
    }
    return render(request, "entitlements/lead.html", shown)


@require_POST
@gate.may(May.SETTLE_LEADS)
def settle_many(request: HttpRequest) -> HttpResponseBase:
    """Confirm the ticked doubts, whose only reason is death or an age limit, with one note."""
    ticked = [int(n) for n in request.POST.getlist("lead") if n.isdecimal() and len(n) <= 18]
    if not ticked:
        messages.error(request, _("一条也没有勾选。请先勾选要确认的线索。"))
        return redirect("leads")
    note = request.POST.get("note", "")[:LONGEST_NOTE]
    try:
        done = settling.settle_in_bulk(
            ticked, gate.user_of(request), note, clock.now(), clock.today()
        )
    except RunError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已确认 %(n)d 条，从没有发放的月份起停发。") % {"n": done})
    return redirect(f"{reverse('leads')}?kind={LeadKind.DOUBTFUL.value}")


def _settle(request: HttpRequest, found: Lead, form: forms.Settle) -> HttpResponseBase:
    """Write down what the visit found; back to the list, or to the lead where it was refused."""
    asked = form.cleaned_data
    try:
        settling.settle_lead(
            *(found.pk, gate.user_of(request), asked["outcome"], asked["note"]),
            *(clock.now(), clock.today()),
        )
    except RunError as refused:
        messages.error(request, str(refused))
        return redirect("lead", found.pk)
    messages.success(request, _("已记下核实结果。"))
    return redirect(f"{reverse('leads')}?kind={found.kind}")


def _lines(wanted: Wanted, seen: Sight) -> Iterator[list[object]]:
    titles = books.titles()
    yield [
        *(_("类别"), _("待遇"), _("姓名"), _("证件号"), _("年龄"), _("地方")),
        *(_("每期应得（元）"), _("现在发（元）"), _("自")),
    ]
    for lead, unit in pages.everyone(wanted, seen, clock.today()):
        chip, net = unit.chip, lead.determination.net
        yield [
            lead.get_kind_display(),
            titles.get(lead.benefit, lead.benefit),
            *((chip.name, chip.masked, chip.age) if chip else ("", "", "")),
            unit.place,
            "" if net is None else lists.plain_yuan(net),
            lists.plain_yuan(lead.determination.pays),
            f"{lead.first_run.month:%Y-%m}",
        ]


def _filter(request: HttpRequest) -> forms.LeadFilter:
    here = gate.post_of(request).place_id
    data = {"state": LeadState.OPEN.value, **request.GET.dict()}
    digits = pages.BELOW.get(len(here))
    names = [(p.code, words.short(p.name)) for p in places.below(here, digits)] if digits else []
    asked = data.get("place", "")
    if asked.startswith(here) and len(asked) == places.COMMUNITY:
        names.append((asked, words.short(places.full_name(asked))))
    whole = (here, _("%(place)s（全部）") % {"place": places.full_name(here)})
    data["place"] = asked or here
    return forms.LeadFilter(data, places=[whole, *names], benefits=books.titles().items())


def _may_be_ticked(lead: Lead) -> bool:
    return lead.state == LeadState.OPEN and settling.may_settle_in_bulk(lead)


def _wanted(form: forms.LeadFilter) -> Wanted:
    """The filter that the form says; one that it cannot say is refused. Raises BadRequest."""
    if not form.is_valid():
        raise BadRequest("filter")
    asked = form.cleaned_data
    state = "" if asked["state"] == ALL else asked["state"]
    return Wanted(asked["place"], asked["kind"], asked["benefit"], state)
