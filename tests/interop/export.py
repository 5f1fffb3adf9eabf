"""Records written as the tables that a city fills in: the way back from `folder.read`, to test it."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from guanjia.interop import cells, tables
from guanjia.interop.folder import SEXES
from guanjia.people.models import DocumentKind
from guanjia.people.records import NewFact, NewHousehold, NewPerson
from guanjia.policy.facts import Fact, Facts

Cells = list[str]


def write(folder: Path, facts: Facts, homes: Iterable[NewHousehold]) -> int:
    """Write households, persons and facts; returns how many persons. Raises FolderInUse.

    What was learnt later than the record was made is not written: files hold one belief.
    """
    listed = list(homes)
    people = [(home, person) for home in listed for person in home.members]
    numbers = {id(person): f"P{n:07d}" for n, (_home, person) in enumerate(people, 1)}
    declared = {fact.name: fact for fact in (*facts.person, *facts.household)}

    def number(person: NewPerson) -> str:
        return numbers[id(person)]

    rows = {
        tables.HOUSEHOLDS: ([h.number, h.place, _yes(h.collective)] for h in listed),
        tables.PERSONS: ([number(p), *_person(p)] for _home, p in people),
        tables.MEMBERS: (
            [home.number, number(p), str(p.since), _day(p.until)] for home, p in people
        ),
        tables.PERSON_FACTS: (
            [number(p), *row] for _home, p in people for row in _facts(declared, p.facts)
        ),
        tables.HOUSEHOLD_FACTS: (
            [home.number, *row] for home in listed for row in _facts(declared, home.facts)
        ),
        tables.AWARDS: iter(()),
    }
    tables.refuse_overwriting(folder, [table.file for table in rows])
    for table, its_rows in rows.items():
        tables.write(folder, table, its_rows)
    return len(people)


def _person(person: NewPerson) -> Cells:
    kind = str(DocumentKind(person.document_kind).label)
    return [person.name, SEXES[person.sex], str(person.born_on), kind, person.document]


def _facts(declared: dict[str, Fact], facts: Iterable[NewFact]) -> Iterator[Cells]:
    for fact in facts:
        shown = declared[fact.kind]
        value = cells.show(shown, fact.value)
        yield [shown.label, fact.key, value, str(fact.since), _day(fact.until)]


def _day(on: date | None) -> str:
    return str(on) if on else ""


def _yes(value: bool) -> str:
    return "是" if value else "否"
