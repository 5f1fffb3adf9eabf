"""A city's own files read into records: people, households, their facts. Nothing is written here."""

import itertools
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from guanjia.entitlements.records import NewAward
from guanjia.interop import cells, tables
from guanjia.interop.intake.documents import has_number
from guanjia.interop.lines import BadFolder, Problem, Row, one_household, one_value, rows
from guanjia.people import documents
from guanjia.people.documents import BadDocument
from guanjia.people.indexing import CHECKED
from guanjia.people.models import DocumentKind
from guanjia.people.records import NewFact, NewHousehold, NewPerson
from guanjia.policy.book import Book
from guanjia.policy.facts import Fact

SEXES = {"1": "男", "2": "女", "0": "未知", "9": "未说明"}
OPEN_END = date.max
HOUSEHOLD, PERSON = tables.HOUSEHOLD.header, tables.PERSON.header
MOST_SIGNS = 24

Period = tuple[date, date, Row]


@dataclass(slots=True)
class Move:
    """A later membership: the person lives in `to` from `since`, or in no household of ours."""

    person: NewPerson
    to: NewHousehold | None
    since: date


@dataclass(slots=True)
class Stay:
    """One line of the members' table."""

    row: Row
    household: NewHousehold
    since: date
    until: date | None


@dataclass(slots=True)
class City:
    """What a folder holds, as records by the numbers that the files use."""

    book: Book
    known_places: frozenset[str]
    households: dict[str, NewHousehold] = field(default_factory=dict)
    persons: dict[str, NewPerson] = field(default_factory=dict)
    person_rows: dict[str, Row] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    awards: list[tuple[NewAward, str]] = field(default_factory=list)
    """Each with the number of its household or person."""
    problems: list[Problem] = field(default_factory=list)


def read(folder: Path, book: Book, known_places: frozenset[str]) -> City:
    """People and their facts in the folder; `problems` names everything that is wrong."""
    city = City(book, known_places)
    _households(folder, city)
    _persons(folder, city)
    _members(folder, city)
    _facts(folder, city, tables.PERSON_FACTS, book.facts.person, city.persons)
    _facts(folder, city, tables.HOUSEHOLD_FACTS, book.facts.household, city.households)
    return city


def refuse_problems(city: City) -> None:
    """Raise BadFolder where anything is wrong."""
    if city.problems:
        raise BadFolder(sorted(city.problems))


def not_a_place(code: str) -> str:
    """What to say of a code that the register of places does not have."""
    return _("区划代码里没有“%(code)s”。请对照 communities.csv。") % {"code": code}


def _households(folder: Path, city: City) -> None:
    for row in rows(folder, tables.HOUSEHOLDS, city.problems):
        number, place = row.text(HOUSEHOLD), row.text("村（社区）代码")
        if number in city.households:
            row.wrong(HOUSEHOLD, _("“%(text)s”已在前面出现过。") % {"text": number})
        if len(number) > MOST_SIGNS:
            row.wrong(HOUSEHOLD, _("最长%(most)d个字符。") % {"most": MOST_SIGNS})
        if place and (place not in city.known_places or len(place) != 12):
            row.wrong("村（社区）代码", not_a_place(place))
        collective = row.read("集体户", cells.yes_no)
        city.households[number] = NewHousehold(number, place, [], bool(collective))


def _persons(folder: Path, city: City) -> None:
    seen: dict[tuple[str, str], int] = {}
    kinds = {kind.value: str(kind.label) for kind in DocumentKind}
    for row in rows(folder, tables.PERSONS, city.problems):
        number = row.text(PERSON)
        if number in city.persons:
            row.wrong(PERSON, _("“%(text)s”已在前面出现过。") % {"text": number})
        kind = row.read("证件类型", lambda text: cells.choice(text, kinds)) or ""
        document = _document(row, kind)
        if document and seen.setdefault((kind, document), row.line) != row.line:
            text = _("与第 %(line)d 行是同一个证件号码。") % {"line": seen[kind, document]}
            row.wrong("证件号码", text)
        city.person_rows[number] = row
        city.persons[number] = NewPerson(
            row.text("姓名")[:60],
            row.read("性别", lambda text: cells.choice(text, SEXES)) or "0",
            row.read("出生日期", cells.day) or OPEN_END,
            *(document, kind),
        )


def _document(row: Row, kind: str) -> str:
    document = row.cells["证件号码"]
    if kind and has_number(row, kind, document) and kind in CHECKED:
        try:
            return documents.citizen_number(document)
        except BadDocument as problem:
            row.wrong("证件号码", str(problem))
    return "" if kind == DocumentKind.NONE else document


def _members(folder: Path, city: City) -> None:
    stays: dict[str, list[Stay]] = {}
    for row in rows(folder, tables.MEMBERS, city.problems):
        household = city.households.get(row.text(HOUSEHOLD))
        number = row.text(PERSON)
        if household is None:
            row.wrong(HOUSEHOLD, _("households.csv 里没有这一户。"))
        if number not in city.persons:
            row.wrong(PERSON, _("persons.csv 里没有这个人。"))
        since, until = row.period()
        if household and since and number in city.persons:
            stays.setdefault(number, []).append(Stay(row, household, since, until))
    for number, row in city.person_rows.items():
        if number not in stays:
            row.wrong(PERSON, _("这个人不在任何一户里：请在 members.csv 里补一行。"))
    for number, lived in stays.items():
        _settle(city, city.persons[number], sorted(lived, key=lambda stay: stay.since))


def _settle(city: City, person: NewPerson, stays: list[Stay]) -> None:
    """The first stay is the membership; later ones are moves."""
    first = stays[0]
    person.since, person.until = first.since, first.until
    first.household.members.append(person)
    for before, stay in itertools.pairwise(stays):
        if (before.until or OPEN_END) > stay.since:
            stay.row.overlaps("起", before.row.line, one_household())
        city.moves.append(Move(person, stay.household, stay.since))
        if stay.until:
            city.moves.append(Move(person, None, stay.until))


def _facts(
    folder: Path,
    city: City,
    table: tables.Table,
    declared: tuple[Fact, ...],
    units: dict[str, NewPerson] | dict[str, NewHousehold],
) -> None:
    periods: dict[tuple[str, str, str], list[Period]] = {}
    for row in rows(folder, table, city.problems):
        number = row.text(table.headers[0])
        unit = units.get(number)
        if unit is None:
            row.wrong(table.headers[0], _("前面的表里没有这个编号。"))
        found = _fact(row, city, declared)
        if unit is not None and found is not None:
            unit.facts.append(found)
            period = (found.since, found.until or OPEN_END, row)
            periods.setdefault((number, found.kind, found.key), []).append(period)
    for listed in periods.values():
        no_overlap(listed, "起", one_value())


def _fact(row: Row, city: City, declared: tuple[Fact, ...]) -> NewFact | None:
    fact = row.read("情况", lambda text: cells.fact(declared, city.book.facts, text))
    since, until = row.period()
    text = row.text("值")
    if fact is None or since is None or not text:
        return None
    value = row.read("值", lambda cell: cells.value(fact, cell))
    if fact.type == "place" and isinstance(value, str) and not _stands(city, value):
        row.wrong("值", not_a_place(value))
    row.whole_months(fact, since, until)
    return NewFact(fact.name, value, since, until, row.cells["区分"][:40])


def _stands(city: City, place: str) -> bool:
    """Whether a place of 户籍 is elsewhere, or in the register of this city's places."""
    return place in city.known_places or not place.startswith(city.book.city)


def no_overlap(periods: list[Period], column: str, because: str) -> None:
    """Name each line whose period begins before that of another line has ended."""
    periods.sort(key=lambda period: period[:2])
    for (_a, until, before), (since, _b, row) in itertools.pairwise(periods):
        if until > since:
            row.overlaps(column, before.line, because)
