"""What the rows of a chapter may hold: their keys, the few words to choose from, how a figure is written."""

from collections.abc import Iterable
from typing import get_args

from guanjia.kit import money
from guanjia.policy.chapter import Cadence
from guanjia.policy.nodes import Unit
from guanjia.policy.words import listed, word

UNITS = get_args(Unit)
STARTS = ("month after approval", "month of application", "month of the event")
PLACES = ("hukou", "home")
CADENCES = get_args(Cadence)
NOTICES = ("name, members, amount", "name, amount", "none")
KEYS = {
    "chapter": "title en summary unit cadence asked follows paid_to starts day place notice law status "
    "bring apply",
    "figure": "label value law status since until review_by where",
    "define": "name label of is",
    "condition": "code label en holds law status since until",
    "amount": "code label en pays law status since until",
    "example": "title month household person place held expects",
}
TABLES = ("figure", "define", "condition", "amount")


def none_of(name: str, allowed: Iterable[str], value: object) -> str:
    """A value that is none of the few to choose from."""
    choices = listed(allowed)
    return word(
        "{name} 应是 {choices} 之一，实际是 {value}", name=name, choices=choices, value=repr(value)
    )


def read_value(text: str) -> tuple[str, int] | None:
    """'1060 元/人·月' -> ('fen', 106000); '70 岁' -> ('whole', 70); '150 %' -> ('whole', 150)."""
    number, _, unit = text.strip().partition(" ")
    unit = unit.strip()
    if unit.startswith("元"):
        try:
            return "fen", money.read(number)
        except money.NotMoney:
            return None
    return ("whole", int(number)) if unit and number.isdecimal() else None
