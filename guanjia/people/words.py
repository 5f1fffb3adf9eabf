"""How persons and places are written on pages: the chip of a person, the short name of a community."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guanjia.kit import days
from guanjia.people.models import Person
from guanjia.policy.words import told

TOWN, COMMUNITY = 9, 12
COMMITTEES = (
    ("社区居民委员会", "社区"),
    ("居民委员会", "社区"),
    ("村村民委员会", "村"),
    ("村民委员会", "村"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """What the chip of a person shows."""

    number: int
    name: str
    age: int
    place: str
    masked: str


def chip(person: Person, place: str, names: Mapping[str, str], on: date) -> Chip:
    """The chip of a person on a day; `place` is a code, `names` names codes."""
    age = days.age(person.born_on, on)
    return Chip(person.pk, person.name, age, place_words(place, names), person.document_mask)


def place_words(code: str, names: Mapping[str, str]) -> str:
    """Town and community in short: 长安镇 厦边社区."""
    parts = [names.get(code[:n], "") for n in (TOWN, COMMUNITY) if len(code) >= n]
    return " ".join(short(part) for part in parts if part) or names.get(code[:6], code)


def short(name: str) -> str:
    """A community without its committee: 厦边社区居民委员会 -> 厦边社区."""
    for written, brief in COMMITTEES:
        long = told(written)
        if name.endswith(long):
            return name.removesuffix(long) + told(brief)
    return name
