"""Proposals to change the book: read what would change; a second person adopts it or sends it back."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.entitlements import queries
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.proposals import adopting, adoption
from guanjia.entitlements.runs import forms
from guanjia.entitlements.tables.books import Proposal, ProposalState
from guanjia.entitlements.what_if import what_ifs
from guanjia.kit import clock
from guanjia.policy import book as books
from guanjia.policy import proposing, words
from guanjia.policy.book import Book
from guanjia.policy.check import check
from guanjia.policy.problem import Problem
from guanjia.policy.retold import in_words
from guanjia.staff import gate
from guanjia.staff.models import User
from guanjia.staff.roles import May
from guanjia.web.what_if import forms as what_if_forms
from guanjia.web.what_if import pages


@require_POST
@gate.may(May.ASK_RUN)
def propose(request: HttpRequest, number: int) -> HttpResponseBase:
    """Put the figures of a what-if before a second person, with the document they rest on."""
    if not what_ifs.what_ifs().filter(pk=number).exists():
        raise Http404
    form = what_if_forms.Propose(request.POST)
    if not form.is_valid():
        messages.error(request, _("依据的文件太长。请只写文件名和文号。"))
        return redirect("what_if", number)
    try:
        law = form.cleaned_data["law"].strip()
        made = adoption.propose_what_if(number, law, gate.user_of(request), clock.now())
    except RunError as refused:
        messages.error(request, str(refused))
        return redirect("what_if", number)
    messages.success(request, _("已提请采用。请另一位有审批权限的人审批。"))
    return redirect("proposal", made.pk)


@require_safe
@gate.may(May.SEE_DRAFTS)
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """What would change, who proposed it, and the second person's yes or no."""
    return _page(request, _proposal(number), forms.Reject())


@require_POST
@gate.may(May.APPROVE_RUN)
def adopt(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says yes: runs read it from now on."""
    done = _("已采用。以后的核算按它办；已作出的决定不受影响。")
    return _do(request, number, adoption.adopt_proposal, done)


@require_POST
@gate.may(May.APPROVE_RUN)
def reject(request: HttpRequest, number: int) -> HttpResponseBase:
    """The second person says no, and why."""
    form = forms.Reject(request.POST)
    if not form.is_valid():
        return _page(request, _proposal(number), form, status=422)
    reason = form.cleaned_data["reason"]

    def back(found: int, by: User, at: datetime) -> Proposal:
        return adoption.reject_proposal(found, by, reason, at)

    return _do(request, number, back, _("已退回，并已写明原因。"))


@require_POST
@gate.may(May.ASK_RUN)
def withdraw(request: HttpRequest, number: int) -> HttpResponseBase:
    """Who proposed it takes it back."""
    return _do(request, number, adoption.withdraw_proposal, _("已撤回。现行政策簿没有变化。"))


def _page(
    request: HttpRequest, found: Proposal, form: forms.Reject, status: int = 200
) -> HttpResponse:
    newest = queries.newest_revision()
    book, is_open = _book(found), found.state == ProposalState.PROPOSED
    base = queries.book_of(found.base_id) if found.base_id else None
    shown = {
        "proposal": found,
        "is_open": is_open,
        "overtaken": is_open and (newest.revision if newest else None) != found.base_id,
        "mine": found.prepared_by_id == request.user.pk,
        "sections": adopting.sections(in_words(base) if base else None, in_words(book)),
        "steps": pages.steps_of(found.what_if) if found.what_if else [],
        "undocumented": words.listed(proposing.drafts(in_words(book))) if is_open else "",
        "stale": stale(book, get_language()) if is_open else [],
        "form": form,
    }
    return render(request, "what_if/proposal.html", shown, status=status)


def _book(found: Proposal) -> Book:
    return _read(Proposal.objects.values_list("text", flat=True).get(pk=found.pk))


@lru_cache(maxsize=2)
def _read(text: str) -> Book:
    return books.from_text(text)


@lru_cache(maxsize=4)
def stale(book: Book, _language: str) -> list[Problem]:
    """Examples of a book that do not come out as they are written, told in the reader's language."""
    return check(in_words(book))


def _do(
    request: HttpRequest,
    number: int,
    verb: Callable[[int, User, datetime], object],
    done: str,
) -> HttpResponseBase:
    """Do one verb to a proposal and go back to its page, with what came of it."""
    found = _proposal(number)
    try:
        verb(found.pk, gate.user_of(request), clock.now())
    except RunError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("proposal", found.pk)


def _proposal(number: int) -> Proposal:
    """The proposal. Raises Http404."""
    try:
        return what_ifs.proposals().get(pk=number)
    except Proposal.DoesNotExist:
        raise Http404 from None
