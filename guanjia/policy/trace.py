"""The slow reading of the text: the same values as the compiled one, with words and what was read.

It walks the nodes one by one and so is also an oracle: both readings must agree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanjia.kit import days, money
from guanjia.policy import codegen
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.explanation import FactUse, FigureUse
from guanjia.policy.facts import UNKNOWN, Fact
from guanjia.policy.family import HOUSEHOLD, Family
from guanjia.policy.nodes import Node

ASK = "待补问"
SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
OPPOSITE = {"<": "≥", "<=": ">", ">": "≤", ">=": "<", "==": "≠", "!=": "="}
ROUNDED = {"up": "向上取整到分", "down": "舍去分以下", "half_up": "四舍五入到分"}
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


def show(value: Any, kind: str, fact: Fact | None = None) -> str:
    """A value in words."""
    if value is UNKNOWN:
        return ASK
    if kind == "fen":
        return money.show(value)
    if kind == "yes_no":
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if fact is not None and fact.choices:
        return fact.choices.get(value, str(value))
    return f"{value:,}" if isinstance(value, int) else str(value)


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
        self.inside = False  # within count, total, any, all: say whose fact it is

    def say(self, node: Node, i: int | None = None, k: int = 0) -> Said:
        """Any part, for member `i`, in month number `k` where it is a monthly amount."""
        i = self.unit if i is None else i
        sayers: dict[type[Node], Callable[[Any, int, int], Said]] = {
            n.Literal: lambda x, _i, _k: Said(x.value, show(x.value, x.type)),
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
        return sayers[type(node)](node, i, k)

    def who(self, i: int) -> str:
        """A member's name."""
        if i == HOUSEHOLD:
            return "家庭"
        return self.names[i] if i < len(self.names) else f"第{i + 1}人"

    def fact(self, node: n.FactRef, i: int, k: int) -> Said:
        """A recorded fact."""
        fact = node.fact
        owner = i if fact.of == "person" else HOUSEHOLD
        row = self.family.household if owner == HOUSEHOLD else self.family.people[i]
        recorded: Any = row[fact.position]
        value = codegen.at(recorded, k, fact.absent) if fact.by_month else recorded  # type: ignore[arg-type]
        shown = show(value, fact.type, fact)
        text = f"{self.who(i)}{fact.label} {shown}" if self.inside else f"{fact.label} {shown}"
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
        shown = money.show(row.value) if row.unit == "fen" else row.shown
        return Said(row.value, shown, [], [use])

    def define(self, node: n.DefineRef, i: int, k: int) -> Said:
        """A named expression: its name and what it comes to."""
        inner = self.say(node.node, i, k)
        label = next(d.label for d in self.chapter.defines if d.name == node.name)
        if node.type == "yes_no":
            return inner
        if inner.value is UNKNOWN:
            return inner.join(UNKNOWN, f"{label} {ASK}（{inner.text}）")
        counted = isinstance(node.node, n.Over) and node.node.word == "count"
        people = " 人" if counted else ""
        return inner.join(inner.value, f"{label} {show(inner.value, node.type)}{people}")

    def held(self, node: n.HeldRef, i: int) -> Said:
        """An award in force."""
        unit = i if node.of == "person" else HOUSEHOLD
        value = (node.benefit, unit) in self.family.held
        title = self.book.chapter(node.benefit).title
        text = f"已批准{title}：{show(value, 'yes_no')}"
        use = FactUse(
            f"held.{node.benefit}", f"已批准{title}", unit, self.who(unit), text[-1], True
        )
        return Said(value, text, [use])

    def other(self, node: n.OtherRef, i: int) -> Said:
        """Another chapter's result now."""
        unit = i if node.of == "person" else HOUSEHOLD
        value = self.results[node.benefit, unit][0 if node.what == "entitled" else 1]
        title = self.book.chapter(node.benefit).title
        word = f"符合{title}" if node.what == "entitled" else f"{title}金额"
        shown = show(value, node.type)
        name = f"{node.benefit}.{node.what}"
        use = FactUse(name, word, unit, self.who(unit), shown, value is not UNKNOWN)
        return Said(value, f"{word}：{shown}", [use])

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
        rounded = ROUNDED[node.rounding] if node.type == "fen" else "取整"
        return left.join(value, f"({left.text}) ÷ {right.text}，{rounded}", right)

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
            text += "（不足 0 按 0 计）" if value == 0 else ""
        else:
            word = "取小" if node.which == "min" else "取大"
            text = f"{word}（{'；'.join(said.text for said in parts)}）"
        return parts[0].join(value, text, *parts[1:])

    def compare(self, node: n.Compare, i: int, k: int) -> Said:
        """Both sides with their values, and the sign that really holds between them."""
        left, right = self.say(node.left, i, k), self.say(node.right, i, k)
        if left.value is UNKNOWN or right.value is UNKNOWN:
            unknown = [s for s in (left, right) if s.value is UNKNOWN]
            return unknown[0].join(None, "；".join(s.text for s in unknown), *unknown[1:])
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
            f"{said.text} = {show(said.value, node.type)}" if isinstance(node, SUMS) else said.text
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
        return telling[0].join(value, "；".join(s.text for s in telling), *telling[1:])

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
            return "；".join(said.text for said in parts if said.value is UNKNOWN)
        if node.word == "total":
            return show(value, node.type)
        named = "、".join(self.who(i) for i, said in enumerate(parts) if said.value)
        if node.word == "count":
            return f"{value} 人" + (f"（{named}）" if named and len(parts) <= 8 else "")
        return named or "没有"

    def age(self, node: n.Age, i: int, k: int) -> Said:
        """Completed years."""
        years, born = self.say(node.years, i, k), self.say(node.born_on, i, k)
        if born.value is UNKNOWN:
            return born.join(None, born.text, years)
        cut = days.born_by(self.month, years.value)
        value = born.value <= cut if node.which == "from" else born.value > cut
        on = show(self.month, "day")
        text = f"{show(born.value, 'day')}出生，{on}满 {days.age(born.value, self.month)} 岁"
        return born.join(value, (self.who(i) if self.inside else "") + text, years)

    def last_months(self, node: n.LastMonths, i: int, k: int) -> Said:
        """The months before the assessment, added up; each fact read is told once."""
        count = self.say(node.months, i, k)
        first = self.assessed - count.value
        each = [self.say(node.part, i, month) for month in range(first, self.assessed)]
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
                shown = "各月不同" if known else ASK
                told[use.name, use.unit] = FactUse(*_key(use), shown, known)
        facts = [
            FactUse(*_key(use), f"每月 {use.shown}", True)
            if use.name in monthly and use.known and use.shown != "各月不同"
            else use
            for use in told.values()
        ]
        figures = [use for said in each[:1] for use in said.figures]
        span = f"{_month(first)}至{_month(self.assessed - 1)}"
        text = (
            f"{self.who(i)}{span}" if value is UNKNOWN else f"{span}合计 {show(value, node.type)}"
        )
        if value is UNKNOWN:
            text += "：" + "、".join(f"{u.label} {ASK}" for u in facts if not u.known)
        return Said(value, text, facts, [*figures, *count.figures])


def _key(use: FactUse) -> tuple[str, str, int, str]:
    return use.name, use.label, use.unit, use.who


def _month(number: int) -> str:
    first = days.of_number(number)
    return f"{first.year}年{first.month}月"
