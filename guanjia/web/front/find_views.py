"""The front door of residents: the search over what is public, and what is near."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guanjia.concerns.matters import showing
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.residents.place_choice import matching, towns_of
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.web.front import finding


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What answers to the words that were typed."""
    text = request.GET.get("q", "")[: finding.LONGEST]
    return render(request, "find.html", {"text": text, "groups": finding.found(text)})


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """A community: whose desk it is, which places of service stand there; chosen from lists, not located."""
    city = the_brand().city
    code, text = request.GET.get("place", ""), request.GET.get("q", "")[: finding.LONGEST]
    shown: dict[str, Any] = {"text": text, "matches": matching(city, text), "towns": towns_of(city)}
    if code:
        if not code.startswith(city) or not places.exists(code):
            raise Http404
        names = places.names([code])
        shown |= {
            "chosen": code,
            "where": people_words.place_words(code, names),
            "desks": [showing.desk(code[:n], names) for n in (12, 9) if len(code) >= n],
            "facilities": places.facilities(code[: places.TOWN], clock.today()),
        }
    return render(request, "near.html", shown)
