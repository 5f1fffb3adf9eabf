"""The parts of an expression, typed and checked: what every reading of the book walks over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneWord

from guanjia.policy.facts import Fact

LOOK_BACK = 36
"""Months: the most that the language lets a rule look back."""

Type = str
"""yes_no | whole | fen | day | choice:<fact name> | text (a choice code that has not met its fact)."""

Unit = OneWord["person", "household"]


@dataclass(frozen=True, slots=True)
class Node:
    """Any part. `bounds` are the least and greatest number it can be; None where it is no number."""

    type: Type
    by_month: bool
    bounds: tuple[int, int] | None

    def children(self) -> Iterator[Node]:
        """The parts that this part is made of."""
        for name in self.__slots__:  # its own: what every part has is no part
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (part for part in value if isinstance(part, Node))

    def walk(self) -> Iterator[Node]:
        """This part and all below it."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written in the text."""

    value: bool | int | str


@dataclass(frozen=True, slots=True)
class FactRef(Node):
    """A fact of the member in question, or of the household."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class FigureRef(Node):
    """A figure of the chapter."""

    name: str


@dataclass(frozen=True, slots=True)
class DefineRef(Node):
    """A named expression of the chapter; `node` is what it stands for."""

    name: str
    of: Unit
    node: Node


@dataclass(frozen=True, slots=True)
class HeldRef(Node):
    """Whether an award of the benefit is in force on the reference day."""

    benefit: str
    of: Unit


@dataclass(frozen=True, slots=True)
class OtherRef(Node):
    """What another chapter works out now: `entitled` or `gross`."""

    benefit: str
    of: Unit
    what: OneWord["entitled", "gross"]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """+, - or *."""

    sign: OneWord["+", "-", "*"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Divide(Node):
    """A division with a named rounding."""

    rounding: OneWord["up", "down", "half_up"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    """The least or the greatest of some numbers."""

    which: OneWord["min", "max"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """Two values compared."""

    sign: OneWord["<", "<=", ">", ">=", "==", "!="]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class OneOf(Node):
    """Whether a choice is one of several codes."""

    part: Node
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """Kleene's and, or."""

    word: OneWord["and", "or"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Kleene's not."""

    part: Node


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """x if c else y."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Over(Node):
    """count, total, any or all over the members of the household."""

    word: OneWord["count", "total", "any", "all"]
    part: Node


@dataclass(frozen=True, slots=True)
class Age(Node):
    """Whether the member has completed (`from`) or not yet completed (`under`) so many years."""

    which: OneWord["from", "under"]
    years: Node
    born_on: FactRef


@dataclass(frozen=True, slots=True)
class LastMonths(Node):
    """The sum of a monthly amount over the whole months before the assessment."""

    part: Node
    months: Node
