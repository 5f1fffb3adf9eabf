"""A household while it is being made up: who its members are, and how facts are put on them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from guanjia.interop.synthetic import sources
from guanjia.people.records import NewFact, NewHousehold, NewPerson, Value

FROM = date(2018, 1, 1)
"""The first day that the made-up registers speak of."""
REFERENCE = date(2019, 12, 1)
"""The day on which ages and shares are as the census says."""
KNOWN = datetime(2019, 11, 30, 1, tzinfo=UTC)
"""When everything that is not a later change was recorded."""


def fact(kind: str, value: Value, since: date = FROM, until: date | None = None) -> NewFact:
    """A fact with the source that such facts come from."""
    return NewFact(kind, value, since, until, source=sources.of(kind))


@dataclass(slots=True)
class Draft:
    """One person with the age and the part in the household that the shape gave."""

    person: NewPerson
    age: int
    relation: str
    local: bool

    def say(self, kind: str, value: Value, since: date = FROM, until: date | None = None) -> None:
        """Put a fact on the person, from `since` or from birth."""
        begin = max(since, self.person.born_on)
        self.person.facts.append(fact(kind, value, begin, until))

    def has(self, kind: str) -> bool:
        """Whether something is said already."""
        return any(said.kind == kind for said in self.person.facts)

    @property
    def grown(self) -> bool:
        """Of working age."""
        return 18 <= self.age < 60


@dataclass(slots=True)
class Home:
    """A household with its drafts; `poor` ones were checked by the office, so more is known."""

    household: NewHousehold
    drafts: list[Draft]
    local: bool
    poor: bool = False
    village: bool = False
    open_question: bool = False
