"""申请变更 → 复核: a clerk prepares a change of a fact, another person approves it or sends it back.

Only approval writes the fact; what else a second person says stands in `second`. `by` is the key of the
user who acts.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanjia.people import actions, second
from guanjia.people.desk_models import POSTS, ChangeRequest, ChangeState, JoinState
from guanjia.people.errors import (
    AlreadyAsked,
    MovesMoney,
    NotBelieved,
    ReasonMissing,
)
from guanjia.people.models import Household, Person
from guanjia.people.records import NewFact, Value


def prepare(
    of: Person | Household, fact: NewFact, reason: str, document: str, by: int, at: datetime
) -> ChangeRequest:
    """Ask for a change; `fact` names its source. Raises AlreadyAsked, ReasonMissing."""
    row = _row(of, fact, reason, document, by, at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:
        if "one_open_change_a_unit_and_fact" not in str(problem):
            raise
        raise AlreadyAsked from None
    return row


@transaction.atomic
def correct(
    *,
    of: Person | Household,
    fact: NewFact,
    reason: str,
    document: str,
    by: int,
    at: datetime,
    read: Collection[str],
) -> ChangeRequest:
    """Correct at once a fact that moves no money; `read` names those that do.

    Raises MovesMoney, ReasonMissing.
    """
    if fact.kind in read:
        raise MovesMoney
    row = _row(of, fact, reason, document, by, at)
    row.state, row.decided_by_id, row.decided_at = ChangeState.DIRECT, by, at
    row.save(force_insert=True)
    actions.correct_fact(of, fact, fact.source, at)
    return row


@transaction.atomic
def approve(number: int, by: int, at: datetime) -> ChangeRequest:
    """The second person says yes: from `at` on it is believed. Raises SamePerson, WrongState."""
    row = second.asked(ChangeRequest, number, by)
    of = row.person or row.household
    assert of is not None  # change_is_of_one_unit
    second.decide(row, JoinState.APPROVED, by, at)
    try:
        with transaction.atomic():
            actions.correct_fact(of, fact_of(row), row.source_id, at)
    except IntegrityError as problem:
        if "ends_after_it_begins" not in str(problem):
            raise
        late = _("这一事项另有更晚登记的更正。请退回，核对之后重新申请。")
        raise NotBelieved(late) from None
    return row


def fact_of(row: ChangeRequest) -> NewFact:
    """What a request asks to believe."""
    value: Value = next((v for v in (row.number, row.word, row.day) if v is not None), None)
    return NewFact(row.kind, value, row.since, row.until, row.key, row.source_id)


def _row(
    of: Person | Household, fact: NewFact, reason: str, document: str, by: int, at: datetime
) -> ChangeRequest:
    if not reason.strip():
        raise ReasonMissing
    value = fact.value
    return ChangeRequest(
        person=of if isinstance(of, Person) else None,
        household=of if isinstance(of, Household) else None,
        kind=fact.kind,
        key=fact.key,
        number=int(value) if isinstance(value, int) else None,
        word=value if isinstance(value, str) else None,
        day=value if isinstance(value, date) else None,
        since=fact.since,
        until=fact.until,
        source_id=fact.source,
        reason=reason.strip(),
        document=document.strip(),
        prepared_by_id=by,
        prepared_at=at,
    )


def of_unit(person: int | None, household: int | None) -> list[ChangeRequest]:
    """Everything that was ever asked for of a person or household, the newest first."""
    found = ChangeRequest.objects.filter(person=person, household=household)
    return list(found.select_related("prepared_by", "decided_by", *POSTS).order_by("-id"))


def get(number: int) -> ChangeRequest:
    """One request with whom it is about. Raises ChangeRequest.DoesNotExist."""
    wanted = ("person", "household", "source", "prepared_by", "decided_by", *POSTS)
    return ChangeRequest.objects.select_related(*wanted).get(pk=number)


def waiting(most: int) -> list[ChangeRequest]:
    """Open requests within reach, the oldest first, at most so many."""
    found = ChangeRequest.objects.filter(state=ChangeState.OPEN)
    wanted = ("person", "household", "prepared_by", "prepared_post")
    return list(found.select_related(*wanted).order_by("prepared_at", "id")[:most])
