"""Writing persons, households and facts. The only writer of their tables."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from guanjia.kit import bulk
from guanjia.people import documents, hand, indexing, names, reaching, seal
from guanjia.people.models import (
    Dated,
    Household,
    HouseholdFact,
    Membership,
    NameGram,
    Person,
    PersonFact,
    Reach,
    ReachReason,
    Source,
    ThePost,
)
from guanjia.people.records import NewFact, NewHousehold, NewPerson
from guanjia.places.models import Place
from guanjia.places.queries import CITY

Unit = Person | NewPerson | Household | NewHousehold
"""Whom a fact is of: a row, or a record that has been written."""

PERSON_COLUMNS = {
    "id": "bigint",
    "name": "text",
    "initials": "text",
    "sex": "text",
    "born_on": "date",
    "document_kind": "text",
    "document_sealed": "bytea",
    "document_mask": "text",
    "document_index": "bytea",
    "recorded_at": "timestamptz",
}

FACT_COLUMNS = {
    "kind": "text",
    "key": "text",
    "number": "bigint",
    "word": "text",
    "day": "date",
    "since": "date",
    "until": "date",
    "source_id": "text",
    "recorded_at": "timestamptz",
}

HOUSEHOLD_COLUMNS = {
    "id": "bigint",
    "number": "text",
    "place": "text",
    "collective": "boolean",
    "recorded_at": "timestamptz",
}
STAY_COLUMNS = {
    "household_id": "bigint",
    "person_id": "bigint",
    "since": "date",
    "until": "date",
    "source_id": "text",
    "recorded_at": "timestamptz",
}
GRAM_COLUMNS = {"gram": "text", "place": "text", "person_id": "bigint"}


def ensure_source(code: str, name: str, synthetic: bool = False) -> Source:
    """The source with this code, made where missing."""
    return Source.objects.get_or_create(code=code, defaults={"name": name, "synthetic": synthetic})[
        0
    ]


@transaction.atomic
def register(households: Sequence[NewHousehold], source: str, at: datetime) -> None:
    """Write households with their members and facts, recorded at `at`; fills the records' ids.

    What was learnt later follows as corrections, each at its own time. Raises BadDocument for a
    number that cannot be right, IntegrityError where rows clash.
    """
    people = [person for household in households for person in household.members]
    for person, number in zip(people, bulk.take_ids("people_person", len(people)), strict=True):
        person.id = number
    ids = bulk.take_ids("people_household", len(households))
    for household, number in zip(households, ids, strict=True):
        household.id = number
    _write_people(people, at)
    _write_households(households, source, at)
    _write_reach(households)
    write_facts("people_personfact", "person_id", _person_facts(people), source, at)
    pairs = ((h.id, fact) for h in households for fact in h.facts)
    write_facts("people_householdfact", "household_id", pairs, source, at)
    _learn_later([*people, *households], source)


def correct_fact(of: Unit, fact: NewFact, source: str, at: datetime) -> None:
    """From `at` on believe `fact` for its period; what was believed is kept as superseded.

    Rows that reach beyond the period go on to hold outside it. Raises IntegrityError where `at`
    lies before the belief that it replaces.
    """
    with transaction.atomic():
        believed = _facts_of(of).filter(kind=fact.kind, key=fact.key)
        _supersede(believed, fact.since, fact.until, at)
        mine = isinstance(of, Person | NewPerson)
        table, unit = (
            ("people_personfact", "person_id") if mine else ("people_householdfact", "household_id")
        )
        write_facts(table, unit, iter([(of.id, fact)]), source, at)
        if fact.kind == "hukou":
            place = fact.value if isinstance(fact.value, str) else ""
            _reach_from(of.id, ReachReason.HUKOU, place, fact.since, fact.until)


@transaction.atomic
def move(
    person: Person | NewPerson,
    to: Household | NewHousehold | None,
    since: date,
    source: str,
    at: datetime,
) -> None:
    """From `since` on the person lives in `to`, or in none of our households; known from `at`."""
    _supersede(Membership.objects.filter(person_id=person.id), since, None, at)
    place = ""
    if to is not None:
        place = to.place if isinstance(to, NewHousehold) else to.place_id
        Membership.objects.create(
            person_id=person.id, household_id=to.id, since=since, source_id=source, recorded_at=at
        )
    _reach_from(person.id, ReachReason.RESIDENCE, place, since, None)


def write_facts(
    table: str, unit: str, pairs: Iterator[tuple[int, NewFact]], source: str, at: datetime
) -> int:
    """Write facts of persons or households; returns how many."""
    return bulk.insert(
        table, {unit: "bigint", **FACT_COLUMNS}, (fact_row(*pair, source, at) for pair in pairs)
    )


def _write_people(people: Sequence[NewPerson], at: datetime) -> None:
    indexing.hold_key()
    if indexing.under_older(people):
        raise IntegrityError("one_person_a_document")
    bulk.insert("people_person", PERSON_COLUMNS, (person_row(person, at) for person in people))


def person_row(person: NewPerson, at: datetime) -> tuple[object, ...]:
    """A person as the table keeps one, the number sealed. Raises BadDocument."""
    number = indexing.as_written(person.document_kind, person.document)
    sealed, index = (seal.seal(number), seal.index(number)) if number else (None, None)
    return (
        person.id,
        person.name,
        names.initials(person.name),
        person.sex,
        person.born_on,
        person.document_kind,
        sealed,
        documents.masked(number),
        index,
        at,
    )


def _write_households(households: Sequence[NewHousehold], source: str, at: datetime) -> None:
    bulk.insert(
        "people_household",
        HOUSEHOLD_COLUMNS,
        ((h.id, h.number, h.place, h.collective, at) for h in households),
    )
    bulk.insert(
        "people_membership",
        STAY_COLUMNS,
        ((h.id, p.id, p.since, p.until, source, at) for h in households for p in h.members),
    )


def _write_reach(households: Sequence[NewHousehold]) -> None:
    bulk.insert(
        "people_reach",
        reaching.COLUMNS,
        (reach for h in households for p in h.members for reach in _reaches(h, p)),
    )
    bulk.insert(
        "people_namegram",
        GRAM_COLUMNS,
        (
            (gram, place, person.id)
            for household in households
            for person in household.members
            for place in {reach[1] for reach in _reaches(household, person)}
            for gram in names.grams(person.name)
        ),
    )


def _reaches(
    household: NewHousehold, person: NewPerson
) -> Iterator[tuple[int, str, str, date, date | None]]:
    """Where the person lives, and where in this city the 户籍 lies."""
    yield person.id, household.place, ReachReason.RESIDENCE, person.since, person.until
    city = household.place[:CITY]
    for fact in person.facts:
        place = fact.value if fact.kind == "hukou" else None
        if isinstance(place, str) and place.startswith(city):
            yield person.id, place, ReachReason.HUKOU, fact.since, fact.until


def _person_facts(people: Sequence[NewPerson]) -> Iterator[tuple[int, NewFact]]:
    return ((person.id, fact) for person in people for fact in person.facts)


def fact_row(unit: int, fact: NewFact, source: str, at: datetime) -> tuple[object, ...]:
    """A fact as its table keeps one; its own source goes before `source`."""
    value = fact.value
    number = int(value) if isinstance(value, int) else None
    word = value if isinstance(value, str) else None
    day = value if isinstance(value, date) else None
    return (
        *(unit, fact.kind, fact.key, number, word, day),
        *(fact.since, fact.until, fact.source or source, at),
    )


def _facts_of(of: Unit) -> "QuerySet[PersonFact] | QuerySet[HouseholdFact]":
    if isinstance(of, Person | NewPerson):
        return PersonFact.objects.filter(person_id=of.id)
    return HouseholdFact.objects.filter(household_id=of.id)


def _supersede(
    rows: "QuerySet[PersonFact] | QuerySet[HouseholdFact] | QuerySet[Membership]",
    since: date,
    until: date | None,
    at: datetime,
) -> None:
    """Cease to believe what `rows` say of [since, until); believe them still outside of it."""
    touched = rows.filter(Q(until__isnull=True) | Q(until__gt=since), superseded_at__isnull=True)
    if until is not None:
        touched = touched.filter(since__lt=until)
    kept = list(touched.select_for_update())
    touched.update(superseded_at=at)
    for row in kept:
        first, last = row.since, row.until
        if first < since:
            _again(row, first, since, at)
        if until is not None and (last is None or last > until):
            _again(row, until, last, at)


def _again(row: Dated, since: date, until: date | None, at: datetime) -> None:
    row.pk, row._state.adding = None, True
    row.since, row.until, row.recorded_at = since, until, at
    row.recorded_by_id = ThePost()
    row.save(force_insert=True)


def _reach_from(person: int, why: ReachReason, place: str, since: date, until: date | None) -> None:
    """The office at `place` reaches the person from `since`; those before it, until then.

    The office that writes may see neither the other places nor, afterwards, the person.
    """
    with hand.of_the_register():
        before = Reach.objects.filter(person_id=person, why=why)
        before.filter(since__gte=since).delete()
        before.filter(Q(until__isnull=True) | Q(until__gt=since)).update(until=since)
        if not Place.objects.filter(code=place).exists():
            return
        Reach.objects.create(person_id=person, place_id=place, why=why, since=since, until=until)
        name_at(person, place)
        reaching.see_through_moves([person])


def name_at(person: int, place: str) -> None:
    """The person is found by name at a place. Needs the register's hand."""
    name = Person.objects.values_list("name", flat=True).get(pk=person)
    NameGram.objects.bulk_create(
        [NameGram(gram=gram, place=place, person_id=person) for gram in names.grams(name)],
        ignore_conflicts=True,
    )


def _learn_later(units: Sequence[NewPerson | NewHousehold], source: str) -> None:
    learnt = [(later, unit) for unit in units for later in unit.later]
    for later, unit in sorted(learnt, key=lambda pair: pair[0].at):
        correct_fact(unit, later.fact, source, later.at)
