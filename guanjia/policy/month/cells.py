"""Columns of values of which some are unknown: Kleene's logic, and numbers between two ends.

A column belongs to a level: homes, persons, or either in stretches of months. What is the same
everywhere is a plain value, and costs nothing.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np

HOME: Final = 0
PERSON: Final = 1
STRETCH: Final = 2
"""Levels join by `|`: a person's amount in a stretch of months is of level PERSON | STRETCH."""

Array = np.ndarray[Any, np.dtype[Any]]


class Cells(NamedTuple):
    """Values of one level. Where `known` is false the value means nothing.

    `most`, where given, says that a number lies between `value` and it.
    """

    value: Any
    known: Any = True
    level: int = HOME
    most: Any = None

    @property
    def everywhere(self) -> bool:
        """Whether it is one value for all."""
        return not isinstance(self.value, np.ndarray) and not isinstance(self.known, np.ndarray)

    @property
    def high(self) -> Any:
        """The upper end of a number."""
        return self.value if self.most is None else self.most

    def says(self, value: bool | None) -> bool:
        """Whether it is this one truth for all."""
        if not self.everywhere:
            return False
        return not self.known if value is None else bool(self.known) and self.value == value

    def exact(self) -> "Cells":
        """The same where both ends are one; elsewhere unknown."""
        if self.most is None:
            return self
        return Cells(self.value, both(self.known, self.value == self.most), self.level)


TRUTH = (bool, np.bool_)
YES, NO, UNKNOWN = Cells(np.True_), Cells(np.False_), Cells(0, np.False_)


def both(one: Any, other: Any) -> Any:
    """Where two columns are known."""
    if one is True:
        return other
    return one if other is True else one & other


def _all_known(parts: Sequence[Cells]) -> Any:
    known: Any = True
    for part in parts:
        known = both(known, part.known)
    return known


def _level(parts: Sequence[Cells]) -> int:
    level = HOME
    for part in parts:
        level |= part.level
    return level


def pick(asked: Any, yes: Any, no: Any) -> Any:
    """One value where it is so, the other where not; no branch is taken for any row.

    Differences of whole numbers wrap around and back.
    """
    if isinstance(yes, TRUTH) or (isinstance(yes, np.ndarray) and yes.dtype == bool):
        return (asked & yes) | (np.logical_not(asked) & no)
    if not isinstance(no, np.ndarray) and no == 0:
        return asked * yes
    found = yes - no
    if not isinstance(found, np.ndarray) or found.shape != np.shape(asked):
        return no + asked * found
    found *= asked
    found += no
    return found


def negated(part: Cells) -> Cells:
    """Kleene's not."""
    return part._replace(value=np.logical_not(part.value))


def joined(word: Literal["and", "or"], parts: Sequence[Cells]) -> Cells:
    """Kleene's and, or; the parts are of one level."""
    if any(part.says(word == "or") for part in parts):
        return YES if word == "or" else NO
    parts = [part for part in parts if not part.says(word == "and")]
    if not parts:
        return YES if word == "and" else NO
    if all(part.known is True for part in parts):
        join = np.logical_and if word == "and" else np.logical_or
        value = parts[0].value
        for part in parts[1:]:
            value = join(value, part.value)
        return Cells(value, True, _level(parts))
    return _joined_unsure(word, parts)


def _joined_unsure(word: Literal["and", "or"], parts: Sequence[Cells]) -> Cells:
    some: Any = np.False_  # somewhere surely what decides
    every: Any = np.True_  # everywhere surely the contrary
    for part in parts:
        decides = part.value if word == "or" else np.logical_not(part.value)
        some = some | (decides if part.known is True else part.known & decides)
        rest = np.logical_not(decides)
        every = every & (rest if part.known is True else part.known & rest)
    value = some if word == "or" else every
    return Cells(value, some | every, _level(parts))


def total(parts: Sequence[Cells]) -> Cells:
    """The sum of numbers of one level; unknown where one of them is."""
    found = parts[0]
    for part in parts[1:]:
        found = plus("+", found, part)
    return found


def plus(sign: str, left: Cells, right: Cells) -> Cells:
    """+, - or * of whole numbers of one level."""
    known, level = both(left.known, right.known), left.level | right.level
    does = {"+": operator.add, "-": operator.sub, "*": operator.mul}[sign]
    if left.most is None and right.most is None:
        return Cells(does(left.value, right.value), known, level)
    if sign == "+":
        return Cells(left.value + right.value, known, level, left.high + right.high)
    if sign == "-":
        return Cells(left.value - right.high, known, level, left.high - right.value)
    return _ends(does, left, right)


def _ends(does: Callable[[Any, Any], Any], left: Cells, right: Cells) -> Cells:
    """The least and the most that a function of two numbers comes to between their ends."""
    found = [does(a, b) for a in (left.value, left.high) for b in (right.value, right.high)]
    low = np.minimum(np.minimum(found[0], found[1]), np.minimum(found[2], found[3]))
    high = np.maximum(np.maximum(found[0], found[1]), np.maximum(found[2], found[3]))
    return Cells(low, both(left.known, right.known), left.level | right.level, high)


ROUNDED: dict[str, Callable[[Any, Any], Any]] = {
    "up": lambda a, b: -(-a // b),
    "down": lambda a, b: a // b,
    "half_up": lambda a, b: (2 * a + b) // (2 * b),
}


def divided(rounding: str, left: Cells, right: Cells) -> Cells:
    """A division by a positive number, with a named rounding."""
    right = Cells(np.maximum(right.value, 1), right.known, right.level, right.most)
    does = ROUNDED[rounding]
    if left.most is None and right.most is None:
        known = both(left.known, right.known)
        return Cells(does(left.value, right.value), known, left.level | right.level)
    return _ends(does, left, right)


def extreme(which: str, parts: Sequence[Cells]) -> Cells:
    """The least or the greatest of numbers of one level; unknown where one of them is."""
    pick = np.minimum if which == "min" else np.maximum
    low, high = parts[0].value, parts[0].high
    for part in parts[1:]:
        low, high = pick(low, part.value), pick(high, part.high)
    ends = any(part.most is not None for part in parts)
    return Cells(low, _all_known(parts), _level(parts), high if ends else None)


COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
CONTRARY = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def compared(sign: str, left: Cells, right: Cells) -> Cells:
    """A comparison of values of one level; between two ends unknown where it is not sure."""
    known, level = both(left.known, right.known), left.level | right.level
    if left.most is None and right.most is None:
        return Cells(COMPARED[sign](left.value, right.value), known, level)
    yes, no = _surely(sign, left, right), _surely(CONTRARY[sign], left, right)
    return Cells(yes, both(known, yes | no), level)


def _surely(sign: str, left: Cells, right: Cells) -> Any:
    """Where a comparison holds wherever between their ends two numbers lie."""
    if sign in ("<", "<="):
        return COMPARED[sign](left.high, right.value)
    if sign in (">", ">="):
        return COMPARED[sign](left.value, right.high)
    if sign == "==":
        return (left.value == right.high) & (left.high == right.value)
    return (left.high < right.value) | (left.value > right.high)


def chosen(asked: Cells, yes: Cells, no: Cells) -> Cells:
    """x if c else y: where the condition is unknown, known only where both are one and the same."""
    level = asked.level | yes.level | no.level
    known = pick(asked.value, yes.known, no.known)
    if yes.known is True and no.known is True:
        known = True
    value = pick(asked.value, yes.value, no.value)
    ends = yes.most is not None or no.most is not None
    most = pick(asked.value, yes.high, no.high) if ends else None
    if asked.known is True:
        return Cells(value, known, level, most)
    alike = (yes.value == no.value) & both(yes.known, no.known)
    alike = alike & (yes.high == yes.value) & (no.high == no.value) if ends else alike
    value = pick(asked.known, value, yes.value)
    most = pick(asked.known, most, yes.value) if ends else None
    return Cells(value, pick(asked.known, known, alike), level, most)


def same(one: Cells, other: Cells) -> Any:
    """Where two columns of one level say the same, or both that it is unknown."""
    one, other = one.exact(), other.exact()
    if one.known is True and other.known is True:
        return one.value == other.value
    values = one.value == other.value
    return (one.known == other.known) & (values | np.logical_not(one.known))
