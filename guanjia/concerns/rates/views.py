"""The scoreboard: every rate with its numerator, denominator and exclusions; the staff's way down to the cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from procrastinate.contrib.django import app

from guanjia.cases import queries as case_queries
from guanjia.concerns.keys import limits
from guanjia.concerns.matters import showing
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.rates import pages as rate_pages
from guanjia.concerns.rates import tasks as rate_tasks
from guanjia.concerns.rates.forms import RateFilter
from guanjia.concerns.rules import rates
from guanjia.concerns.tables.rates import TakenRound, Taking
from guanjia.kit import clock, days, scope
from guanjia.kit.days import SHANGHAI
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate, lists
from guanjia.staff.roles import May

TAKES, TAKES_WITHIN = 6, 3600


@dataclass(frozen=True, slots=True)
class Row:
    """One round of a set, in words."""

    round: TakenRound
    category: str
    place: str
    due: str
    did: datetime | None
    said: str
    counts: bool
    outside: str


@require_safe
def scoreboard(request: HttpRequest) -> HttpResponseBase:
    """Every rate of a month for the city, then by town; as a page or as a file."""
    taking, known = _taking(request)
    if taking is None:
        return render(request, "concerns/scoreboard.html", {"targets": _targets()})
    if request.GET.get("form") == "csv":
        return lists.as_csv(f"rates-{taking.month:%Y-%m}.csv", rate_pages.sum_lines(taking))
    found = rate_pages.scores(taking)
    towns, rest = rate_pages.by_town(taking, found, rate_pages.TOWNS_SHOW)
    shown = {
        "taking": taking,
        "months": known,
        "scores": rate_pages.of_city(taking, found),
        "towns": towns,
        "rest": rest,
        "heads": [(rate, rates.label(rate)) for rate in rate_pages.TOWNS_SHOW],
        "targets": _targets(),
        "fewest": rates.FEWEST,
        "open": _open(taking),
    }
    return render(request, "concerns/scoreboard.html", shown)


@require_safe
def rate(request: HttpRequest, code: str) -> HttpResponseBase:
    """One rate: what it counts, where it stands in every town; its set, row by row, as a file."""
    taking, known = _taking(request)
    if code not in rates.RATES or taking is None:
        raise Http404
    if request.GET.get("form") == "csv":
        name = f"rate-{code}-{taking.month:%Y-%m}.csv"
        return lists.as_csv(name, rate_pages.row_lines(taking, code))
    found = rate_pages.scores(taking, code)
    towns, rest = rate_pages.by_town(taking, found, [code])
    drawn = rate_pages.chart([s for town in towns for s in town.scores if s is not None])
    shown = {
        "taking": taking,
        "months": known,
        "code": code,
        "label": rates.label(code),
        "counts": rates.counts(code),
        "of": rates.of(code),
        "without": rates.without(code),
        "score": next(s for s in rate_pages.of_city(taking, found) if s.rate == code),
        "towns": towns,
        "rest": rest,
        "message": drawn[0] if drawn else "",
        "chart": drawn[1] if drawn else None,
        "fewest": rates.FEWEST,
        "open": _open(taking),
    }
    return render(request, "concerns/rate.html", shown)


@require_safe
@gate.may(May.HANDLE_CASES)
def rate_cases(request: HttpRequest, code: str) -> HttpResponse:
    """The rounds of a rate's set that lie in the post's places: which, how each counts, and why."""
    taking, _known = _taking(request)
    if code not in rates.RATES or taking is None:
        raise Http404
    form = RateFilter(request.GET, which=rate_pages.WHICH)
    if not form.is_valid():
        raise BadRequest("filter")
    which = form.cleaned_data["which"]
    asked = {"which": which, "month": f"{taking.month:%Y-%m}"}
    seen = lists.sight(request, "rate_cases", rate_pages.COLUMNS, rate_pages.BY_MARK, asked)
    found, mark = lists.page(rate_pages.rounds(taking, code, which), seen, rate_pages.PAGE)
    shown = {
        "form": form,
        "list": seen,
        "rows": _rows(taking, code, found),
        "next_url": seen.next_url(mark),
        "taking": taking,
        "code": code,
        "label": rates.label(code),
    }
    return render(request, "concerns/rate_cases.html", shown)


@require_POST
@gate.may(May.HANDLE_CASES)
def take(request: HttpRequest) -> HttpResponse:
    """Count a month anew, by a job; the city's desk alone, and not all day long."""
    post = gate.post_of(request)
    if len(post.place_id) != places.CITY:
        raise PermissionDenied(_("全市的统计由市级岗位来做。"))
    now = clock.now()
    month = _month(request.POST.get("month", "")) or days.add_months(_today(now), -1)
    if month > _today(now) or limits.spent("take", post.place_id, TAKES):
        messages.error(request, _("没有统计。一小时最多六次，也不能统计还没有到的月份。"))
    else:
        limits.spend("take", post.place_id, TAKES_WITHIN)
        job = app.configure_task(rate_tasks.TAKE, lock=f"take {month}", queue="cases")
        job.defer(month=month.isoformat(), as_of=now.isoformat())
        messages.success(request, _("已经排上，通常一分钟之内统计好。以前统计的结果都保留着。"))
    return redirect("scoreboard")


def _taking(request: HttpRequest) -> tuple[Taking | None, list[date]]:
    """The newest taking of the month that is asked for, and the months that there are."""
    month = _month(request.GET.get("month", ""))
    with scope.hold(scope.PUBLIC):
        taking = rate_pages.newest(month)
        if taking is None and month is not None:
            raise Http404
        return taking, rate_pages.months()


def _month(text: str) -> date | None:
    if not text:
        return None
    try:
        return days.read_month(text)
    except ValueError:
        raise BadRequest("month") from None


def _today(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _open(taking: Taking) -> bool:
    """Whether the month was not over when it was counted."""
    return _today(taking.as_of) < days.add_months(taking.month, 1)


def _targets() -> Sequence[rates.Target]:
    return rates.targets(Path(settings.GUANJIA_CITY))


def _rows(taking: Taking, code: str, found: Sequence[TakenRound]) -> list[Row]:
    names = places.names([r.place for r in found])
    rows = rate_pages.rows_of(taking, code, [r.mark for r in found])
    known = the_brand()
    return [
        Row(
            round=one,
            category=showing.category(one.case.concern, known)
            if hasattr(one.case, "concern")
            else "",
            place=people_words.place_words(one.place, names),
            due=_due(one, code),
            did=_did(one, code),
            said=_said(one),
            counts=rows[one.mark].counts,
            outside=rates.reason(rows[one.mark].outside) if rows[one.mark].outside else "",
        )
        for one in found
    ]


def _due(one: TakenRound, code: str) -> str:
    due = {rates.RESPONSE: one.contact_due}.get(code, one.answer_due)
    if code in (*rates.ASKED, rates.REOPENED):
        due = one.visit_due
    return showing.ends(case_queries.moment(due)) if due else ""


def _did(one: TakenRound, code: str) -> datetime | None:
    if code == rates.RESPONSE:
        return one.contacted_at
    return one.reopened_at if code == rates.REOPENED else one.answered_at


def _said(one: TakenRound) -> str:
    if not one.said_by:
        return ""
    solved = _("解决了") if one.solved else _("没有解决")
    satisfied = _("满意") if one.satisfied else _("不满意")
    how = {"self": _("本人评价"), "called": _("电话回访")}[one.said_by]
    return f"{solved} · {satisfied} · {how}"
