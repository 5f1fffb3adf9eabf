"""What-ifs: ask with other figures, watch it work, read who gains and who loses, lay two side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.entitlements import books, queries
from guanjia.entitlements.errors import NoBook, RunError
from guanjia.entitlements.records import Wish
from guanjia.entitlements.runs import pages as run_pages
from guanjia.entitlements.tables.books import AT_WORK, WhatIf
from guanjia.entitlements.what_if import trying
from guanjia.entitlements.what_if import what_ifs as asked_before
from guanjia.kit import clock
from guanjia.places import queries as places
from guanjia.policy.book import Book
from guanjia.policy.proposing import BadProposal, propose
from guanjia.policy.retold import in_words
from guanjia.staff import gate, lists
from guanjia.staff.roles import May
from guanjia.web.what_if import forms, pages
from guanjia.web.what_if.forms import WishForm

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of a list, the way back to its beginning and on to its next page, where there are such."""

    rows: list[Row]
    first_url: str | None
    next_url: str | None


@require_safe
@gate.may(May.SEE_DRAFTS)
def what_ifs(request: HttpRequest) -> HttpResponse:
    """What was tried, newest first, and what was proposed."""
    tried = _newest(request, asked_before.what_ifs(), "before")
    shown = {
        "tried": tried,
        "rows": pages.briefs(tried.rows),
        "proposals": _newest(request, asked_before.proposals(), "proposed-before"),
        "has_book": queries.newest_revision() is not None,
    }
    return render(request, "what_if/list.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.may(May.ASK_RUN)
def ask(request: HttpRequest) -> HttpResponseBase:
    """The form: which figures become what, from when, where. One more row where asked for."""
    book = books.newest()
    if book is None:
        messages.error(request, str(NoBook()))
        return redirect("what_ifs")
    sent = request.POST if request.method == "POST" else None
    first = trying.first_undecided(gate.post_of(request).place_id, clock.today())
    wish = WishForm(sent, first=first, towns=places.towns(book.city), initial={"months": 12})
    figures = forms.figure_choices(book, first)
    rows = forms.changes(sent or request.GET.get("figure", ""), figures)
    if sent is not None and "more" in sent:
        again = sent.copy()
        again["form-TOTAL_FORMS"] = str(rows.total_form_count() + 1)
        rows = forms.changes(again, figures)
    elif sent is not None:
        found = _asked(request, book, wish, rows)
        if found is not None:
            return redirect("what_if", found.pk)
    shown = {"wish": wish, "rows": rows, "most": forms.MOST_CHANGES, "first": first}
    bad = sent is not None and "more" not in sent
    return render(request, "what_if/ask.html", shown, status=422 if bad else 200)


@require_safe
@gate.may(May.SEE_DRAFTS)
def what_if(request: HttpRequest, number: int) -> HttpResponse:
    """One what-if: how far it is, what it comes to; beside another where `with` names one."""
    found = _what_if(number)
    told = pages.told(found)
    other = _other(request, found)
    if other is not None and told is not None:
        return render(request, "what_if/beside.html", _beside(told, other))
    ended = asked_before.what_ifs().filter(done__gt=0).exclude(pk=found.pk)
    others = list(ended[: queries.PAGE + 1]) if told else []
    newest = queries.newest_revision()
    shown = {
        **_progress(found),
        "working": found.state in AT_WORK,
        "steps": told.steps if told else pages.steps_of(found),
        "told": told,
        "short": pages.in_short(told) if told else "",
        "others": pages.briefs(others[: queries.PAGE]),
        "older": others[: queries.PAGE] if len(others) > queries.PAGE else [],
        "up_to_date": newest is not None and newest.revision == found.base_id,
        "form": forms.Propose(),
        "proposals": asked_before.proposals().filter(what_if=found),
    }
    return render(request, "what_if/one.html", shown)


@require_safe
@gate.may(May.SEE_DRAFTS)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The progress alone, asked for every two seconds; once it is over, the whole page."""
    found = _what_if(number)
    if found.state not in AT_WORK:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "what_if/progress.html", _progress(found))


@require_POST
@gate.may(May.ASK_RUN)
def cancel(request: HttpRequest, number: int) -> HttpResponseBase:
    """Stop a what-if; the months that were tried stay."""
    found = _what_if(number)
    try:
        trying.cancel_what_if(found.pk, gate.user_of(request), clock.now())
    except RunError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已停止。算完的月份还可以看。"))
    return redirect("what_if", found.pk)


@require_safe
@gate.may(May.SEE_DRAFTS)
def figures_csv(request: HttpRequest, number: int) -> HttpResponseBase:
    """Every figure by month, town and benefit, as CSV that office programs open."""
    found = _what_if(number)
    name = f"what-if-{found.pk}-{gate.post_of(request).place_id}.csv"
    return lists.as_csv(name, _lines(found))


def _newest(request: HttpRequest, found: QuerySet[Row], name: str) -> Page[Row]:
    """A page of rows, the newest first, from below the number that the address has under `name`.

    Raises BadRequest.
    """
    before = request.GET.get(name, "")
    if before and (not before.isdecimal() or len(before) > 18):
        raise BadRequest(name)
    rows = list((found.filter(pk__lt=int(before)) if before else found)[: queries.PAGE + 1])
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    first, following = reverse("what_ifs"), urlencode({name: rows[-1].pk}) if more else ""
    return Page(rows, first if before else None, f"{first}?{following}" if more else None)


def _asked(request: HttpRequest, book: Book, wish: WishForm, rows: Any) -> WhatIf | None:
    """The what-if that the forms ask for; None where they must be mended, and say so."""
    valid = wish.is_valid()
    if not (rows.is_valid() and valid):
        return None
    since, place = wish.cleaned_data["since"], wish.cleaned_data["place"]
    changes = []
    for row in rows.forms:
        if row.has_changed():
            changes.append(row.change(place))
            try:
                propose(book, changes[-1:], since)
            except BadProposal as wrong:
                row.add_error("value", str(wrong))
    if not changes:
        rows.forms[0].add_error("figure", _("请选一个标准，写上新数。"))
    if not changes or any(row.errors for row in rows.forms):
        return None
    wanted = Wish(tuple(changes), since, wish.cleaned_data["months"])
    try:
        return trying.ask_what_if(
            wanted,
            gate.post_of(request).place_id,
            gate.user_of(request),
            clock.now(),
            clock.today(),
        )
    except (RunError, BadProposal) as refused:
        wish.add_error(None, str(refused))
        return None


def _progress(found: WhatIf) -> dict[str, Any]:
    left = pages.seconds_left(found, clock.now())
    return {"what_if": found, "left": run_pages.how_long(left) if left is not None else ""}


def _other(request: HttpRequest, found: WhatIf) -> pages.Told | None:
    """The what-if to lay beside, where the address names one that has figures. Raises Http404."""
    text = request.GET.get("with", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18 or int(text) == found.pk:
        raise Http404
    return pages.told(_what_if(int(text)))


def _beside(one: pages.Told, other: pages.Told) -> dict[str, Any]:
    ours = [(o.what_if.since, o.what_if.months, o.what_if.base_id) for o in (one, other)]
    return {
        "one": one,
        "two": [(told, pages.in_short(told)) for told in (one, other)],
        "benefits": pages.beside(one, other),
        "towns": pages.towns_beside(one, other),
        "comparable": ours[0] == ours[1],
    }


def _lines(found: WhatIf) -> Iterator[list[object]]:
    book = in_words(asked_before.tried(found))
    rows = asked_before.figures(found)
    names = places.names({row.place_id for row in rows})
    yield [
        *(_("月份"), _("镇街代码"), _("镇街"), _("待遇代码"), _("待遇"), _("有批准")),
        *(_("单位"), _("原户（人）数"), _("新户（人）数"), _("增加"), _("减少")),
        *(_("原金额（元）"), _("新金额（元）")),
    ]
    for row in rows:
        chapter = book.chapter(row.benefit)
        yield [
            *(f"{row.month:%Y-%m}", row.place_id, names.get(row.place_id, "")),
            *(row.benefit, chapter.title, _("有") if row.held else _("无")),
            _("户") if chapter.unit == "household" else _("人"),
            *(row.before_units, row.after_units, row.gainers, row.losers),
            *(lists.plain_yuan(row.before_fen), lists.plain_yuan(row.after_fen)),
        ]


def _what_if(number: int) -> WhatIf:
    """The what-if. Raises Http404."""
    try:
        return asked_before.what_ifs().get(pk=number)
    except WhatIf.DoesNotExist:
        raise Http404 from None
