"""合理认定的复核: which judgements wait for another desk, the month's sample, one review."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.cases import words as case_words
from guanjia.cases.actions import By
from guanjia.cases.errors import CaseError
from guanjia.cases.models import Event
from guanjia.concerns.answered import judging
from guanjia.concerns.answered.judging import Said
from guanjia.concerns.matters import showing
from guanjia.concerns.matters.city import the_brand, the_promises
from guanjia.concerns.models import Draw, Review
from guanjia.kit import clock
from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.staff import gate, reading
from guanjia.staff.read_models import ReadKind
from guanjia.staff.reading import Note
from guanjia.staff.roles import May


class Reviewing(forms.Form):
    """Upheld or overturned, and why."""

    upheld = forms.ChoiceField(
        label=gettext_lazy("复核意见"),
        choices=[
            ("yes", gettext_lazy("同意：确实不合理")),
            ("no", gettext_lazy("不同意：是合理的，重新办理")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    note = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("不同意时，来件的人会看到这一段。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写明理由，对方要看得懂。")},
    )


@require_safe
@gate.may(May.HANDLE_CASES)
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for this post's review, those of a sample first; the last samples; what was reviewed."""
    known, post = the_brand(), gate.post_of(request)
    found = list(judging.waiting(post)[: judging.LISTED])
    names = places.names(code for e in found for code in (e.case.place_id, e.desk_id))
    done = Review.objects.select_related("event", "by").order_by("-at")[:20]
    page = {
        "rows": [_row(event, names) for event in found],
        "draws": Draw.objects.order_by("-month")[:6],
        "done": [(one, case_words.REASONS.get(one.event.reason, "")) for one in done],
        "sample": known.sample,
    }
    return render(request, "concerns/reviews.html", page)


def _row(event: Event, names: dict[str, str]) -> dict[str, Any]:
    return {
        "event": event,
        "drawn": getattr(event, "in_sample", False),
        "text": event.case.concern.text,
        "reason": case_words.REASONS.get(event.reason, event.reason),
        "where": people_words.place_words(event.case.place_id, names),
        "desk": showing.desk(event.desk_id, names),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.HANDLE_CASES)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One judgement with the matter, what was answered, and the form of the review."""
    post = gate.post_of(request)
    event = judging.waiting(post).filter(pk=number).first()
    if event is None:
        raise Http404
    reading.note(request, Note(ReadKind.MATTER, matter=event.case_id))
    form = Reviewing(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = Said(form.cleaned_data["upheld"] == "yes", form.cleaned_data["note"])
        by = By(gate.user_of(request), post)
        try:
            judging.review(event, said, the_promises(), by, clock.now())
        except CaseError as refused:
            messages.error(request, str(refused))
        else:
            told = _("已复核：同意。") if said.upheld else _("已复核：不同意，这件事重新办理。")
            messages.success(request, told)
            return redirect("reviews")
    names = places.names([event.case.place_id, event.desk_id])
    page = _row(event, names) | {
        "form": form,
        "answer": showing.answer(event.case),
        "category": showing.category(event.case.concern, the_brand()),
    }
    wrong = request.method == "POST" and not form.is_valid()
    return render(request, "concerns/review.html", page, status=400 if wrong else 200)
