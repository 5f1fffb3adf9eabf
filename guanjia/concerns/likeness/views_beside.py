"""What stands beside a matter on the desk's page, and how good the suggestions are."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.concerns.likeness import beside, suggest
from guanjia.concerns.likeness.forms import TrySuggestion
from guanjia.concerns.likeness.suggest import BadModel, Model
from guanjia.concerns.matters import sorting
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.matters.forms import Sort
from guanjia.concerns.matters.looking import look_at
from guanjia.concerns.rules.brand import Brand
from guanjia.kit import clock
from guanjia.staff import gate
from guanjia.staff.roles import May


@dataclass(frozen=True, slots=True)
class Fared:
    """How one category fared: on how many held out, how many right; '' of a share of nothing."""

    name: str
    held_out: int
    right: int

    @property
    def percent(self) -> str:
        """The share in whole hundredths."""
        return f"{self.right * 100 // self.held_out} %" if self.held_out else ""


@require_safe
@gate.may(May.HANDLE_CASES)
def of_case(request: HttpRequest, number: int) -> HttpResponse:
    """Suggestions, likely duplicates, personal data; under what the matter stands and may be put."""
    case = look_at(request, number)
    known, stands = the_brand(), sorting.latest(case)
    found = beside.of_case(case, known)
    first = {
        "category": stands.category if stands else case.concern.category,
        "policy": stands.policy if stands else "",
    }
    policies, departments = known.register.policies, known.register.departments
    page = {
        "case": case,
        "beside": found,
        "form": Sort(initial=first, brand=known),
        "stands": stands,
        "policy": policies.get(stands.policy, stands.policy) if stands else "",
        "department": departments.get(stands.department, stands.department) if stands else "",
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "concerns/beside_page.html" if whole else "concerns/beside.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.HANDLE_CASES)
def suggestions(request: HttpRequest) -> HttpResponse:
    """The model in use: on what it was trained, how it fared on what it had not seen; try a sentence."""
    known, found, broken = the_brand(), None, False
    try:
        found = suggest.model()
    except (BadModel, ValueError, TypeError):
        broken = True
    form = TrySuggestion(request.POST or None)
    said = form.cleaned_data["text"] if form.is_bound and form.is_valid() else ""
    page = {
        "model": found,
        "broken": broken,
        "made_up": bool(found and found.synthetic),
        "trained_at": datetime.fromisoformat(found.trained_at) if found else None,
        "fared": _fared(found, known) if found else [],
        "overall": Fared("", found.held_out, found.right) if found else None,
        "form": form,
        "beside": beside.of_text(said, "", known, clock.now()) if said else None,
    }
    return render(request, "concerns/suggestions.html", page)


def _fared(found: Model, known: Brand) -> list[Fared]:
    return [
        Fared(str(known.categories.get(code, code)), one.held_out, one.right)
        for code, one in found.tested.items()
    ]
