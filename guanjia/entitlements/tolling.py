"""What a book costs beside another in one month: units, gainers, losers and fen, by town and benefit.

Household by household in plain Python.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from guanjia.entitlements.snapshot import Frozen
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.decide import Result, rules

TOWN = 9
"""Digits of a town's code."""


class Toll(NamedTuple):
    """One line: units are persons or households, by the chapter's `unit`; fen a period.

    `held`: units with an award of the benefit in force. A gainer's amount rises, or it becomes
    entitled; a loser's falls, or it is entitled no more.
    """

    month: date
    place: str
    benefit: str
    held: bool
    before_units: int
    after_units: int
    gainers: int
    losers: int
    before_fen: int
    after_fen: int


@dataclass(slots=True)
class _Sum:
    counts: list[int] = field(default_factory=lambda: [0] * 6)

    def add(self, before: tuple[bool, int], after: tuple[bool, int]) -> None:
        """Count one unit: whether entitled, and fen."""
        found = (before[0], after[0], after > before, after < before, before[1], after[1])
        for place, value in enumerate(found):
            self.counts[place] += value


def touched(old: Book, new: Book, month: date) -> frozenset[str]:
    """The benefits whose outcome may differ in a month.

    Those whose text or figures in force differ, and those that read them or stand in a relation.
    """
    found = {
        c.code
        for c in new.chapters
        if _in_force(old, c.code, month) != _in_force(new, c.code, month)
    }
    found |= {c.code for c in old.chapters} - {c.code for c in new.chapters}
    if _relations(old, month) != _relations(new, month):
        found |= {c for r in (*old.relations, *new.relations) for c in (r.giver, r.taker)}
    while more := {*_beside(old, found, month), *_beside(new, found, month)} - found:
        found |= more
    return frozenset(found)


def tolls(old: Book, new: Book, month: date, homes: Iterable[Frozen]) -> list[Toll]:
    """What `new` changes against `old` in a month, for these households as they stand in it."""
    asked = touched(old, new, month)
    sums: dict[tuple[str, str, bool], _Sum] = defaultdict(_Sum)
    for home in homes:
        before, after = _decided(old, month, home), _decided(new, month, home)
        for benefit, unit in {**before, **after}:
            if benefit in asked:
                one, other = (_worth(found.get((benefit, unit))) for found in (before, after))
                held = (benefit, unit) in home.awards
                if one[0] or other[0]:
                    sums[home.place[:TOWN], benefit, held].add(one, other)
    return [Toll(month, *key, *found.counts) for key, found in sorted(sums.items())]


def added(parts: Iterable[Toll]) -> list[Toll]:
    """Tolls of several batches of households as one."""
    sums: dict[tuple[date, str, str, bool], Sequence[int]] = {}
    for month, place, benefit, held, *counts in parts:
        key = (month, place, benefit, held)
        sums[key] = [a + b for a, b in zip(sums.get(key, [0] * 6), counts, strict=True)]
    return [Toll(*key, *counts) for key, counts in sorted(sums.items())]


def _decided(book: Book, month: date, home: Frozen) -> dict[tuple[str, int], Result]:
    return {(r.benefit, r.unit): r for r in rules(book, month).decide(home.family)}


def _worth(result: Result | None) -> tuple[bool, int]:
    """Whether entitled, and fen after relations; what must be asked first counts as nothing."""
    if result is None or not result.entitled:
        return False, 0
    return True, result.net or 0


def _in_force(book: Book, code: str, month: date) -> tuple[object, ...] | None:
    """All that a benefit's outcome in a month is made of, but for laws and labels."""
    chapter = next((c for c in book.chapters if c.code == code), None)
    if chapter is None:
        return None
    return (
        (chapter.unit, chapter.place, chapter.asked, book.decidable(code, month)),
        tuple((c.code, c.text) for c in chapter.conditions_on(month)),
        tuple((a.code, a.text) for a in chapter.amounts_on(month)),
        tuple((d.name, d.of, d.text) for d in chapter.defines),
        tuple(_values(chapter, month)),
    )


def _values(chapter: Chapter, month: date) -> Iterator[tuple[str, str, int]]:
    for name in sorted(chapter.reads(month)[0]):
        for row in chapter.figures[name]:
            if row.holds(month):
                yield name, row.where, row.value


def _relations(book: Book, month: date) -> list[tuple[str, str, str, str | None]]:
    return [(r.giver, r.taker, r.kind, r.chosen_by) for r in book.relations if r.holds(month)]


def _beside(book: Book, found: set[str], month: date) -> Iterator[str]:
    """The benefits next to those found: they read one of them, or meet it in a relation."""
    for chapter in book.chapters:
        if chapter.reads(month)[1] & found:
            yield chapter.code
    for relation in book.relations:
        pair = {relation.giver, relation.taker}
        if relation.holds(month) and relation.kind != "compatible" and pair & found:
            yield from pair
