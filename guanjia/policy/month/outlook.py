"""What comes by itself: in which month an average may next decide something, if nothing new is recorded.

For most households no average decides anything: whatever months go by, it stays on the same side
of every line. They are told from the least and the most that it comes to. For the others each
month to come is tried, until what moved lies behind.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Sentence
from guanjia.policy.month.cells import HOME, Array
from guanjia.policy.month.finding import unlike
from guanjia.policy.month.homes import STILL, Homes
from guanjia.policy.month.register import OPEN
from guanjia.policy.month.sheet import Answers, Sheet, Step
from guanjia.policy.month.steps import gross
from guanjia.policy.month.text import Text

Asked = tuple[Chapter, Sentence | None]
"""A sentence that looks back over months, or what a chapter pays."""


class Outlook:
    """What a book's averages decide from a month on."""

    def __init__(self, book: Book, sheet: Sheet, month: date, back: int) -> None:
        self.month = month
        self.now = Text(book, sheet, month)
        self.ahead = Text(book, sheet, month, ahead=True, like=self.now)
        self.coming = [
            Text(book, sheet, month, looks=days.add_months(month, k), like=self.now)
            for k in range(1, back + 1)
        ]
        self.asked: list[Asked] = [
            (c, s) for c in self.now.chapters for s in _looking_back(c, month)
        ]

    def wanted(self, homes: Homes) -> Iterator[Step]:
        """The steps that are asked for of households that are decided."""
        for chapter in self.now.chapters:
            verdict = self.now.verdict(chapter.code)
            yield from (step for _condition, step in verdict.conditions)
            yield from (verdict.entitled, verdict.gross)
        for asked in self.asked if homes.floor != STILL else ():
            yield from (self._step(self.now, asked), self._step(self.ahead, asked))

    def turns(self, answers: Answers) -> Array:
        """Of each household the number of the month in which an average next decides something, or OPEN."""
        homes = answers.homes
        found = np.full(homes.count(HOME), OPEN, np.int64)
        for asked in self.asked if homes.floor != STILL else ():
            which = otherwise(
                answers, [(self._step(self.now, asked), self._step(self.ahead, asked))]
            )
            places = np.flatnonzero(which)
            if len(places):
                found[places] = self._turns(answers.some(places), asked, found[places])
        return found

    def _turns(self, answers: Answers, asked: Asked, found: Array) -> Array:
        """Month after month, as long as there are some for whom nothing has changed yet."""
        left, now = np.arange(len(found)), self._step(self.now, asked)
        for number, text in enumerate(self.coming, days.number(self.month) + 1):
            open_ = found[left] > number
            if not open_.any():
                break
            if open_.sum() * 2 < len(left):
                still = np.flatnonzero(open_)
                left, answers = left[still], answers.some(still)
            then = self._step(text, asked)
            differs = unlike(answers.homes, answers.of(now), answers.of(then))
            if differs is not None:
                here = left[differs]
                found[here] = np.minimum(found[here], number)
        return found

    def _step(self, text: Text, asked: Asked) -> Step:
        """A sentence; or what is paid if whoever is entitled now stays so."""
        chapter, sentence = asked
        if sentence is not None:
            return text.sentence(chapter, sentence)
        entitled = self.now.verdict(chapter.code).entitled
        return text.sheet.step(gross, (entitled, text.verdict(chapter.code).amounts))


def _looking_back(chapter: Chapter, on: date) -> Iterator[Sentence | None]:
    """The conditions of a chapter that look back over months; None for its amount."""

    def looks(sentence: Sentence) -> bool:
        return any(isinstance(node, n.LastMonths) for node in sentence.node.walk())

    yield from (c for c in chapter.conditions_on(on) if looks(c))
    if any(looks(a) for a in chapter.amounts_on(on)):
        yield None


def otherwise(answers: Answers, asked: Sequence[tuple[Step, Step]]) -> Array:
    """Of whom two steps say something else, or of whom it is not sure."""
    homes = answers.homes
    found = np.zeros(homes.count(HOME), bool)
    for one, other in asked:
        if one != other:
            for more in (
                unlike(homes, answers.of(one), answers.of(other)),
                answers.unsure(one),
                answers.unsure(other),
            ):
                if more is not None:
                    found |= more
    return found
