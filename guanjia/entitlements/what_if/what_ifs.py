"""Questions about what-ifs and proposals: which there are, which book is tried, what it comes to."""

from datetime import date
from functools import lru_cache

from django.db.models import QuerySet

from guanjia.entitlements import queries
from guanjia.entitlements.errors import ChangedBook
from guanjia.entitlements.tables.books import Proposal, ProposalState, WhatIf, WhatIfFigure
from guanjia.policy import proposing
from guanjia.policy.book import Book
from guanjia.policy.proposing import Change


def what_ifs() -> QuerySet[WhatIf]:
    """All what-ifs, the newest first."""
    return WhatIf.objects.select_related("by", "ended_by", "place").order_by("-pk")


def changes_of(what_if: WhatIf) -> list[Change]:
    """The changes that are tried."""
    return [proposing.read(line) for line in what_if.changes.splitlines()]


def tried(what_if: WhatIf) -> Book:
    """The book that is tried, made again from the one it changes. Raises ChangedBook."""
    found = _proposed(what_if.base_id, what_if.changes, what_if.since)
    if found.revision != what_if.revision:
        raise ChangedBook(what_if.revision)
    return found


def figures(what_if: WhatIf) -> list[WhatIfFigure]:
    """What a what-if comes to, as far as the scope sees it: by month, town, benefit, with award first."""
    found = WhatIfFigure.objects.filter(what_if=what_if)
    return list(found.order_by("month", "place", "benefit", "-held"))


def proposals() -> QuerySet[Proposal]:
    """All proposals, the newest first; their texts are read only where they are used."""
    wanted = ("prepared_by", "decided_by", "prepared_post", "decided_post", "what_if")
    return Proposal.objects.select_related(*wanted).defer("text").order_by("-pk")


def waiting_for(user_id: int) -> QuerySet[Proposal]:
    """Open proposals that somebody else prepared."""
    return proposals().filter(state=ProposalState.PROPOSED).exclude(prepared_by=user_id)


@lru_cache(maxsize=4)
def _proposed(base: str, changes: str, since: date) -> Book:
    wanted = [proposing.read(line) for line in changes.splitlines()]
    return proposing.propose(queries.book_of(base), wanted, since)
