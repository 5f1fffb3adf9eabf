"""Writing persons, households and facts. The only writer of their tables."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import transaction

from guanjia.kit import bulk
from guanjia.people import documents, names, seal
from guanjia.people.models import DocumentKind, ReachReason, Source
from guanjia.people.records import NewFact, NewHousehold, NewPerson

CHECKED = (DocumentKind.CITIZEN, DocumentKind.HK_MO_TW_RESIDENCE, DocumentKind.PERMANENT_RESIDENCE)

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


def ensure_source(code: str, name: str, synthetic: bool = False) -> Source:
    """The source with this code, made where missing."""
    return Source.objects.get_or_create(
        code=code, defaults={"name": name, "synthetic": synthetic}
    )[0]


@transaction.atomic
def register(households: Sequence[NewHousehold], source: str, at: datetime) -> None:
    """Write households with their members and facts, recorded at `at`; fills the records' ids.

    Raises BadDocument for a number that cannot be right, IntegrityError where rows clash.
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


def write_facts(
    table: str, unit: str, pairs: Iterator[tuple[int, NewFact]], source: str, at: datetime
) -> int:
    """Write facts of persons or households; returns how many."""
    return bulk.insert(
        table, {unit: "bigint", **FACT_COLUMNS}, (_fact_row(*pair, source, at) for pair in pairs)
    )


def _write_people(people: Sequence[NewPerson], at: datetime) -> None:
    columns = {
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
    bulk.insert("people_person", columns, (_person_row(person, at) for person in people))


def _person_row(person: NewPerson, at: datetime) -> tuple[object, ...]:
    number = person.document
    if person.document_kind in CHECKED:
        number = documents.citizen_number(number)
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
        {
            "id": "bigint",
            "number": "text",
            "place": "text",
            "collective": "boolean",
            "recorded_at": "timestamptz",
        },
        ((h.id, h.number, h.place, h.collective, at) for h in households),
    )
    bulk.insert(
        "people_membership",
        {
            "household_id": "bigint",
            "person_id": "bigint",
            "since": "date",
            "source_id": "text",
            "recorded_at": "timestamptz",
        },
        ((h.id, p.id, p.since, source, at) for h in households for p in h.members),
    )


def _write_reach(households: Sequence[NewHousehold]) -> None:
    bulk.insert(
        "people_reach",
        {"person_id": "bigint", "place": "text", "why": "text", "since": "date", "until": "date"},
        (reach for h in households for p in h.members for reach in _reaches(h, p)),
    )
    bulk.insert(
        "people_namegram",
        {"gram": "text", "place": "text", "person_id": "bigint"},
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
    yield person.id, household.place, ReachReason.RESIDENCE, person.since, None
    for fact in person.facts:
        if fact.kind == "hukou" and isinstance(fact.value, str):
            if fact.value.startswith(household.place[:6]):
                yield person.id, fact.value, ReachReason.HUKOU, fact.since, fact.until


def _person_facts(people: Sequence[NewPerson]) -> Iterator[tuple[int, NewFact]]:
    return ((person.id, fact) for person in people for fact in person.facts)


def _fact_row(unit: int, fact: NewFact, source: str, at: datetime) -> tuple[object, ...]:
    value = fact.value
    number = int(value) if isinstance(value, int) else None
    word = value if isinstance(value, str) else None
    day = value if isinstance(value, date) else None
    return (
        *(unit, fact.kind, fact.key, number, word, day),
        *(fact.since, fact.until, source, at),
    )
