"""People: the search, one person, one household. Each shows what the post's reach allows."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from guanjia.kit import clock
from guanjia.people import forms, queries, words
from guanjia.people.models import Household, Person
from guanjia.places import queries as places
from guanjia.staff import gate, lists, reading
from guanjia.staff.lists import Column
from guanjia.staff.read_models import ReadKind
from guanjia.staff.reading import Note
from guanjia.staff.roles import May
from guanjia.web.people import pages

COLUMNS = (
    Column("who", gettext_lazy("姓名 · 年龄 · 村（社区） · 证件号"), fixed=True),
    Column("sex", gettext_lazy("性别")),
    Column("born_on", gettext_lazy("出生日期")),
)
BY_NAME = Column("name", gettext_lazy("姓名"), by="name")  # as the search finds them


@require_safe
@gate.may(May.SEE_PEOPLE)
def people(request: HttpRequest) -> HttpResponseBase:
    """Find a person by name, initials or number. One exact number leads straight to the person."""
    here: str = request.post.place_id  # type: ignore[attr-defined]
    searching = "q" in request.GET
    form = forms.Search(request.GET if searching else None, places=_narrower(here))
    if not searching or not form.is_valid():
        return render(request, "people/people.html", {"form": form})
    asked_for = form.cleaned_data["q"]
    where = form.cleaned_data["place"] or here
    log = reading.note(request, Note(ReadKind.SEARCH, filters=where, words=asked_for))
    if form.by_number:
        hits = queries.by_document(asked_for, clock.today())
        log.found = len(hits)
        if len(hits) == 1:
            return redirect("person", hits[0][0].pk)
        return _found(request, form, hits, None)
    page = queries.by_name(asked_for, where, _mark(request.GET.get("after", "")))
    log.found = len(page.people)
    return _found(request, form, page.people, page.after)


@require_safe
@gate.may(May.SEE_PEOPLE)
def person(request: HttpRequest, number: int) -> HttpResponse:
    """Who it is, the household, what is due, was decided and paid, and the facts with their sources."""
    as_known = forms.Known(request.GET, today=clock.today())
    reading.note(request, Note(ReadKind.PERSON, person=number))
    try:
        shown = pages.person_page(number, clock.today(), as_known.day)
    except Person.DoesNotExist:
        raise Http404 from None
    return render(request, "people/person.html", {**shown, **as_known.told})


@require_safe
@gate.may(May.SEE_PEOPLE)
def household(request: HttpRequest, number: int) -> HttpResponse:
    """Who lives together, what the household has, and what it was granted."""
    as_known = forms.Known(request.GET, today=clock.today())
    try:
        shown = pages.household_page(number, clock.today(), as_known.day)
    except Household.DoesNotExist:
        reading.note(request, Note(ReadKind.HOUSEHOLD, what=str(number)))
        raise Http404 from None
    for member in shown["members"]:  # each of them was looked at
        who = member.chip.number
        reading.note(request, Note(ReadKind.HOUSEHOLD, person=who, what=str(number)))
    if not shown["members"]:
        reading.note(request, Note(ReadKind.HOUSEHOLD, what=str(number)))
    return render(request, "people/household.html", {**shown, **as_known.told})


def _found(
    request: HttpRequest,
    form: forms.Search,
    hits: list[tuple[Person, str]],
    after: queries.Mark | None,
) -> HttpResponse:
    names = places.names(place for _p, place in hits)
    rows = [(person, words.chip(person, place, names, clock.today())) for person, place in hits]
    seen = lists.sight(request, "people", COLUMNS, BY_NAME, {})
    asked = {"q": request.GET["q"], "place": request.GET.get("place", "")}
    shown: dict[str, Any] = {
        "form": form,
        "asked": True,
        "words": form.cleaned_data["q"],
        "list": seen,
        "rows": rows,
        "first_url": f"?{urlencode(asked)}" if request.GET.get("after") else None,
        "next_url": f"?{urlencode({**asked, 'after': '~'.join(map(str, after))})}"
        if after
        else None,
    }
    return render(request, "people/people.html", shown)


def _narrower(here: str) -> list[tuple[str, str]]:
    """The whole of the post's place, then the places one step below it."""
    whole = (("", _("%(place)s（全部）") % {"place": places.full_name(here)}),)
    digits = {places.CITY: places.TOWN, places.TOWN: places.COMMUNITY}.get(len(here))
    below = places.below(here, digits) if digits else []
    return [*whole, *[(place.code, place.name) for place in below]]


def _mark(text: str) -> queries.Mark | None:
    """Where the last page ended, from the address. Raises BadRequest."""
    if not text:
        return None
    parts = text.split("~")
    if len(parts) != 3 or not parts[2].isdecimal() or len(parts[2]) > 18:
        raise BadRequest("after")
    return queries.Mark(parts[0], parts[1], int(parts[2]))
