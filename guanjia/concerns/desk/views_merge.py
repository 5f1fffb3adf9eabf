"""Which open case at the desk is the same matter: looked for by number or words, and merged into with a reason."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guanjia.cases import queries as case_queries
from guanjia.concerns.matters import looking, queries, showing
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate, reading
from guanjia.staff.read_models import ReadKind
from guanjia.staff.reading import Note
from guanjia.staff.roles import May

LONGEST = 40


@require_safe
@gate.may(May.HANDLE_CASES)
def others(request: HttpRequest, number: int) -> HttpResponse:
    """Cases into which this one may be merged, with what they say and where."""
    reading.note(request, Note(ReadKind.MATTER, matter=number))
    case = looking.brief(number)
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    known = the_brand()
    found = queries.open_at_desk(case, words)
    names = places.names(one.place_id for one in found)
    who = case_queries.standing(gate.post_of(request), case)
    shown = {
        "case": case,
        "category": showing.category(case.concern, known),
        "words": words,
        "joins": any(m.verb == "merge" for m in case_queries.lawful(CONCERN, case, who)),
        "rows": [
            {
                "case": one,
                "category": showing.category(one.concern, known),
                "where": people_words.place_words(one.place_id, names),
                "ends": showing.ends_of(one),
            }
            for one in found
        ],
    }
    return render(request, "concerns/others.html", shown)
