"""对上这个人: find the registered person who asked, and say how one knows; what else they asked."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases.errors import CaseError
from guanjia.cases.identifying import identify
from guanjia.cases.models import Case
from guanjia.cases.records import By
from guanjia.concerns.desk.forms import Identify
from guanjia.concerns.matters import looking, queries, showing
from guanjia.concerns.matters.city import the_brand
from guanjia.kit import clock
from guanjia.people import queries as people
from guanjia.people import words as people_words
from guanjia.people.documents import BadDocument
from guanjia.people.models import Person
from guanjia.places import queries as places
from guanjia.staff import gate, lists, reading
from guanjia.staff.read_models import ReadKind
from guanjia.staff.reading import Note
from guanjia.staff.roles import May

LONGEST, FEW = 40, 20
Hits = list[tuple[Person, str]]


@require_safe
@gate.may(May.HANDLE_CASES)
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Persons found, each to be taken with a reason. The search is logged as every search is."""
    case = looking.brief(number)
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    hits, problem = _found(request, words) if words else ([], "")
    names = places.names(place for _one, place in hits)
    today = clock.today()
    shown = {
        "case": case,
        "category": showing.category(case.concern, the_brand()),
        "words": words,
        "problem": problem,
        "rows": [(one, people_words.chip(one, place, names, today)) for one, place in hits[:FEW]],
    }
    return render(request, "concerns/choose_person.html", shown)


@require_safe
@gate.may(May.HANDLE_CASES)
def same(request: HttpRequest, number: int) -> HttpResponse:
    """All that the same person asked, or who left the same phone, within the desk's reach: the newest first."""
    reading.note(request, Note(ReadKind.MATTER, matter=number))
    case = looking.brief(number)
    known = the_brand()
    seen = lists.sight(request, "same", (), queries.LATEST, {}, falling=True)
    found, mark = lists.page(queries.of_its_asker(case), seen, queries.PAGE)
    names = places.names(code for one in found for code in (one.place_id, one.desk_id))
    shown = {
        "case": case,
        "category": showing.category(case.concern, known),
        "rows": [
            {
                "case": one,
                "category": showing.category(one.concern, known),
                "where": people_words.place_words(one.place_id, names),
                "desk": showing.desk(one.desk_id, names),
            }
            for one in found
        ],
        "first_url": seen.first_url,
        "next_url": seen.next_url(mark),
    }
    return render(request, "concerns/same.html", shown)


@require_POST
@gate.may(May.HANDLE_CASES)
def link(request: HttpRequest, number: int) -> HttpResponse:
    """Take one, or nobody, with a reason."""
    reading.note(request, Note(ReadKind.MATTER, matter=number))
    form = Identify(request.POST)
    if not form.is_valid():
        raise BadRequest("person")
    said = form.cleaned_data
    by = By(gate.user_of(request), gate.post_of(request))
    try:
        identify(number, said["step"], said["person"], by, clock.now(), said["note"])
    except (Case.DoesNotExist, Person.DoesNotExist):
        raise Http404 from None
    except CaseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("对上了。") if said["person"] else _("不再对着这个人。"))
    return redirect("inbox_case", number)


def _found(request: HttpRequest, words: str) -> tuple[Hits, str]:
    here = gate.post_of(request).place_id
    log = reading.note(request, Note(ReadKind.SEARCH, filters=here, words=words))
    tidy = people.tidy(words)
    try:
        if people.looks_like_a_number(tidy):
            hits = people.by_document(tidy, clock.today())
        else:
            hits = people.by_name(tidy, here, limit=FEW).people
    except BadDocument as bad:
        return [], str(bad)
    log.found = len(hits)
    return hits, ""
