"""Every fact a rule may read, as declared in facts.toml: meaning, type, range, and what absence means."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from guanjia.kit import days, money
from guanjia.policy import words

UNKNOWN: Final = None
"""Not known: neither yes nor no, neither nought nor anything else. NULL in SQL."""

Span = tuple[int, int, int | None]
"""A monthly value: first month number, month number it ends before, fen or UNKNOWN."""

Value = bool | int | str | date | None | tuple[Span, ...]
"""A fact's value. Money in fen; a monthly fact is a tuple of spans, () where nothing is recorded."""

FILE = Path(__file__).with_name("facts.toml")
TYPES = ("yes_no", "whole", "fen", "day", "choice", "place")
OPEN_END: Final = 12 * 10_000


class BadFact(ValueError):
    """A value that the declaration does not allow; the text says what a right one looks like."""


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One declaration. `position` is its place in the lists of values of a person or household."""

    name: str
    label: str
    en: str
    of: str
    type: str
    position: int
    by_month: bool
    absent: Value
    choices: dict[str, str]
    minimum: int | None
    maximum: int | None
    register: str
    derived_from: str
    ask: str
    screen: str
    sorts: bool

    def read(self, text: object) -> Value:
        """A value as a family file writes it (yuan as text, 'unknown'). Raises BadFact."""
        if text == "unknown" and "unknown" not in self.choices:
            return UNKNOWN
        if self.by_month:
            return self._read_months(text)
        return self._read_one(text)

    def _read_months(self, text: object) -> tuple[Span, ...]:
        if not isinstance(text, dict):
            return ((0, OPEN_END, self._number(text)),)
        spans = []
        for month, value in sorted(text.items()):
            try:
                first = days.number(days.read_month(month))
            except ValueError:
                raise self._bad(words.not_a_month(month)) from None
            spans.append((first, first + 1, UNKNOWN if value == "unknown" else self._number(value)))
        return tuple(spans)

    def _read_one(self, text: object) -> Value:
        if self.type == "yes_no" and isinstance(text, bool):
            return text
        if self.type in ("whole", "fen"):
            return self._number(text)
        if self.type == "day" and type(text) is date:
            return text
        if self.type == "choice" and text in self.choices:
            return str(text)
        if (
            self.type == "place"
            and isinstance(text, str)
            and (text.isdecimal() or text == "elsewhere")
        ):
            return text
        raise self._wrong(text)

    def _number(self, text: object) -> int:
        number = text
        if self.type == "fen" and isinstance(text, str):
            try:
                number = money.read(text)
            except money.NotMoney:
                raise self._bad(words.not_money(text)) from None
        elif self.type == "fen" or not isinstance(text, int) or isinstance(text, bool):
            raise self._wrong(text)
        assert isinstance(number, int)
        low, high = self.minimum, self.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            raise self._bad(words.word("超出范围：{text}；{form}。", text=text, form=self.form()))
        return number

    def _bad(self, why: str) -> BadFact:
        named = words.word("“{name}”（{label}）", name=self.name, label=self._label)
        return BadFact(words.pair(named, why))

    def _wrong(self, text: object) -> BadFact:
        return self._bad(words.word("不能是 {text}；{form}。", text=repr(text), form=self.form()))

    @property
    def _label(self) -> str:
        return words.told(self.label, self.en)

    def form(self) -> str:
        """What a right value looks like, in words."""
        if self.type == "choice":
            listed = (
                code + words.brackets(words.told(said)) for code, said in self.choices.items()
            )
            return words.word("可填：{choices}", choices=words.listed(listed))
        low, high = self.minimum or 0, self.maximum or 0
        return {
            "yes_no": words.word("请填 true 或 false，不知道填 unknown"),
            "whole": words.word("请填 {low} 到 {high} 的整数", low=low, high=high),
            "fen": words.word(
                '请用引号写成元，例如 "1999.00"，范围 {low} 至 {high}',
                low=words.yuan(low),
                high=words.yuan(high),
            ),
            "day": words.word("请填日期，例如 1978-05-04"),
            "place": words.word("请填区划代码，外地填 elsewhere"),
        }[self.type]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All declarations, in two lists: of persons, of households."""

    person: tuple[Fact, ...]
    household: tuple[Fact, ...]

    def find(self, name: str) -> Fact | None:
        """The declaration of this name."""
        return next((f for f in (*self.person, *self.household) if f.name == name), None)

    def names(self) -> list[str]:
        """All names, persons' first."""
        return [f.name for f in (*self.person, *self.household)]


def from_text(text: str) -> Facts:
    """Declarations from the text of a facts.toml. Raises ValueError for a bad one."""
    lists: dict[str, list[Fact]] = {"person": [], "household": []}
    for name, row in tomllib.loads(text).items():
        kind = lists[row["of"]]
        kind.append(_fact(name, row, len(kind)))
    return Facts(tuple(lists["person"]), tuple(lists["household"]))


@cache
def declared() -> Facts:
    """The declarations that Guanjia ships."""
    return from_text(FILE.read_text(encoding="utf-8"))


def _fact(name: str, row: dict[str, Any], position: int) -> Fact:
    if row["type"] not in TYPES:
        raise ValueError(f"fact {name}: type {row['type']!r} is none of {', '.join(TYPES)}")
    absent = UNKNOWN if row["absent"] == "unknown" else row["absent"]
    if absent is not UNKNOWN and not row.get("register"):
        raise ValueError(
            f"fact {name}: absence reads as {absent!r}, but no complete register is named"
        )
    return Fact(
        name=name,
        label=row["label"],
        en=row["en"],
        of=row["of"],
        type=row["type"],
        position=position,
        by_month=row.get("by") == "month",
        absent=absent,
        choices=row.get("choices", {}),
        minimum=row.get("min"),
        maximum=row.get("max"),
        register=row.get("register", ""),
        derived_from=row.get("derived_from", ""),
        ask=row.get("ask", ""),
        screen=row.get("screen", ""),
        sorts=row.get("sorts", False),
    )
