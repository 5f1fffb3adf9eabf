"""Answered matters for everybody: the public list, a clerk's approval before, the asker's way back."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.concerns.answered import board
from guanjia.concerns.answered.forms import PublishForm
from guanjia.concerns.keys.opening import Opened, own
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.matters.looking import look_at
from guanjia.kit import clock, scope
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate
from guanjia.staff.roles import May


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """What others asked and what they were told, the newest first; by category."""
    known, category = the_brand(), request.GET.get("category", "")
    before = request.GET.get("before", "0")
    if (category and category not in known.categories) or not _is_number(before):
        raise BadRequest("filter")
    found = board.shown(category, before=int(before))
    rows = found[: board.PAGE]
    names = places.names(row.place for row in rows)
    shown = {
        "rows": [(row, people_words.place_words(row.place, names)) for row in rows],
        "categories": known.categories.values(),
        "category": category,
        "more": rows[-1].pk if len(found) > board.PAGE else None,
        "first": not int(before),
    }
    return render(request, "concerns/board.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.HANDLE_CASES)
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """What would be shown, to be read and mended by a clerk before it is."""
    case = look_at(request, number)
    question, answer = board.draft(case, case.concern)
    form = PublishForm(request.POST or None, initial={"question": question, "answer": answer})
    shown = {"case": case, "form": form, "leave": board.leave(case), "refused": ""}
    if request.method == "POST" and form.is_valid():
        said, user = form.cleaned_data, gate.user_of(request)
        try:
            board.publish(case, case.concern, said["question"], said["answer"], user, clock.now())
        except board.NotShown as refused:
            shown["refused"] = str(refused)
        else:
            messages.success(request, _("已经公开，对方随时可以撤下。"))
            return redirect("inbox_case", number)
    status = 200 if request.method != "POST" else 409 if shown["refused"] else 400
    return render(request, "concerns/publish.html", shown, status=status)


@require_POST
@own
def withdraw(request: HttpRequest, found: Opened) -> HttpResponse:
    """Take one's own matter off the list, for good."""
    with scope.hold(found.eyes()):
        board.withdraw(found.case, clock.now())
    messages.success(request, _("已经撤下，别人看不到了。"))
    return redirect(found.door())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
