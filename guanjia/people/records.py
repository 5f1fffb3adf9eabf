"""What a register hands over: plain records of persons, households and facts, before any table."""

from dataclasses import dataclass, field
from datetime import date

Value = int | str | date | None


@dataclass(slots=True)
class NewFact:
    """One dated value of a declared fact; `value` None says: not known. Money in fen."""

    kind: str
    value: Value
    since: date
    until: date | None = None
    key: str = ""


@dataclass(slots=True)
class NewPerson:
    """One person; `id` is filled when the record has been written."""

    name: str
    sex: str
    born_on: date
    document: str = ""
    document_kind: str = "citizen"
    since: date = date(2019, 1, 1)
    facts: list[NewFact] = field(default_factory=list)
    id: int = 0


@dataclass(slots=True)
class NewHousehold:
    """People at a place, in register order."""

    number: str
    place: str
    members: list[NewPerson]
    collective: bool = False
    facts: list[NewFact] = field(default_factory=list)
    id: int = 0
