"""Two files of one human being: merged by two people, shown under one, undone without a trace.

A merge writes one row and touches neither file, so undoing it restores both exactly. Whoever reads
persons for a decision leaves out those that are `gone` (`in_force` says when). `by` is a user's key.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from guanjia.people import hand, queries
from guanjia.people.desk_models import JoinState, Merge
from guanjia.people.errors import NotBelieved, ReasonMissing, SamePerson, WrongState


def prepare(kept: int, gone: int, reason: str, by: int, at: datetime) -> Merge:
    """Ask that `gone` be merged into `kept`, both within reach.

    Raises Person.DoesNotExist, ReasonMissing, NotBelieved (the same person, or part of another).
    """
    if not reason.strip():
        raise ReasonMissing
    if kept == gone:
        raise NotBelieved(_("这是同一份档案，不用合并。"))
    queries.person(kept)
    queries.person(gone)
    try:
        with transaction.atomic():
            return Merge.objects.create(
                kept_id=kept,
                gone_id=gone,
                reason=reason.strip(),
                prepared_by_id=by,
                prepared_at=at,
            )
    except IntegrityError as problem:
        if "merge" not in str(problem):
            raise
        part = _("其中一人已在另一件合并里。请先办完或撤销那一件。")
        raise NotBelieved(part) from None


@transaction.atomic
def approve(number: int, by: int, at: datetime, settled: Callable[[Merge], None]) -> Merge:
    """The second person says yes. `settled` raises where something is still owed under both.

    Raises SamePerson, WrongState.
    """
    row = _locked(number, JoinState.OPEN)
    if row.prepared_by_id == by:
        raise SamePerson
    with hand.of_the_register():
        settled(row)
        return _decide(row, JoinState.APPROVED, by, at)


@transaction.atomic
def send_back(number: int, by: int, note: str, at: datetime) -> Merge:
    """The second person says no, and why. Raises SamePerson, ReasonMissing, WrongState."""
    row = _locked(number, JoinState.OPEN)
    if row.prepared_by_id == by:
        raise SamePerson
    if not note.strip():
        raise ReasonMissing
    row.note = note.strip()
    return _decide(row, JoinState.RETURNED, by, at)


@transaction.atomic
def withdraw(number: int, by: int, at: datetime) -> Merge:
    """Who prepared it takes it back. Raises WrongState."""
    row = _locked(number, JoinState.OPEN)
    if row.prepared_by_id != by:
        raise WrongState(str(row.get_state_display()))
    return _decide(row, JoinState.WITHDRAWN, by, at)


@transaction.atomic
def undo(number: int, by: int, because: str, at: datetime) -> Merge:
    """Take a merge back: both files stand again as they are. Raises ReasonMissing, WrongState."""
    row = _locked(number, JoinState.APPROVED)
    if not because.strip():
        raise ReasonMissing
    row.state, row.undone_by_id, row.undone_at = JoinState.UNDONE, by, at
    row.undone_because = because.strip()
    row.save(update_fields=["state", "undone_by", "undone_at", "undone_because"])
    return row


def of_person(person: int) -> list[Merge]:
    """Merges in force or asked for that a person is part of, with both and who asked."""

    found = Merge.objects.filter(Q(kept=person) | Q(gone=person))
    wanted = ("kept", "gone", "prepared_by", "decided_by", "undone_by")
    return list(found.select_related(*wanted).order_by("-id"))


def _locked(number: int, state: JoinState) -> Merge:
    row = Merge.objects.select_for_update().get(pk=number)
    if row.state != state:
        raise WrongState(str(row.get_state_display()))
    return row


def _decide(row: Merge, state: JoinState, by: int, at: datetime) -> Merge:
    row.state, row.decided_by_id, row.decided_at = state, by, at
    row.save(update_fields=["state", "decided_by", "decided_at", "note"])
    return row


def get(number: int) -> Merge:
    """One merge with both persons. Raises Merge.DoesNotExist."""
    wanted = ("kept", "gone", "prepared_by", "decided_by", "undone_by")
    return Merge.objects.select_related(*wanted).get(pk=number)


def waiting(most: int) -> list[Merge]:
    """Open merges within reach, the oldest first, at most so many."""
    found = Merge.objects.filter(state=JoinState.OPEN)
    return list(found.select_related("kept", "gone", "prepared_by").order_by("id")[:most])
