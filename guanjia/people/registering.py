"""Registering somebody at the counter who may exist elsewhere, and the other desk's answer.

`register` is the one door: the same answer, rows and time for a known document and a new one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from guanjia.people import actions, documents, hand, indexing, names, queries, seal
from guanjia.people.desk_models import Registration, RegistrationState, Transfer
from guanjia.people.errors import AlreadyHere, ReasonMissing, TooMany, WrongState
from guanjia.people.models import DocumentKind, Person, Reach, ReachReason

AT_MOST_AN_HOUR = 60
"""Registrations of one post; the database counts."""


@dataclass(frozen=True, slots=True)
class Stated:
    """Somebody as stated at a counter. `document` is the number as read; empty without one."""

    name: str
    sex: str
    born_on: date
    document_kind: str
    document: str
    place: str
    why: str = ReachReason.RESIDENCE


def register(stated: Stated, by: int, at: datetime) -> int:
    """Register somebody in the scope of a post (`by` holds it): 已登记，待核. Returns its number.

    Raises BadDocument; AlreadyHere where the post reaches the person already; TooMany.
    """
    number = indexing.as_written(stated.document_kind, stated.document)
    if number:
        here = queries.with_document(number, [stated.document_kind])
        if here:
            raise AlreadyHere(here[0])
    sealed, indexes = (seal.seal(number), seal.indexes(number)) if number else (None, [])
    values = [
        *(stated.document_kind, sealed, documents.masked(number), indexes),
        *(stated.name, names.initials(stated.name), stated.sex, stated.born_on),
        *(stated.place, str(stated.why), by, at),
    ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            marks = ["%s::bytea[]" if value is indexes else "%s" for value in values]
            cursor.execute(f"SELECT people_register({', '.join(marks)})", values)
            return int(cursor.fetchone()[0])
    except OperationalError as problem:
        if "at most" not in str(problem):
            raise
        raise TooMany from None


def none_left(post: int) -> bool:
    """Whether a post, asked in its scope, has registered as many as it may in an hour."""
    counted = Registration.objects.filter(post=post, counted_at__gt=Now() - timedelta(hours=1))
    return counted.count() >= AT_MOST_AN_HOUR


@transaction.atomic
def agree(number: int, by: int, at: datetime, today: date) -> Transfer:
    """The desk that knows the person, or for a new one the city desk, lets the other desk see him.

    A reach row is made from `today` on; a new person is written. Raises WrongState.
    """
    row = _locked(number)
    asked = row.registration
    with hand.of_the_register():
        person = row.person_id or _person(asked, at)
        _reach(person, asked, today)
        row.person_id = person
        _answer(asked, RegistrationState.AGREED, person, "", at)
    return _decide(row, RegistrationState.AGREED, by, at)


@transaction.atomic
def refuse(number: int, by: int, note: str, at: datetime) -> Transfer:
    """The desk says no, and why. Raises WrongState, ReasonMissing."""
    row = _locked(number)
    if not note.strip():
        raise ReasonMissing
    row.note = note.strip()
    with hand.of_the_register():
        _answer(row.registration, RegistrationState.REFUSED, None, row.note, at)
    return _decide(row, RegistrationState.REFUSED, by, at)


@transaction.atomic
def give_reach(person: int, place: str, why: ReachReason, since: date, until: date | None) -> None:
    """A desk that reaches a person lets the office at `place` see him for a case or care.

    Raises Person.DoesNotExist where the desk itself does not reach him; ValueError for a reason
    that is not given but follows from where somebody lives; IntegrityError where it overlaps.
    """
    if why not in (ReachReason.CASE, ReachReason.CARE):
        raise ValueError(why)
    queries.person(person)
    with hand.of_the_register():
        Reach.objects.create(person_id=person, place_id=place, why=why, since=since, until=until)
        actions.name_at(person, place)


@transaction.atomic
def end_reach(person: int, place: str, why: ReachReason, until: date) -> None:
    """The office at `place` no longer sees the person for a case or care from `until` on."""
    if why not in (ReachReason.CASE, ReachReason.CARE):
        raise ValueError(why)
    queries.person(person)
    with hand.of_the_register():
        held = Reach.objects.filter(person_id=person, place=place, why=why, until=None)
        held.filter(since__gte=until).delete()
        held.update(until=until)


def _locked(number: int) -> Transfer:
    """The open transfer of this desk. Raises Transfer.DoesNotExist, WrongState."""
    row = Transfer.objects.select_for_update(of=("self",)).get(pk=number)
    if row.state != RegistrationState.OPEN:
        raise WrongState(str(row.get_state_display()))
    return row


def _person(asked: Registration, at: datetime) -> int:
    """The person with this document: written by now through another registration, or written here."""
    indexes: list[bytes] = []
    if asked.document_kind != DocumentKind.NONE and asked.document_sealed:
        indexing.hold_key()
        indexes = seal.indexes(seal.unseal(bytes(asked.document_sealed)))
        known = Person.objects.filter(
            document_kind=asked.document_kind, document_index__in=indexes
        ).first()
        if known is not None:
            return known.pk
    return Person.objects.create(
        name=asked.name,
        initials=asked.initials,
        sex=asked.sex,
        born_on=asked.born_on,
        document_kind=asked.document_kind,
        document_sealed=asked.document_sealed,
        document_mask=asked.document_mask,
        document_index=indexes[0] if indexes else None,
        recorded_at=at,
    ).pk


def _reach(person: int, asked: Registration, today: date) -> None:
    held = Reach.objects.filter(person_id=person, place=asked.place_id, why=asked.why, until=None)
    if not held.exists():
        Reach.objects.create(person_id=person, place_id=asked.place_id, why=asked.why, since=today)
    actions.name_at(person, asked.place_id)


def _answer(
    asked: Registration, state: RegistrationState, person: int | None, note: str, at: datetime
) -> None:
    asked.state, asked.person_id, asked.note, asked.answered_at = state, person, note, at
    asked.save(update_fields=["state", "person", "note", "answered_at"])


def _decide(row: Transfer, state: RegistrationState, by: int, at: datetime) -> Transfer:
    row.state, row.decided_by_id, row.decided_at = state, by, at
    row.save(update_fields=["state", "person", "note", "decided_by", "decided_at"])
    return row


def waiting(most: int) -> list[Transfer]:
    """Open transfers at this desk, the oldest first, at most so many."""
    found = Transfer.objects.filter(state=RegistrationState.OPEN)
    wanted = ("registration__place", "registration__asked_by", "registration__post")
    return list(found.select_related(*wanted).order_by("id")[:most])


def asked_by(post: int, most: int) -> list[Registration]:
    """What a post registered, the newest first, at most so many."""
    return list(Registration.objects.filter(post=post).order_by("-id")[:most])


def get(number: int) -> Transfer:
    """One transfer at this desk. Raises Transfer.DoesNotExist."""
    wanted = (
        "registration__place",
        "registration__asked_by",
        "registration__post",
        "decided_by",
        "decided_post",
    )
    return Transfer.objects.select_related(*wanted).get(pk=number)
