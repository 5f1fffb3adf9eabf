"""What a register hands over: plain records of persons, households and facts, before any table."""

from dataclasses import dataclass, field
from datetime import date, datetime

Value = int | str | date | None


@dataclass(slots=True)
class NewFact:
    """One dated value of a declared fact; `value` None says: not known. Money in fen.

    `source` is the code of the source; empty: that of the record it came with.
    """

    kind: str
    value: Value
    since: date
    until: date | None = None
    key: str = ""
    source: str = ""


@dataclass(slots=True)
class Later:
    """A fact learnt after the record was made: it overlays, for its period, what was believed."""

    at: datetime
    fact: NewFact


@dataclass(slots=True)
class NewPerson:
    """One person; `id` is filled when the record has been written.

    `since` and `until` bound the membership in the household that names the person.
    """

    name: str
    sex: str
    born_on: date
    document: str = ""
    document_kind: str = "citizen"
    since: date = date(2019, 1, 1)
    until: date | None = None
    facts: list[NewFact] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    id: int = 0


@dataclass(slots=True)
class NewHousehold:
    """People at a place, in register order."""

    number: str
    place: str
    members: list[NewPerson]
    collective: bool = False
    facts: list[NewFact] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    id: int = 0
