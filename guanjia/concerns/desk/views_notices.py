"""通知: what a desk was told of its cases; opened one by one, or all that the page showed at once."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases import queries as case_queries
from guanjia.cases import reading
from guanjia.cases import words as case_words
from guanjia.concerns.matters import queries, showing
from guanjia.concerns.matters.city import the_brand
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.staff.roles import May

DIGITS = 18


@require_safe
@gate.may(May.HANDLE_CASES)
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first, a page at a time by number; what was not read stands out."""
    before = _number(request.GET.get("before", ""))
    found = queries.notices(gate.post_of(request), before)
    listed, known = found[: queries.PAGE], the_brand()
    names = places.names(one.case.place_id for one in listed)
    shown = {
        "rows": [
            {
                "notice": one,
                "what": _what(one.event.verb, one.event.reason),
                "category": showing.category(one.case.concern, known),
                "where": people_words.place_words(one.case.place_id, names),
            }
            for one in listed
        ],
        "newest": listed[0].pk if listed else 0,
        "unread": any(one.read_at is None for one in listed),
        "next": listed[-1].pk if len(found) > queries.PAGE else 0,
        "begun": before > 0,
    }
    return render(request, "concerns/notices.html", shown)


@require_safe
@gate.may(May.HANDLE_CASES)
def unread(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the mark in the head of every page."""
    found = case_queries.unread(gate.post_of(request))
    count = len(found.values_list("pk", flat=True)[: queries.MARKED + 1])
    return render(request, "concerns/unread.html", {"count": count, "most": queries.MARKED})


@require_POST
@gate.may(May.HANDLE_CASES)
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Open what a notice speaks of; it is read."""
    found = reading.read_one(gate.post_of(request), number, clock.now())
    if found is None:
        raise Http404
    return redirect("inbox_case", found.case_id)


@require_POST
@gate.may(May.HANDLE_CASES)
def read_all(request: HttpRequest) -> HttpResponse:
    """All that the page showed, and before."""
    number = _number(request.POST.get("newest", ""))
    count = reading.read_until(gate.post_of(request), number, clock.now())
    said = ngettext("%(n)d 条标为已读。", "%(n)d 条标为已读。", count) % {"n": count}
    messages.success(request, said)
    return redirect("notices")


def _number(text: str) -> int:
    """A number from the address; nought for none. Raises BadRequest."""
    if text and not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise BadRequest("number")
    return int(text or 0)


def _what(verb: str, reason: str) -> str:
    if verb == "escalate":
        return str(case_words.LEVELS[int(reason)])
    return str(case_words.TO_DESK.get(verb, case_words.MOVES.get(verb, _("有新情况"))))
