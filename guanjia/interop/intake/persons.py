"""Persons of a file: told apart by their number or their document, new, changed or as they were."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from guanjia.interop import cells
from guanjia.interop.errors import ManyElsewhere
from guanjia.interop.folder import PERSON, SEXES
from guanjia.interop.intake import documents
from guanjia.interop.intake.lines import Line, Verdict, Work, elsewhere, once, short
from guanjia.interop.models import What
from guanjia.kit import bulk, days
from guanjia.people import indexing, intake, registering, seal
from guanjia.people.errors import AlreadyHere, TooMany
from guanjia.people.models import DocumentKind
from guanjia.people.records import NewPerson
from guanjia.people.registering import Stated

NAME, SEX, BORN = "姓名", "性别", "出生日期"
LONGEST_LIFE = 120


class Known(NamedTuple):
    """A person whom the house knows; `key` None: the number is known, the person is out of sight."""

    key: int | None
    name: str
    sex: str
    born_on: date
    kind: str
    document: bytes | None


def prepare(lines: Sequence[Line], work: Work) -> list[Line]:
    """Read every row; refuse what cannot be, and numbers and documents that come twice."""
    for line in lines:
        line.record = _read(line, work)
    once(lines, PERSON, lambda line: line.cells[PERSON], _("与第 %(line)d 行的人员编号相同。"))
    once(lines, documents.NUMBER, _document, _("与第 %(line)d 行是同一个证件号码。"))
    return list(lines)


def _document(line: Line) -> tuple[str, str] | None:
    person: NewPerson | None = line.record
    return (person.document_kind, person.document) if person and person.document else None


def _read(line: Line, work: Work) -> NewPerson | None:
    short(line, PERSON, 40)
    name = short(line, NAME, 60)
    sex = line.read(SEX, lambda text: cells.choice(text, SEXES))
    born_on, document = line.read(BORN, cells.day), documents.read(line)
    if born_on and born_on > work.today:
        line.wrong(BORN, _("出生日期在今天之后。"))
    elif born_on and days.age(born_on, work.today) > LONGEST_LIFE:
        line.wrong(BORN, _("按这个日期已经超过 %(age)d 岁。请核对。") % {"age": LONGEST_LIFE})
    if not (name and sex and born_on and document):
        return None
    return NewPerson(name, sex, born_on, document[1], document[0])


def take(lines: Sequence[Line], work: Work) -> None:
    """Say what becomes of each row; where the pass writes, write it."""
    good = [line for line in lines if not line.problems]
    by_number, by_index = _known(good, work)
    changed: list[tuple[Line, Known]] = []
    new: list[Line] = []
    for line in good:
        person: NewPerson = line.record
        called, shown = by_number.get(line.cells[PERSON]), _shown(person, by_index)
        known = _one(line, called, shown)
        if line.problems:
            continue
        if known is None:
            line.found = Verdict.NEW
            person.id = -len(work.people) - len(new) - 1
            new.append(line)
        else:
            person.id = known.key or 0
            if (person.name, person.sex, person.born_on) != (known.name, known.sex, known.born_on):
                line.found = Verdict.CHANGED
                changed.append((line, known))
    if work.writes:
        _write(new, changed, good, work)
    work.came_back(What.PERSON, lines, PERSON)
    for line in good:
        if not line.problems:
            work.people[line.cells[PERSON]] = line.record.id
            if line.record.document:
                work.documents[line.record.document] = line.cells[PERSON]


def _known(
    lines: Sequence[Line], work: Work
) -> tuple[dict[str, Known], dict[tuple[str, bytes | None], Known]]:
    """The persons whom the rows may mean: by number, and by kind and index of their document."""
    columns = "p.id, p.name, p.sex, p.born_on, p.document_kind, p.document_index"
    numbers = [line.cells[PERSON] for line in lines]
    if work.writes:
        indexing.hold_key()
    numbered = [line.record.document for line in lines if line.record.document]
    indexes = [value for number in numbered for value in seal.indexes(number)]
    by_number = bulk.rows(
        f"""SELECT n.number, {columns} FROM interop_personnumber n
        LEFT JOIN people_person p ON p.id = n.person_id
        WHERE n.place = %s AND n.number = ANY(%s::text[])""",
        [work.desk, numbers],
    )
    kinds = [kind for kind in DocumentKind.values if kind != DocumentKind.NONE]
    by_index = bulk.rows(
        f"""SELECT {columns} FROM people_person p
        WHERE p.document_kind = ANY(%s::text[]) AND p.document_index = ANY(%s::bytea[])""",
        [kinds, indexes],
    )
    found = (Known(*row) for row in by_index)
    return {n: Known(*row) for n, *row in by_number}, {(k.kind, k.document): k for k in found}


def _shown(person: NewPerson, by_index: dict[tuple[str, bytes | None], Known]) -> Known | None:
    values = seal.indexes(person.document) if person.document else [None]
    found = (by_index.get((person.document_kind, value)) for value in values)
    return next((known for known in found if known), None)


def _one(line: Line, called: Known | None, shown: Known | None) -> Known | None:
    """The one person whom number and document mean; None for a new one."""
    person: NewPerson = line.record
    if called is not None and called.key is None:
        line.wrong(PERSON, elsewhere())
    elif called and shown and called.key != shown.key:
        line.wrong(PERSON, _("这个编号登记的是另一个人，证件号码对应的人编号不同。请核对。"))
    elif called and not shown and (person.document or called.document is not None):
        line.wrong(
            documents.NUMBER,
            _("与这个编号登记的证件不同（登记的是%(kind)s）。换证、补证请在人员页面办理。")
            % {"kind": documents.kinds()[called.kind]},
        )
    return called or shown


def _write(
    new: Sequence[Line], changed: Sequence[tuple[Line, Known]], good: Sequence[Line], work: Work
) -> None:
    if new:
        if registering.none_left(work.post):
            raise ManyElsewhere  # before it is looked: who may learn no more learns not even of one
        people = [line.record for line in new]
        written = intake.register_persons(people, work.desk, work.today, work.at)
        work.lost = [line for line in new if line.record.id not in written]
        for line in work.lost:
            refer(line, work)
        work.wrote.fresh(What.PERSON, written)
        intake.grams_again(
            [one.record.id for one in new if not one.problems and _homeless(one, work)]
        )
    if changed:
        intake.change_persons(
            [(p.id, p.name, p.sex, p.born_on) for p in (line.record for line, _old in changed)]
        )
        for line, old in changed:
            _note(line.record, old, work)
    numbers = [
        (work.desk, line.cells[PERSON], line.record.id) for line in good if not line.problems
    ]
    columns = {"place": "text", "number": "text", "person_id": "bigint"}
    work.wrote.fresh(What.NUMBER, intake.insert_free("interop_personnumber", columns, numbers))


def _homeless(line: Line, work: Work) -> bool:
    """Whether no row of this file says where the person lives: then the desk finds them by name."""
    return line.cells[PERSON] not in work.housed


def _note(person: NewPerson, old: Known, work: Work) -> None:
    was = {"name": old.name, "sex": old.sex, "born_on": old.born_on.isoformat()}
    now = {"name": person.name, "sex": person.sex, "born_on": person.born_on.isoformat()}
    work.wrote.changes += [
        (What.PERSON, person.id, column, was[column], now[column])
        for column in was
        if was[column] != now[column]
    ]


def refer(line: Line, work: Work) -> None:
    """A person whom the register knows and this post cannot see: the row waits, the other desk is asked.

    As at the counter: it is logged, and the database limits how many a post may learn of in an hour.
    Raises ManyElsewhere.
    """
    try:
        _ask(line, work)
    except TooMany:
        raise ManyElsewhere from None
    line.wrong(documents.NUMBER, elsewhere())


def ask_most(work: Work) -> None:
    """Of a batch that was undone for too many: log as many as the post may learn of, and ask for them.

    A batch that is not written must cost what one costs that is, or it could be tried for ever.
    """
    try:
        for line in work.lost:
            _ask(line, work)
    except TooMany:
        pass


def _ask(line: Line, work: Work) -> None:
    person: NewPerson = line.record
    stated = Stated(
        *(person.name, person.sex, person.born_on, person.document_kind, person.document),
        work.desk,
    )
    with suppress(AlreadyHere):  # came into sight meanwhile: the row is found when handed in again
        registering.register(stated, work.prepared_by, work.at)
