"""The slow reading of the text: the same values as the compiled one, with words and what was read.

It walks the nodes one by one and so is also an oracle: both readings must agree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanjia.kit import days
from guanjia.policy import codegen, words
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.explanation import FactUse, FigureUse
from guanjia.policy.facts import UNKNOWN
from guanjia.policy.family import HOUSEHOLD, Family, turns
from guanjia.policy.nodes import Node

SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
OPPOSITE = {"<": "≥", "<=": ">", ">": "≤", ">=": "<", "==": "≠", "!=": "="}
SUMS = (n.Arithmetic, n.Divide)


@dataclass(slots=True)
class Said:
    """A part's value, how it reads in words, and what it read."""

    value: Any
    text: str
    facts: list[FactUse] = field(default_factory=list)
    figures: list[FigureUse] = field(default_factory=list)

    def join(self, value: Any, text: str, *others: "Said") -> "Said":
        """A new part that read what this one and the others read."""
        facts = [use for said in (self, *others) for use in said.facts]
        figures = [use for said in (self, *others) for use in said.figures]
        return Said(value, text, facts, figures)


class Tracer:
    """One chapter, one family, one unit, one month."""

    def __init__(
        self,
        book: Book,
        chapter: Chapter,
        month: date,
        family: Family,
        unit: int,
        place: str,
        results: dict[tuple[str, int], Any],
        names: Sequence[str] = (),
        today: date | None = None,
    ) -> None:
        self.book, self.chapter, self.month, self.place = book, chapter, month, place
        self.family, self.unit, self.results = family, unit, results
        self.names = names
        self.today = today or month
        self.assessed = family.held.get((chapter.code, unit), days.number(month))
        self.sayers = self._sayers()
        self.inside = False  # within count, total, any, all: say whose fact it is

    def say(self, node: Node, i: int | None = None, k: int = 0) -> Said:
        """Any part, for member `i`, in month number `k` where it is a monthly amount."""
        return self.sayers[type(node)](node, self.unit if i is None else i, k)

    def _sayers(self) -> dict[type[Node], Callable[[Any, int, int], Said]]:
        """Who says which kind of part."""
        return {
            n.Literal: lambda x, _i, _k: Said(x.value, words.show(x.value, x.type)),
            n.FactRef: self.fact,
            n.FigureRef: lambda x, _i, _k: self.figure(x),
            n.DefineRef: self.define,
            n.HeldRef: lambda x, i, _k: self.held(x, i),
            n.OtherRef: lambda x, i, _k: self.other(x, i),
            n.Arithmetic: self.arithmetic,
            n.Divide: self.divide,
            n.Extreme: self.extreme,
            n.Compare: self.compare,
            n.OneOf: self.one_of,
            n.Logic: self.logic,
            n.Not: self.negation,
            n.Choose: self.choose,
            n.Over: lambda x, _i, k: self.over(x, k),
            n.Age: self.age,
            n.LastMonths: self.last_months,
        }

    def who(self, i: int) -> str:
        """A member's name."""
        if i == HOUSEHOLD:
            return words.word("家庭")
        return self.names[i] if i < len(self.names) else words.member(i)

    def fact(self, node: n.FactRef, i: int, k: int) -> Said:
        """A recorded fact."""
        fact = node.fact
        owner = i if fact.of == "person" else HOUSEHOLD
        row = self.family.household if owner == HOUSEHOLD else self.family.people[i]
        recorded: Any = row[fact.position]
        value = codegen.at(recorded, k, fact.absent) if fact.by_month else recorded  # type: ignore[arg-type]
        shown = words.show(value, fact.type, fact)
        text = words.joined(self.who(i) if self.inside else "", f"{fact.label} {shown}")
        use = FactUse(fact.name, fact.label, owner, self.who(owner), shown, value is not UNKNOWN)
        silent = fact.by_month and not recorded and value is not UNKNOWN
        return Said(value, text, [] if silent else [use])

    def figure(self, node: n.FigureRef) -> Said:
        """A figure of the chapter, as in force."""
        row = self.chapter.figure_on(node.name, self.month, self.place)
        assert row is not None and row.since is not None  # decidable: every figure has a value
        use = FigureUse(
            row.name,
            row.label,
            row.shown,
            row.value,
            row.since,
            row.law,
            row.status,
            row.unreviewed(self.today),
        )
        shown = words.yuan(row.value) if row.unit == "fen" else row.shown
        return Said(row.value, shown, [], [use])

    def define(self, node: n.DefineRef, i: int, k: int) -> Said:
        """A named expression: its name and what it comes to."""
        inner = self.say(node.node, i, k)
        label = next(d.label for d in self.chapter.defines if d.name == node.name)
        if node.type == "yes_no":
            return inner
        if inner.value is UNKNOWN:
            return inner.join(UNKNOWN, f"{label} {words.ask()}{words.brackets(inner.text)}")
        counted = isinstance(node.node, n.Over) and node.node.word == "count"
        shown = words.show(inner.value, node.type)
        shown = words.word("{count} 人", count=shown) if counted else shown
        return inner.join(inner.value, f"{label} {shown}")

    def held(self, node: n.HeldRef, i: int) -> Said:
        """An award in force."""
        unit = i if node.of == "person" else HOUSEHOLD
        value = (node.benefit, unit) in self.family.held
        title = self.book.chapter(node.benefit).title
        label, shown = words.word("已批准{title}", title=title), words.show(value, "yes_no")
        use = FactUse(f"held.{node.benefit}", label, unit, self.who(unit), shown, True)
        return Said(value, words.pair(label, shown), [use])

    def other(self, node: n.OtherRef, i: int) -> Said:
        """Another chapter's result now."""
        unit = i if node.of == "person" else HOUSEHOLD
        value = self.results[node.benefit, unit][0 if node.what == "entitled" else 1]
        title = self.book.chapter(node.benefit).title
        entitled = node.what == "entitled"
        label = words.word("符合{title}" if entitled else "{title}金额", title=title)
        shown = words.show(value, node.type)
        name = f"{node.benefit}.{node.what}"
        use = FactUse(name, label, unit, self.who(unit), shown, value is not UNKNOWN)
        return Said(value, words.pair(label, shown), [use])

    def arithmetic(self, node: n.Arithmetic, i: int, k: int) -> Said:
        """+, -, ×, with the values put in."""
        left, right = self.say(node.left, i, k), self.say(node.right, i, k)
        value = None
        if left.value is not UNKNOWN and right.value is not UNKNOWN:
            a, b = left.value, right.value
            value = {"+": a + b, "-": a - b, "*": a * b}[node.sign]
        sign = {"+": "+", "-": "−", "*": "×"}[node.sign]
        texts = [
            self.bracketed(part, said, node)
            for part, said in zip((node.left, node.right), (left, right), strict=True)
        ]
        return left.join(value, f"{texts[0]} {sign} {texts[1]}", right)

    @staticmethod
    def bracketed(part: Node, said: Said, outer: n.Arithmetic) -> str:
        """Brackets where × stands over + or −."""
        loose = isinstance(part, n.Arithmetic) and part.sign != "*"
        return (
            f"({said.text})" if loose and (outer.sign == "*" or part is outer.right) else said.text
        )

    def divide(self, node: n.Divide, i: int, k: int) -> Said:
        """Division with its rounding named."""
        left, right = self.say(node.left, i, k), self.say(node.right, i, k)
        value = None
        if left.value is not UNKNOWN and right.value is not UNKNOWN:
            a, b = left.value, right.value
            value = {"up": -(-a // b), "down": a // b, "half_up": (2 * a + b) // (2 * b)}[
                node.rounding
            ]
        rounded = words.rounded(node.rounding) if node.type == "fen" else words.word("取整")
        text = words.aside(f"({left.text}) ÷ {right.text}", rounded)
        return left.join(value, text, right)

    def extreme(self, node: n.Extreme, i: int, k: int) -> Said:
        """The least or greatest; max(0, x) reads as x, nought where it would be less."""
        parts = [self.say(part, i, k) for part in node.parts]
        values = [said.value for said in parts]
        value = None if None in values else (min if node.which == "min" else max)(values)
        noughts = [p for p in node.parts if isinstance(p, n.Literal) and p.value == 0]
        if node.which == "max" and len(parts) == 2 and noughts:
            text = next(
                s.text for p, s in zip(node.parts, parts, strict=True) if p is not noughts[0]
            )
            text += words.brackets(words.word("不足 0 按 0 计")) if value == 0 else ""
        else:
            which = words.word("取小") if node.which == "min" else words.word("取大")
            text = which + words.brackets(words.in_turn(said.text for said in parts))
        return parts[0].join(value, text, *parts[1:])

    def compare(self, node: n.Compare, i: int, k: int) -> Said:
        """Both sides with their values, and the sign that really holds between them."""
        left, right = self.say(node.left, i, k), self.say(node.right, i, k)
        if left.value is UNKNOWN or right.value is UNKNOWN:
            unknown = [s for s in (left, right) if s.value is UNKNOWN]
            return unknown[0].join(None, words.in_turn(s.text for s in unknown), *unknown[1:])
        a, b = left.value, right.value
        value = (
            {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[node.sign]
            if node.sign
            not in (
                "==",
                "!=",
            )
            else (a == b) is (node.sign == "==")
        )
        sign = (SIGNS if value else OPPOSITE)[node.sign]
        texts = (self.side(node.left, left), self.side(node.right, right))
        if isinstance(node.right, n.Literal) and isinstance(node.right.value, str | bool):
            return left.join(value, texts[0], right)
        return left.join(value, f"{texts[0]} {sign} {texts[1]}", right)

    @staticmethod
    def side(node: Node, said: Said) -> str:
        """A worked-out side says what it comes to."""
        return (
            f"{said.text} = {words.show(said.value, node.type)}"
            if isinstance(node, SUMS)
            else said.text
        )

    def one_of(self, node: n.OneOf, i: int, k: int) -> Said:
        """A choice among codes."""
        part = self.say(node.part, i, k)
        return part.join(None if part.value is UNKNOWN else part.value in node.codes, part.text)

    def negation(self, node: n.Not, i: int, k: int) -> Said:
        """not."""
        part = self.say(node.part, i, k)
        return part.join(None if part.value is UNKNOWN else not part.value, part.text)

    def logic(self, node: n.Logic, i: int, k: int) -> Said:
        """and, or: only the parts that settle it are said."""
        parts = [self.say(part, i, k) for part in node.parts]
        values = [said.value for said in parts]
        decisive = node.word == "or"
        value = decisive if decisive in values else None if None in values else not decisive
        telling = [said for said in parts if said.value is value]
        return telling[0].join(value, words.in_turn(s.text for s in telling), *telling[1:])

    def choose(self, node: n.Choose, i: int, k: int) -> Said:
        """The arm that was taken; both where the question is open and they differ."""
        condition = self.say(node.condition, i, k)
        if condition.value is not UNKNOWN:
            arm = self.say(node.yes if condition.value else node.no, i, k)
            return arm.join(arm.value, arm.text, Said(None, "", condition.facts))
        yes, no = self.say(node.yes, i, k), self.say(node.no, i, k)
        value = yes.value if yes.value == no.value else None
        return condition.join(value, yes.text if value is not None else condition.text, yes, no)

    def over(self, node: n.Over, k: int) -> Said:
        """count, total, any, all over the members."""
        outer, self.inside = self.inside, True
        parts = [self.say(node.part, i, k) for i in range(len(self.family.people))]
        self.inside = outer
        values = [said.value for said in parts]
        value = {
            "count": codegen.total,
            "total": codegen.total,
            "any": codegen.any3,
            "all": codegen.all3,
        }[node.word](values)
        telling = self.telling(node.word, value, parts)
        text = self.over_text(node, value, parts)
        return Said(None, "").join(value, text, *telling)

    @staticmethod
    def telling(word: str, value: Any, parts: list[Said]) -> list[Said]:
        """The members that settle it."""
        if value is UNKNOWN:
            return [said for said in parts if said.value is UNKNOWN]
        if word in ("any", "all"):
            return [said for said in parts if bool(said.value) is value]
        return [said for said in parts if said.value or word == "total"]

    def over_text(self, node: n.Over, value: Any, parts: list[Said]) -> str:
        """Whom it speaks of, by name."""
        if value is UNKNOWN:
            return words.in_turn(said.text for said in parts if said.value is UNKNOWN)
        if node.word == "total":
            return words.show(value, node.type)
        named = words.listed(self.who(i) for i, said in enumerate(parts) if said.value)
        if node.word == "count":
            few = named and len(parts) <= 8
            return words.word("{count} 人", count=value) + (words.brackets(named) if few else "")
        return named or words.word("没有")

    def age(self, node: n.Age, i: int, k: int) -> Said:
        """Completed years."""
        years, born = self.say(node.years, i, k), self.say(node.born_on, i, k)
        if born.value is UNKNOWN:
            return born.join(None, born.text, years)
        cut = days.born_by(self.month, years.value)
        value = born.value <= cut if node.which == "from" else born.value > cut
        text = words.word(
            "{born}出生，{on}满 {age} 岁",
            born=words.day(born.value),
            on=words.day(self.month),
            age=days.age(born.value, self.month),
        )
        return born.join(value, words.joined(self.who(i) if self.inside else "", text), years)

    def last_months(self, node: n.LastMonths, i: int, k: int) -> Said:
        """The months before the assessment, added up; each fact read is told once."""
        count = self.say(node.months, i, k)
        first = self.assessed - count.value
        each: list[Said] = []
        new = turns(self.book.facts, self.family)
        for month in range(first, self.assessed):  # months alike are said once
            alike = each and month not in new
            each.append(each[-1] if alike else self.say(node.part, i, month))
        value = codegen.total([said.value for said in each])
        uses = [use for said in each for use in said.facts]
        monthly = {
            f.name for f in (*self.book.facts.person, *self.book.facts.household) if f.by_month
        }
        told: dict[tuple[str, int], FactUse] = {}
        for use in uses:
            before = told.setdefault((use.name, use.unit), use)
            if use.name in monthly and before.shown != use.shown:
                known = before.known and use.known
                shown = words.varied() if known else words.ask()
                told[use.name, use.unit] = FactUse(*_key(use), shown, known)
        facts = [
            FactUse(*_key(use), words.word("每月 {sum}", sum=use.shown), True)
            if use.name in monthly and use.known and use.shown != words.varied()
            else use
            for use in told.values()
        ]
        figures = [use for said in each[:1] for use in said.figures]
        span = words.word(
            "{first}至{last}",
            first=words.month(days.of_number(first)),
            last=words.month(days.of_number(self.assessed - 1)),
        )
        if value is UNKNOWN:
            open_ = words.listed(f"{u.label} {words.ask()}" for u in facts if not u.known)
            text = words.pair(words.joined(self.who(i), span), open_)
        else:
            text = words.word("{span}合计 {sum}", span=span, sum=words.show(value, node.type))
        return Said(value, text, facts, [*figures, *count.figures])


def _key(use: FactUse) -> tuple[str, str, int, str]:
    return use.name, use.label, use.unit, use.who
