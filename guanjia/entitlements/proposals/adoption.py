"""The way of a new book: one person proposes it, a second adopts it or sends it back.

A proposal is compared with the book in force when it was made; once another has been adopted, what
the second person would read is no longer what would change, and it is not adopted.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from guanjia.entitlements import queries
from guanjia.entitlements.errors import (
    AdoptedOnce,
    ChangedBook,
    EndedBefore,
    LawMissing,
    NoteMissing,
    NothingNew,
    NotPreparer,
    NotTried,
    OutOfDate,
    Overtaken,
    SamePerson,
)
from guanjia.entitlements.runs import actions
from guanjia.entitlements.tables.books import Proposal, ProposalState, Revision, WhatIf, WhatIfState
from guanjia.entitlements.what_if import what_ifs
from guanjia.policy import book as books
from guanjia.policy import proposing
from guanjia.policy.book import Book
from guanjia.policy.retold import in_words
from guanjia.policy.words import listed
from guanjia.staff.models import User


@transaction.atomic
def propose_book(
    book: Book, place: str, by: User, at: datetime, what_if: WhatIf | None = None
) -> Proposal:
    """Put a book before a second person. Proposed twice while open, it is one proposal.

    Raises NothingNew, AdoptedOnce.
    """
    base = queries.newest_revision()
    if base is not None and base.revision == book.revision:
        raise NothingNew
    if Revision.objects.filter(pk=book.revision).exists():
        raise AdoptedOnce(book.revision)
    wanted = Proposal(
        place_id=place,
        base=base,
        revision=book.revision,
        text=book.text,
        what_if=what_if,
        prepared_by=by,
        prepared_at=at,
    )
    open_ = Proposal.objects.filter(revision=book.revision, state=ProposalState.PROPOSED)
    waiting = open_.first()
    if waiting is None:
        try:
            with transaction.atomic():
                wanted.save(force_insert=True)
            return wanted
        except IntegrityError:  # proposed by somebody else in this very moment
            waiting = open_.get()
    return waiting


@transaction.atomic
def propose_what_if(what_if_id: int, law: str, by: User, at: datetime) -> Proposal:
    """Put the figures of a what-if before a second person; they rest on `law`, or are drafts still.

    Nobody has compared `law` with the document: the rows say so. Raises NotTried, OutOfDate,
    NothingNew, AdoptedOnce.
    """
    found = WhatIf.objects.select_for_update().get(pk=what_if_id)
    if found.state != WhatIfState.DONE:
        raise NotTried(str(found.get_state_display()))
    newest = queries.newest_revision()
    if newest is None or newest.revision != found.base_id:
        raise OutOfDate
    book = what_ifs.tried(found)
    if law:
        base, changes = queries.book_of(found.base_id), what_ifs.changes_of(found)
        book = proposing.propose(base, changes, found.since, law, "known")
    return propose_book(book, found.place_id, by, at, found)


@transaction.atomic
def adopt_proposal(proposal_id: int, by: User, at: datetime) -> Proposal:
    """The second person says yes: runs asked for from now on read this book.

    Raises SamePerson, Overtaken, EndedBefore, ChangedBook; LawMissing while a figure is a draft.
    """
    proposal = _by_a_second(proposal_id, by)
    base = queries.newest_revision()
    if (base.revision if base else None) != proposal.base_id:
        raise Overtaken
    book = books.from_text(proposal.text)
    if book.revision != proposal.revision:
        raise ChangedBook(proposal.revision)
    if missing := proposing.drafts(in_words(book)):
        raise LawMissing(listed(missing))
    actions.adopt_book(book, proposal.prepared_by, by, at)
    return _end(proposal, ProposalState.ADOPTED, by, at)


@transaction.atomic
def reject_proposal(proposal_id: int, by: User, note: str, at: datetime) -> Proposal:
    """The second person says no, and why. Raises SamePerson, NoteMissing, EndedBefore."""
    proposal = _by_a_second(proposal_id, by)
    if not note.strip():
        raise NoteMissing
    proposal.note = note.strip()
    return _end(proposal, ProposalState.REJECTED, by, at)


@transaction.atomic
def withdraw_proposal(proposal_id: int, by: User, at: datetime) -> Proposal:
    """Who proposed it takes it back. Raises NotPreparer, EndedBefore."""
    proposal = _open(proposal_id)
    if proposal.prepared_by_id != by.pk:
        raise NotPreparer
    return _end(proposal, ProposalState.WITHDRAWN, by, at)


def _open(proposal_id: int) -> Proposal:
    """The proposal, locked. Raises EndedBefore."""
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != ProposalState.PROPOSED:
        raise EndedBefore(str(proposal.get_state_display()))
    return proposal


def _by_a_second(proposal_id: int, by: User) -> Proposal:
    proposal = _open(proposal_id)
    if proposal.prepared_by_id == by.pk:
        raise SamePerson
    return proposal


def _end(proposal: Proposal, state: ProposalState, by: User, at: datetime) -> Proposal:
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, at
    proposal.save(update_fields=["state", "decided_by", "decided_at", "note"])
    return proposal
