"""The ledger's pages: accounts of every place, an account's statement, an entry and why it was made."""

from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.kit import clock
from guanjia.ledger import audit as proof
from guanjia.ledger import forms, page_queries
from guanjia.ledger.models import Account, Entry, EntryKind
from guanjia.ledger.page_queries import Wanted
from guanjia.staff import gate, lists
from guanjia.staff.lists import Key, Sight
from guanjia.staff.roles import May


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
def account(request: HttpRequest, number: int) -> HttpResponseBase:
    """One account: what came, what went, and the balance after each; a page or a file."""
    try:
        found = Account.objects.select_related("place").get(pk=number)
    except Account.DoesNotExist:
        raise Http404 from None
    form = forms.TransferFilter(request.GET, today=clock.today())
    if not form.is_valid():
        raise BadRequest("filter")
    asked = form.cleaned_data
    whole = not any(asked.values()) and "sort" not in request.GET
    columns = (*page_queries.COLUMNS, page_queries.BALANCE) if whole else page_queries.COLUMNS
    seen = lists.sight(request, "account", columns, page_queries.AS_POSTED, asked, falling=True)
    kind, benefit = page_queries.column_of(found)
    if request.GET.get("form") == "csv":
        return lists.as_csv(f"account-{number}.csv", _lines(found, form.wanted, seen, whole))
    mark: tuple[Key, int] | None
    if whole:
        lines, go_on = page_queries.statement(found, seen.after[1] if seen.after else None)
        mark = (go_on, go_on) if go_on else None
    else:
        lines, mark = page_queries.selection(found, form.wanted, seen)
    shown = {
        "account": found,
        "kind": kind,
        "benefit_code": benefit,
        "form": form,
        "list": seen,
        "whole": whole,
        "lines": lines,
        "next_url": seen.next_url(mark),
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


def _lines(account: Account, wanted: Wanted, seen: Sight, whole: bool) -> Iterator[list[object]]:
    """The file: what the page shows, and who was paid; balances where the page has them."""
    heads = [_("记账日"), _("事由"), _("收款人"), _("对方账户"), _("收入（元）"), _("支出（元）")]
    yield [*heads, *([_("余额（元）")] if whole else []), _("凭证")]
    kinds = {kind.value: str(kind.label) for kind in EntryKind}
    other = lru_cache(maxsize=None)(_in_words)  # accounts are few, and their lines many
    for line in page_queries.everything(account, wanted, seen, whole):
        entry = line.transfer.entry
        yield [
            entry.on,
            kinds[entry.kind],
            entry.award.payee if entry.award else "",
            other(line.other),
            "" if line.came is None else lists.plain_yuan(line.came),
            "" if line.went is None else lists.plain_yuan(line.went),
            *(() if line.balance is None else (lists.plain_yuan(line.balance),)),
            entry.pk,
        ]


def _in_words(account: Account | None) -> str:
    """An account as pages name it, as plain text."""
    shown = render_to_string("ledger/path.html", {"account": account})
    return " ".join(unescape(strip_tags(shown)).split())
