"""Several cases, one move: first what would go and what would not and why, then each by itself, with its result."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanjia.cases import actions as cases
from guanjia.cases import words as case_words
from guanjia.cases.actions import By, Given
from guanjia.cases.errors import CaseError, MovedMeanwhile
from guanjia.cases.models import Case
from guanjia.concerns.desk.forms import Bulk, MakeMove
from guanjia.concerns.matters import queries, showing
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import clock
from guanjia.staff import gate
from guanjia.staff.roles import May

VERBS = ("accept", "contact", "answer", "transfer", "return", "decline", "pause", "resume")


@dataclass(frozen=True, slots=True)
class Line:
    """One case: whether it goes, or went; why not."""

    case: Case
    category: str
    step: int
    why: str

    @property
    def goes(self) -> bool:
        """Nothing stands against it."""
        return not self.why


@require_POST
@gate.may(May.HANDLE_CASES)
def bulk(request: HttpRequest) -> HttpResponse:
    """Preview; with `go`, each is carried out by itself: one that is refused leaves the others done."""
    form = Bulk(request.POST)
    if not form.is_valid():
        if "verb" in form.errors:
            raise BadRequest("verb")
        return render(
            request, "concerns/bulk_none.html", {"why": form.errors["case"][0]}, status=400
        )
    verb, chosen = form.cleaned_data["verb"], form.cleaned_data["case"]
    if verb not in VERBS:
        raise BadRequest("verb")
    by = By(gate.user_of(request), gate.post_of(request))
    lines = [_line(one, chosen[one.pk], verb, by) for one in queries.some(list(chosen))]
    going = [line for line in lines if line.goes]
    shown = _shown(request, verb, lines, going) | {"lost": len(chosen) - len(lines)}
    if request.POST.get("go") != "yes" or not going:
        return render(request, "concerns/bulk.html", shown)
    typed = MakeMove({**request.POST.dict(), "step": 0}, desks=shown["desks"])
    if not typed.is_valid():
        shown |= {"refused": _("请检查填写的内容。"), "kept": request.POST}
        return render(request, "concerns/bulk.html", shown, status=400)
    said = typed.cleaned_data
    given = Given(said["note"], said["reason"], said["desk"], said["until"])
    done = [_made(line, verb, by, given) for line in going]
    if not any(line.goes for line in done):
        shown |= {"refused": done[0].why, "kept": request.POST}
        return render(request, "concerns/bulk.html", shown, status=409)
    left = [line for line in lines if not line.goes]
    shown |= {"lines": [*done, *left], "done": sum(line.goes for line in done)}
    return render(request, "concerns/bulk_done.html", shown)


def _shown(request: HttpRequest, verb: str, lines: list[Line], going: list[Line]) -> dict[str, Any]:
    move = next(one for one in CONCERN.moves if one.verb == verb)
    return {
        "verb": verb,
        "label": case_words.MOVES[verb],
        "move": move,
        "lines": lines,
        "going": going,
        "reasons": [(code, case_words.REASONS[code]) for code in move.reasons],
        "desks": _desks(request, going) if "desk" in move.needs else [],
    }


def _line(case: Case, seen: int, verb: str, by: By) -> Line:
    refused = MovedMeanwhile() if case.step != seen else cases.refusal(CONCERN, case, verb, by)
    category = showing.category(case.concern, the_brand())
    return Line(case, category, seen, str(refused) if refused else "")


def _made(line: Line, verb: str, by: By, given: Given) -> Line:
    """One case's move, in a transaction inside the request's own."""
    try:
        with transaction.atomic():
            made = cases.make(
                CONCERN, the_promises(), line.case.pk, line.step, verb, by, clock.now(), given
            )
    except CaseError as refused:
        return Line(line.case, line.category, line.step, str(refused))
    line.case.state = made.state
    return line


def _desks(request: HttpRequest, going: list[Line]) -> list[tuple[str, str]]:
    """Where all of them may be sent."""
    post = gate.post_of(request)
    places = {line.case.place_id: line.case for line in going}
    rows = [{p.code: str(p) for p in queries.desks_for(post, one)} for one in places.values()]
    shared = set.intersection(*(set(row) for row in rows)) if rows else set()
    return [(code, rows[0][code]) for code in sorted(shared)]
