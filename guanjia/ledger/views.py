"""The ledger's pages: accounts of every place, an account's statement, an entry and why it was made."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guanjia.kit import clock
from guanjia.ledger import audit as proof
from guanjia.ledger import page_queries
from guanjia.ledger.models import Account, Entry
from guanjia.staff import gate
from guanjia.staff.roles import May

LONGEST_NUMBER = 18


@require_safe
@gate.may(May.SEE_MONEY)
def ledger(request: HttpRequest) -> HttpResponse:
    """The accounts of every place that this post sees, with their balances."""
    columns, desks = page_queries.desks()
    shown = {
        "columns": columns,
        "desks": desks,
        "sums": [_sum(kind, n, desks) for n, (kind, _benefit) in enumerate(columns)],
    }
    return render(request, "ledger/ledger.html", shown)


@require_safe
@gate.may(May.SEE_MONEY)
def audit(request: HttpRequest) -> HttpResponse:
    """Prove the balances now, over all that this post sees. A fragment for htmx, else a page."""
    template = "ledger/findings.html" if request.headers.get("HX-Request") else "ledger/audit.html"
    found = [(proof.CHECKS[finding.check], finding) for finding in proof.audit()]
    shown = {"findings": found, "checks": proof.CHECKS.values(), "at": clock.now()}
    return render(request, template, shown)


@require_safe
@gate.may(May.SEE_MONEY)
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account: what came, what went, and the balance after each."""
    try:
        found = Account.objects.select_related("place").get(pk=number)
    except Account.DoesNotExist:
        raise Http404 from None
    before = _before(request.GET.get("before", ""))
    lines, go_on = page_queries.statement(found, before)
    kind, benefit = page_queries.column_of(found)
    shown = {
        "account": found,
        "kind": kind,
        "benefit_code": benefit,
        "lines": lines,
        "first_url": request.path if before else None,
        "next_url": f"?before={go_on}" if go_on else None,
    }
    return render(request, "ledger/account.html", shown)


@require_safe
@gate.may(May.SEE_MONEY)
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """Why money moved: the entry, its transfers, and the determination it stands on."""
    try:
        found = page_queries.entry(number)
    except Entry.DoesNotExist:
        raise Http404 from None
    shown = {"entry": found, "moves": page_queries.moves_of(found)}
    return render(request, "ledger/entry.html", shown)


def _sum(kind: str, column: int, desks: list[page_queries.Desk]) -> int:
    """The fen of one column; of the treasury, what it has given out."""
    held = sum(account.balance for desk in desks if (account := desk.accounts[column]))
    return -held if kind == "treasury" else held


def _before(text: str) -> int | None:
    """The number below which the page begins, from the address. Raises BadRequest."""
    if not text:
        return None
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise BadRequest("before")
    return int(text)
