"""A chapter of the book: figures, defines, conditions and amounts, each dated and with its law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from guanjia.policy.nodes import FigureRef, Node, OtherRef, Unit

Status = Literal["seed", "found", "derived", "known", "assumption"]
STATUSES = ("seed", "found", "derived", "known", "assumption")
MOST_CONDITIONS = 31
Cadence = Literal["month", "year", "once"]


@dataclass(frozen=True, slots=True)
class Dated:
    """What holds from `since` (None: always) until `until` (None: open)."""

    since: date | None
    until: date | None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)

    def turns(self, after: date, upto: date) -> bool:
        """Whether it comes into force or ends after one day and not after another."""
        return any(day is not None and after < day <= upto for day in (self.since, self.until))


@dataclass(frozen=True, slots=True)
class FigureRow(Dated):
    """One value of a figure: fen, or a whole number."""

    name: str
    label: str
    value: int
    shown: str
    unit: Literal["fen", "whole"]
    where: str
    review_by: date | None
    law: str
    status: Status

    def unreviewed(self, on: date) -> date | None:
        """The day since which it should have been looked at again, where that has passed."""
        return self.review_by if self.review_by is not None and self.review_by < on else None


@dataclass(frozen=True, slots=True)
class Define:
    """A named expression."""

    name: str
    label: str
    of: Unit
    text: str
    node: Node


@dataclass(frozen=True, slots=True)
class Sentence(Dated):
    """A row with an expression. Rows with one code succeed each other in time."""

    code: str
    label: str
    en: str
    text: str
    law: str
    status: Status
    node: Node


@dataclass(frozen=True, slots=True)
class Condition(Sentence):
    """A sentence that is met, not met or unknown; `bit` is its place in the reasons."""

    bit: int


@dataclass(frozen=True, slots=True)
class Amount(Sentence):
    """Fen that are paid where all conditions are met."""


@dataclass(frozen=True, slots=True)
class Example:
    """A family written out, and what the chapter must say of it."""

    title: str
    month: date
    rows: dict[str, Any]
    expects: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Chapter:
    """One benefit."""

    code: str
    title: str
    en: str
    summary: str
    unit: Unit
    cadence: Cadence
    asked: bool
    follows: tuple[str, ...]  # benefits under whose awards this one is paid, the first held first
    paid_to: str  # who gets the money in the unit's stead, in words; "" where it is the unit
    starts: str
    day: str
    place: str
    notice: str
    law: str
    status: Status
    bring: tuple[str, ...]
    apply: str
    figures: dict[str, tuple[FigureRow, ...]]
    defines: tuple[Define, ...]
    conditions: tuple[Condition, ...]
    amounts: tuple[Amount, ...]
    examples: tuple[Example, ...]
    text: str

    @property
    def pays(self) -> bool:
        """Whether a run pays it, by awards of its own or by those that it follows; else a status."""
        return self.asked or bool(self.follows)

    def figure_on(self, name: str, on: date, place: str = "") -> FigureRow | None:
        """The row in force on a day; a town's own row goes before the city's."""
        rows = [r for r in self.figures[name] if r.holds(on) and place.startswith(r.where)]
        return max(rows, key=lambda row: len(row.where), default=None)

    def conditions_on(self, on: date) -> tuple[Condition, ...]:
        """The sentences in force on a day."""
        return tuple(c for c in self.conditions if c.holds(on))

    def amounts_on(self, on: date) -> tuple[Amount, ...]:
        """The amounts in force on a day."""
        return tuple(a for a in self.amounts if a.holds(on))

    def dated(self) -> Iterator[Dated]:
        """All that comes into force or ends."""
        yield from (*self.conditions, *self.amounts)
        for rows in self.figures.values():
            yield from rows

    def codes(self) -> list[str]:
        """Condition codes by bit."""
        return list(dict.fromkeys(c.code for c in self.conditions))

    def reads(self, on: date) -> tuple[set[str], set[str]]:
        """What is read on a day: names of figures, codes of other chapters."""
        sentences: list[Sentence] = [*self.conditions_on(on), *self.amounts_on(on)]
        parts = [part for sentence in sentences for part in sentence.node.walk()]
        figures = {part.name for part in parts if isinstance(part, FigureRef)}
        return figures, {part.benefit for part in parts if isinstance(part, OtherRef)}

    def gaps(self, on: date) -> list[str]:
        """Figures that are read on a day and have no value then."""
        return sorted(name for name in self.reads(on)[0] if self.figure_on(name, on) is None)

    def wheres(self) -> list[str]:
        """Place prefixes with figures of their own, longest first; '' is always the last."""
        found = {row.where for rows in self.figures.values() for row in rows} | {""}
        return sorted(found, key=len, reverse=True)
