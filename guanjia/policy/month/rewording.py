"""Whom another text touches: a figure or a sentence that changes is held against the one before.

What the text alone decides (a price index that is high enough, or not) is said of everybody at
once. A sentence that comes or goes is said of everybody too, in a column of its own. Only those are
decided again who come to something else by it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from guanjia.policy import nodes as n
from guanjia.policy.chapter import Chapter, Condition, Sentence
from guanjia.policy.city.packing import spots
from guanjia.policy.month.cells import HOME, PERSON, Array
from guanjia.policy.month.deciding import sentence, word
from guanjia.policy.month.finding import (
    FEW,
    REFUSED,
    SURELY,
    Found,
    Span,
    groups,
    not_refused,
    standing,
    unlike,
)
from guanjia.policy.month.homes import STILL, Homes
from guanjia.policy.month.outlook import otherwise
from guanjia.policy.month.sheet import Answers, Sheet, Step
from guanjia.policy.month.state import State
from guanjia.policy.month.text import Text, of_the_text


class Everywhere(NamedTuple):
    """Of every household or person (`level`): the bits under `mask` of a word of reasons are now others.

    They are `bits`; or where `column` names one, what stands there for each from its bit `low` on,
    moved up by `bits`. They are of a `benefit`.
    """

    benefit: str
    level: int
    word: int
    mask: int
    bits: int
    column: str = ""
    low: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What of a chapter is worded otherwise.

    `codes` are conditions that are other than before; `said` those of them that the text alone
    decides; `paid` says whether its amounts are. `before` and `now`: whether there is a whole rule;
    `whole`, whether other conditions are in force.
    """

    chapter: Chapter
    codes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    paid: bool = True
    before: bool = True
    now: bool = True
    whole: bool = False

    @property
    def level(self) -> int:
        """Whom it speaks of."""
        return PERSON if self.chapter.unit == "person" else HOME


A_COLUMN = 62
"""Bits that are told of each in one column."""


class Told(NamedTuple):
    """A condition as steps: by the text before, by the new one, and as months go by."""

    condition: Condition
    then: Step
    now: Step
    ahead: Step


class Rewording:
    """What another text does: `everywhere` is said of everybody, `columns` what each comes to."""

    def __init__(self, found: Found, span: Span, least: int, state: State) -> None:
        self.found, self.span, self.state = found, span, state
        self.city = found.city
        self.everywhere: list[Everywhere] = []
        self.columns: dict[str, Array] = {}
        self._room: dict[str, int] = {}
        self._spots: dict[tuple[str, str], tuple[str, int]] = {}
        self.changes = list(changes(span))
        if self.changes:
            sheet = Sheet()
            self.then = Text(span.book, sheet, span.month, span.before)
            self.plain = Text(span.book, sheet, span.month)
            self.now = Text(span.book, sheet, span.month, ahead=True, like=self.plain)
            self._say_everywhere(sheet)
            everybody = any(c.codes or (c.whole and c.now) for c in self.changes)
            rest = ~found.marked
            if not everybody:
                rest &= state.stands(change.chapter.code for change in self.changes)
            for homes in groups(self.city, np.flatnonzero(rest), least):
                self._look(sheet, homes)

    def _say_everywhere(self, sheet: Sheet) -> None:
        """What the text alone decides; and where to fill in the sentences that it does not."""
        nobody = Answers(sheet, Homes(self.city, np.zeros(0, np.int64), 0))
        for change in self.changes:
            chapter, level = change.chapter, change.level
            spot = spots(self.city.book, chapter.unit)[chapter.code]
            said = partial(Everywhere, chapter.code, level, spot.word)
            if change.whole:
                mask, place = spot.mask << spot.shift, ("", 0)
                if change.now:
                    place = self._spot(chapter.code, "", level, spot.mask.bit_length())
                self.everywhere.append(said(mask, spot.shift if change.now else 0, *place))
            for code in (*change.said, *change.codes):
                shift = spot.shift + 2 * next(c.bit for c in chapter.conditions if c.code == code)
                if code in change.codes:
                    place = self._spot(chapter.code, code, level, 2)
                    self.everywhere.append(said(3 << shift, shift, *place))
                else:
                    now = nobody.of(self.plain.condition(chapter, code))
                    bits = (1 + int(now.value) if now.known else 3) << shift
                    self.everywhere.append(said(3 << shift, bits))
        for name, width in self._room.items():
            of = self.city.register
            many = of.homes if name.startswith("homes") else of.persons
            self.columns[name] = np.zeros(many, np.min_scalar_type((1 << width) - 1))

    def _spot(self, benefit: str, code: str, level: int, width: int) -> tuple[str, int]:
        """Room for so many bits in a column of all: its name, and from which bit on."""
        stem, number = "persons" if level else "homes", 0
        while self._room.get(f"{stem}_{number}", 0) + width > A_COLUMN:
            number += 1
        name = f"{stem}_{number}"
        low = self._room.get(name, 0)
        self._room[name] = low + width
        self._spots[benefit, code] = name, low
        return name, low

    def _look(self, sheet: Sheet, homes: Homes) -> None:
        """Fill in what each comes to by the sentences that changed; mark whom they pay otherwise.

        Marked is also for whom a changed sentence may decide something in a month to come.
        """
        asked = [(change, self._asked(change, homes)) for change in self.changes]
        wanted = [
            step
            for _change, told in asked
            for one in told
            for step in (one.then, one.now, one.ahead)
        ]
        answers = Answers(sheet, homes, wanted=wanted)
        touched = np.zeros(homes.count(HOME), bool)
        words = self.state.standing.take(homes.at, axis=1)
        for change, told in asked:
            touched |= otherwise(answers, [(one.now, one.ahead) for one in told])
            other = np.zeros(len(touched), bool)
            if not change.whole:
                other = otherwise(answers, [(one.then, one.now) for one in told])
            before = self.state.of(change.chapter.code, words)
            touched |= self._paid_otherwise(answers, change, other, before)
        self._fill(answers, asked)
        self.found.marked[homes.at[touched]] = True

    def _asked(self, change: Change, homes: Homes) -> list[Told]:
        """The conditions of a change that are looked at."""
        if not change.now:
            return []
        plain, ahead = (text.verdict(change.chapter.code) for text in self._texts(change, homes))
        return [
            Told(
                condition,
                now if change.whole else self.then.condition(change.chapter, condition.code),
                now,
                coming,
            )
            for (condition, now), (_same, coming) in zip(
                plain.conditions, ahead.conditions, strict=True
            )
            if change.whole or condition.code in change.codes
        ]

    def _texts(self, change: Change, homes: Homes) -> tuple[Text, Text]:
        """The new text, as it is and ahead, where something moves; of what is no more, the old one."""
        if not change.now:
            return self.then, self.then
        return self.plain, self.plain if homes.floor == STILL else self.now

    def _fill(self, answers: Answers, asked: Sequence[tuple[Change, list[Told]]]) -> None:
        """The columns of what comes or is worded otherwise."""
        homes, packed = answers.homes, dict[str, Any]()
        for change, told in asked:
            code = change.chapter.code
            if change.whole and told:
                bits = [(answers.of(one.now), 2 * one.condition.bit) for one in told]
                self._pack(packed, code, "", word(homes, bits, change.level).value)
            elif not change.whole:
                for one in told:
                    said = sentence(homes, answers.of(one.now), change.level)
                    self._pack(packed, code, one.condition.code, said)
        for name, value in packed.items():
            whom = homes.at if name.startswith("homes") else homes.persons
            self.columns[name][whom] = value

    def _pack(self, packed: dict[str, Any], benefit: str, code: str, said: Any) -> None:
        """Put bits beside the others of their column."""
        name, low = self._spots[benefit, code]
        kind = self.columns[name].dtype.type
        if isinstance(said, np.ndarray):
            said = said.astype(kind)
            said <<= kind(low)
        else:
            said = kind(int(said) << low)
        before = packed.get(name)
        packed[name] = said if before is None else before | said

    def _paid_otherwise(
        self, answers: Answers, change: Change, other: Array, before: Array
    ) -> Array:
        """Of whom the amount is another, or whether they are entitled; how they stand is written down.

        That can be only of whom a sentence now says something else (`other`); whom nothing refused,
        where the text alone decides otherwise; and of whom it was sure, where another amount is paid.
        """
        homes, code = answers.homes, change.chapter.code
        touched = np.zeros(homes.count(HOME), bool)
        asked = other | (change.whole and change.now)
        if change.paid:
            asked |= before == SURELY
        if change.said or change.whole:
            asked |= before != REFUSED
        places = np.flatnonzero(asked)
        if not len(places):
            return touched
        if len(places) * FEW < len(asked):
            answers = answers.some(places)
        else:  # of the others nothing changes: they stand as before
            places = np.arange(len(asked))
        now = before[places]
        if change.now:
            now = standing(answers, self.plain.by_weight(change.chapter))
            self.state.set(code, homes.at[places], now)
        maybe = np.flatnonzero((before[places] != REFUSED) | (now != REFUSED))
        if len(maybe):
            touched[places[maybe]] = self._differs(answers.some(maybe), change)
        return touched

    def _differs(self, answers: Answers, change: Change) -> Array:
        told = ((self.then, change.before), (self.now, change.now))
        verdicts = [text.verdict(change.chapter.code) for text, whole in told if whole]
        if len(verdicts) > 1:
            found = np.zeros(answers.homes.count(HOME), bool)
            for one, two in (
                (verdicts[0].entitled, verdicts[1].entitled),
                (verdicts[0].gross, verdicts[1].gross),
            ):
                more = unlike(answers.homes, answers.of(one), answers.of(two))
                found |= False if more is None else more
            return found
        return not_refused(answers.homes, answers.of(verdicts[0].entitled))


def changes(span: Span) -> Iterator[Change]:
    """What is worded otherwise between two months."""
    if not any(span.turns(chapter) for chapter in span.book.chapters):
        return
    for chapter in span.book.chapters:
        then, now = (span.book.decidable(chapter.code, on) for on in (span.before, span.month))
        if then != now:
            yield Change(chapter, before=then, now=now, whole=True)
        elif now:
            yield from _of_chapter(chapter, span)


def _of_chapter(chapter: Chapter, span: Span) -> Iterator[Change]:
    then, now = ({c.code: c for c in chapter.conditions_on(on)} for on in (span.before, span.month))
    if list(then) != list(now):
        yield Change(chapter, whole=True)
        return
    other = [code for code in now if _other(chapter, then[code], now[code], span)]
    said = tuple(code for code in other if of_the_text(chapter, then[code], now[code]))
    codes = tuple(code for code in other if code not in said)
    amounts = [chapter.amounts_on(on) for on in (span.before, span.month)]
    paid = len(amounts[0]) != len(amounts[1]) or any(
        _other(chapter, one, two, span) for one, two in zip(*amounts, strict=True)
    )
    if other or paid:
        yield Change(chapter, codes, said, paid)


def _other(chapter: Chapter, one: Sentence, two: Sentence, span: Span) -> bool:
    """Whether two sentences are not one, or read a figure that is another."""
    if one.node != two.node:
        return True
    return any(
        _rows(chapter, part.name, span.before) != _rows(chapter, part.name, span.month)
        for part in two.node.walk()
        if isinstance(part, n.FigureRef)
    )


def _rows(chapter: Chapter, name: str, on: date) -> list[tuple[str, int]]:
    return [(row.where, row.value) for row in chapter.figures[name] if row.holds(on)]
