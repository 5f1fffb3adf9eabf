"""The book's text as steps over columns: written once, then done for any number of households.

A part that two sentences share is one step.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Condition, Sentence
from guanjia.policy.month import steps
from guanjia.policy.month.cells import HOME, PERSON
from guanjia.policy.month.register import EPOCH
from guanjia.policy.month.sheet import Does, Sheet, Step
from guanjia.policy.nodes import Node


class Verdict(NamedTuple):
    """What one benefit comes to, as steps: each condition, whether entitled; fen if so, and as it is."""

    conditions: tuple[tuple[Condition, Step], ...]
    entitled: Step
    amounts: Step
    gross: Step


class Text:
    """A book's text of one month, at another month's time, written onto a sheet where it is asked for.

    `month` says which birthdays and awards have passed, `looks` from which month on averages look
    back, `text` of which month the sentences are: so one may ask what would be if only one of them
    moved on. `like` is another that differs only in what is looked back over.
    """

    def __init__(
        self,
        book: Book,
        sheet: Sheet,
        month: date,
        text: date | None = None,
        looks: date | None = None,
        ahead: bool = False,
        like: "Text | None" = None,
    ) -> None:
        self.book, self.sheet, self.month, self.ahead = book, sheet, month, ahead
        self._written: dict[tuple[int, str, str], Step] = like._written if like else {}
        self.text, self.looks = text or month, looks or month
        if like is not None and like.text == self.text:
            self.chapters: list[Chapter] = like.chapters
        else:
            self.chapters = [x for x in book.chapters if book.decidable(x.code, self.text)]
        self._verdicts: dict[str, Verdict] = {}
        self._weighed: dict[str, list[Step]] = {}
        self._chapter, self._where, self._apart = self.chapters[0], "", False

    def verdict(self, benefit: str) -> Verdict:
        """What one benefit comes to."""
        found = self._verdicts.get(benefit)
        if found is None:
            before = self._chapter, self._where, self._apart
            found = self._verdicts[benefit] = self._decide(self.book.chapter(benefit))
            self._chapter, self._where, self._apart = before
        return found

    def _decide(self, chapter: Chapter) -> Verdict:
        said = tuple((x, self.sentence(chapter, x)) for x in chapter.conditions_on(self.text))
        entitled = self.sheet.step(steps.logic, [step for _condition, step in said], "and")
        amounts = [self.sentence(chapter, amount) for amount in chapter.amounts_on(self.text)]
        summed = (
            self.sheet.step(steps.total, amounts)
            if amounts
            else self.sheet.step(steps.constant, (), 0)
        )
        return Verdict(said, entitled, summed, self.sheet.step(steps.gross, (entitled, summed)))

    def condition(self, chapter: Chapter, code: str) -> Step:
        """One condition of a chapter, by its code."""
        return self.sentence(
            chapter, next(c for c in chapter.conditions_on(self.text) if c.code == code)
        )

    def sentence(self, chapter: Chapter, sentence: Sentence) -> Step:
        """One sentence of a chapter."""
        self._chapter, self._apart = chapter, False
        return self._by_place(sentence.node)

    def by_weight(self, chapter: Chapter) -> list[Step]:
        """The conditions of a chapter that read facts, the short ones first."""
        found = self._weighed.get(chapter.code)
        if found is None:
            told = [
                (_weight(condition), number, step)
                for number, (condition, step) in enumerate(self.verdict(chapter.code).conditions)
                if not of_the_text(chapter, condition)
            ]
            found = [step for _of, _number, step in sorted(told)]
            self._weighed[chapter.code] = found
        return found

    def _by_place(self, node: Node) -> Step:
        """A sentence as it reads where the unit belongs: a town may have figures of its own."""
        wheres = self._chapter.wheres()
        found = []
        for self._where in wheres:
            found.append(self.write(node))
        if len(set(found)) == 1:
            return found[0]
        own = self._chapter.unit, self._chapter.place == "home"
        return self.sheet.step(steps.by_place, found, *own, tuple(wheres[:-1]))

    def write(self, node: Node) -> Step:
        """Any part of the text; what looks back over no months is written once for all that are alike."""
        if self.sheet.looks_back(node):
            return WRITERS[type(node)](self, node)
        key = id(node), self._chapter.code, self._where
        found = self._written.get(key)
        if found is None:
            found = self._written[key] = WRITERS[type(node)](self, node)
        return found

    def many(self, does: Does, nodes: Sequence[Node], *more: Any) -> Step:
        """A step that reads several parts."""
        return self.sheet.step(does, [self.write(node) for node in nodes], *more)

    def figure(self, node: Node) -> int:
        """A number that the text writes out or names, where the unit belongs."""
        if isinstance(node, n.Literal):
            return int(node.value)
        assert isinstance(node, n.FigureRef)
        row = self._chapter.figure_on(node.name, self.text, self._where)
        assert row is not None  # the book can be decided
        return row.value

    def coded(self, node: Node, like: Node) -> Step:
        """A choice, a written code as the number that it is among those of the fact."""
        fact = _choice(node) or _choice(like)
        if isinstance(node, n.Literal) and fact is not None and isinstance(node.value, str):
            return self.sheet.step(steps.constant, (), _code(fact, node.value))
        if isinstance(node, n.Choose):
            arms = [self.coded(arm, like) for arm in (node.yes, node.no)]
            return self.sheet.step(steps.choose, [self.write(node.condition), *arms])
        return self.write(node)

    def choose(self, node: n.Choose) -> Step:
        """x if c else y."""
        arms = [self.coded(node.yes, node.no), self.coded(node.no, node.yes)]
        return self.sheet.step(steps.choose, [self.write(node.condition), *arms])

    def compare(self, node: n.Compare) -> Step:
        """Two values compared."""
        sides = [self.coded(node.left, node.right), self.coded(node.right, node.left)]
        return self.sheet.step(steps.compare, sides, node.sign)

    def one_of(self, node: n.OneOf) -> Step:
        """Whether a choice is one of several."""
        fact = _choice(node.part)
        codes = tuple(_code(fact, code) for code in node.codes) if fact else node.codes
        return self.sheet.step(steps.one_of, [self.write(node.part)], codes)

    def age(self, node: n.Age) -> Step:
        """Completed years on the first day of the month."""
        cut = days.born_by(self.month, self.figure(node.years)).toordinal() - EPOCH
        born = self.write(node.born_on)
        sign = "<=" if node.which == "from" else ">"
        return self.sheet.step(
            steps.compare, [born, self.sheet.step(steps.constant, (), cut)], sign
        )

    def over(self, node: n.Over) -> Step:
        """count, total, any, all over the members; by each member's own assessment where it matters."""
        months = self.sheet.looks_back(node.part)
        if self._chapter.unit == "household" or self._apart or not months:
            return self.sheet.step(steps.over, [self.write(node.part)], node.word)
        self._apart = True
        part = self.write(node.part)
        self._apart = False
        found = self.sheet.step(steps.over_apart, [self._assessed()], part, node.word)
        self.sheet.apart[found] = part
        return found

    def last_months(self, node: n.LastMonths) -> Step:
        """The sum over the whole months before the assessment."""
        assessed = self.sheet.step(steps.given) if self._apart else self._assessed()
        more = (self.figure(node.months), days.number(self.looks))
        parts = [assessed, self.write(node.part)]
        exact = self.sheet.step(steps.last_months, parts, *more)
        if not self.ahead:
            return exact
        return self.sheet.step(steps.last_months_ahead, [exact, *parts], *more)

    def _assessed(self) -> Step:
        level = PERSON if self._chapter.unit == "person" else HOME
        return self.sheet.step(steps.award, (), self._chapter.code, level, days.number(self.month))

    def held(self, node: n.HeldRef) -> Step:
        """Whether an award is in force."""
        level = PERSON if node.of == "person" else HOME
        now = days.number(self.month)
        return self.sheet.step(
            steps.is_known, [self.sheet.step(steps.award, (), node.benefit, level, now)], level
        )

    def other(self, node: n.OtherRef) -> Step:
        """What another chapter comes to."""
        verdict = self.verdict(node.benefit)
        return verdict.entitled if node.what == "entitled" else verdict.gross


def of_the_text(chapter: Chapter, *sentences: Sentence) -> bool:
    """Whether the text alone decides: no fact is read, and no town has figures of its own."""
    parts = [part for sentence in sentences for part in sentence.node.walk()]
    facts = n.FactRef | n.HeldRef | n.OtherRef
    return len(chapter.wheres()) == 1 and not any(isinstance(part, facts) for part in parts)


def _weight(sentence: Sentence) -> int:
    parts = list(sentence.node.walk())
    return len(parts) + 100 * sum(isinstance(part, n.LastMonths) for part in parts)


WRITERS: dict[type[Node], Callable[[Text, Any], Step]] = {
    n.Literal: lambda t, x: t.sheet.step(steps.constant, (), x.value),
    n.FactRef: lambda t, x: t.sheet.step(steps.fact, (), x.fact),
    n.FigureRef: lambda t, x: t.sheet.step(steps.constant, (), t.figure(x)),
    n.DefineRef: lambda t, x: t.write(x.node),
    n.HeldRef: Text.held,
    n.OtherRef: Text.other,
    n.Arithmetic: lambda t, x: t.many(steps.plus, (x.left, x.right), x.sign),
    n.Divide: lambda t, x: t.many(steps.divide, (x.left, x.right), x.rounding),
    n.Extreme: lambda t, x: t.many(steps.extreme, x.parts, x.which),
    n.Compare: Text.compare,
    n.OneOf: Text.one_of,
    n.Logic: lambda t, x: t.many(steps.logic, x.parts, x.word),
    n.Not: lambda t, x: t.many(steps.negate, (x.part,)),
    n.Choose: Text.choose,
    n.Over: Text.over,
    n.Age: Text.age,
    n.LastMonths: Text.last_months,
}


def _choice(node: Node) -> Any:
    """The fact whose choices a part is one of."""
    if not node.type.startswith("choice:"):
        return None
    facts = (x.fact for x in node.walk() if isinstance(x, n.FactRef))
    return next((fact for fact in facts if node.type == f"choice:{fact.name}"), None)


def _code(of: Any, code: str) -> int:
    return list(of.choices).index(code)
