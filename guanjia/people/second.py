"""What a second person says to something asked, and how it is taken back: alike for changes, merges and splits.

`by` is a user's key. Each verb locks its row and refuses a state that does not allow it. Whatever is
asked goes open > approved | returned | withdrawn by the same words, so those of joins are written for all.
"""

from datetime import datetime
from typing import TypeVar

from django.db import transaction

from guanjia.people.desk_models import ChangeRequest, JoinState, Merge, Split
from guanjia.people.errors import ReasonMissing, SamePerson, WrongState

A = TypeVar("A", ChangeRequest, Merge, Split)
U = TypeVar("U", Merge, Split)


def locked(kind: type[A], number: int, state: JoinState) -> A:
    """The row, held until the transaction ends. Raises its DoesNotExist, WrongState."""
    row: A = kind._default_manager.select_for_update().get(pk=number)
    if row.state != state:
        raise WrongState(str(row.get_state_display()))
    return row


def asked(kind: type[A], number: int, by: int) -> A:
    """An open row that `by`, who did not prepare it, may decide. Raises SamePerson, WrongState."""
    row = locked(kind, number, JoinState.OPEN)
    if row.prepared_by_id == by:
        raise SamePerson
    return row


def decide(row: A, state: JoinState, by: int, at: datetime) -> A:
    """Write the answer."""
    row.state, row.decided_by_id, row.decided_at = state, by, at
    row.save(update_fields=["state", "decided_by", "decided_at", "note"])
    return row


@transaction.atomic
def send_back(kind: type[A], number: int, by: int, note: str, at: datetime) -> A:
    """The second person says no, and why. Raises SamePerson, ReasonMissing, WrongState."""
    row = asked(kind, number, by)
    if not note.strip():
        raise ReasonMissing
    row.note = note.strip()
    return decide(row, JoinState.RETURNED, by, at)


@transaction.atomic
def withdraw(kind: type[A], number: int, by: int, at: datetime) -> A:
    """Who prepared it takes it back. Raises WrongState."""
    row = locked(kind, number, JoinState.OPEN)
    if row.prepared_by_id != by:
        raise WrongState(str(row.get_state_display()))
    return decide(row, JoinState.WITHDRAWN, by, at)


@transaction.atomic
def undo(kind: type[U], number: int, by: int, because: str, at: datetime) -> U:
    """Say that what was approved no longer holds. Raises ReasonMissing, WrongState."""
    row = locked(kind, number, JoinState.APPROVED)
    if not because.strip():
        raise ReasonMissing
    row.state, row.undone_by_id, row.undone_at = JoinState.UNDONE, by, at
    row.undone_because = because.strip()
    row.save(update_fields=["state", "undone_by", "undone_at", "undone_because"])
    return row
