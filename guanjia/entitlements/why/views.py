"""为什么: the pages that explain a stored decision, and what the text says of somebody now."""

from datetime import date

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guanjia.entitlements.families import units
from guanjia.entitlements.models import Determination
from guanjia.entitlements.runs.forms import MONTHS_OFFERED
from guanjia.entitlements.why import explaining, page_queries
from guanjia.kit import clock, days
from guanjia.people import queries as people
from guanjia.people.models import Person
from guanjia.policy import words
from guanjia.staff import gate
from guanjia.staff.roles import May


@require_safe
@gate.may(May.SEE_MONEY)
def stored(request: HttpRequest, number: int) -> HttpResponse:
    """A stored decision, by the book and the facts of its day; it is worked out again and compared."""
    try:
        found = page_queries.determination(number)
    except Determination.DoesNotExist:
        raise Http404 from None
    shown = {
        "one": found,
        "answer": explaining.of_determination_or_none(found, clock.today()),
        "has_rule": explaining.has_rule(found),
        "unit": units.of_rows([found], clock.today())[found.pk],
        "periods": page_queries.periods_of_unit(found),
    }
    return render(request, "entitlements/why.html", shown)


@require_safe
@gate.may(May.SEE_MONEY)
def now(request: HttpRequest, number: int, benefit: str) -> HttpResponse:
    """What the newest book says of a person in a month, by the facts known now."""
    today = clock.today()
    month = _month(request.GET.get("month", ""), today)
    try:
        person = people.person(number)
        answer: explaining.Answer | None = explaining.of_now(
            number, benefit, month, clock.now(), today
        )
    except (Person.DoesNotExist, KeyError):
        raise Http404 from None
    except explaining.OutOfReach:
        answer = None
    months = [days.add_months(today, -back) for back in range(MONTHS_OFFERED)]
    shown = {
        "person": person,
        "code": benefit,
        "answer": answer,
        "month": month,
        "months": [(f"{m:%Y-%m}", words.month(m), m == month) for m in months],
    }
    return render(request, "entitlements/why_now.html", shown)


def _month(text: str, today: date) -> date:
    """The month that the address names; without one, this month. Raises BadRequest."""
    if not text:
        return today.replace(day=1)
    try:
        return days.read_month(text)
    except ValueError:
        raise BadRequest("month") from None
