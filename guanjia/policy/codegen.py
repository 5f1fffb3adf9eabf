"""A chapter as one plain Python function: the fast reading of the text, for one family at a time."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.chapter import Chapter
from guanjia.policy.facts import Span
from guanjia.policy.nodes import Node

Verdict = tuple[bool | None, int | None, int]
"""Entitled, gross in fen, reasons (two bits a condition)."""

Decide = Callable[[list[Any], list[list[Any]], int, Any, Any, int], Verdict]
"""(household, people, unit, held, results of other chapters, month of assessment) -> Verdict."""

ROUNDINGS = {
    "up": "-(-{0} // {1})",
    "down": "{0} // {1}",
    "half_up": "(2 * {0} + {1}) // (2 * {1})",
}
SURE = (n.Literal, n.FigureRef, n.HeldRef)


def compile_chapter(chapter: Chapter, on: date, place: str) -> Decide:
    """The chapter's sentences and figures in force on a day at a place, as a function."""
    return _Writer(chapter, on, place).function()


class _Writer:
    """Writes Python for one chapter, one day, one place."""

    def __init__(self, chapter: Chapter, on: date, place: str) -> None:
        self.chapter = chapter
        self.on = on
        self.place = place
        self.lines: list[str] = []
        self.locals: set[str] = set()
        self.temporaries = 0
        self.known: dict[str, Any] = {**RUNTIME}

    def function(self) -> Decide:
        """Compile what was written."""
        if self.chapter.unit == "person":
            self.lines.append("p = people[i]")
        self.lines.append("entitled, reasons = True, 0")
        for condition in self.chapter.conditions_on(self.on):
            self.condition(self.write(condition.node), 2 * condition.bit)
        self.lines.append("if entitled is not True:")
        self.lines.append("    return entitled, (0 if entitled is False else None), reasons")
        amounts = [self.write(a.node) for a in self.chapter.amounts_on(self.on)]
        self.lines.append(f"return True, total([{', '.join(amounts)}]), reasons")
        text = "\n".join(
            ["def decide(h, people, i, held, other, a):", *(f"    {line}" for line in self.lines)]
        )
        exec(compile(text, f"<{self.chapter.code}>", "exec"), self.known)  # noqa: S102 - written from checked nodes alone
        made: Decide = self.known["decide"]
        return made

    def condition(self, text: str, shift: int) -> None:
        """One sentence: its bits, and what it does to the whole."""
        self.lines += [
            f"v = {text}",
            f"if v is True: reasons |= {2 << shift}",
            "elif v is False:",
            f"    reasons |= {1 << shift}",
            "    entitled = False",
            "else:",
            f"    reasons |= {3 << shift}",
            "    if entitled: entitled = None",
        ]

    def temporary(self) -> str:
        """A fresh name."""
        self.temporaries += 1
        return f"t{self.temporaries}"

    def write(self, node: Node) -> str:
        """Any part, as a Python expression in parentheses."""
        writers: dict[type[Node], Callable[[Any], str]] = {
            n.Literal: lambda x: repr(x.value),
            n.FactRef: self.fact,
            n.FigureRef: self.figure,
            n.DefineRef: self.define,
            n.HeldRef: lambda x: f"(({x.benefit!r}, {self.unit(x.of)}) in held)",
            n.OtherRef: self.other,
            n.Arithmetic: lambda x: self.both(x.left, x.right, f"{{0}} {x.sign} {{1}}"),
            n.Compare: lambda x: self.both(x.left, x.right, f"{{0}} {x.sign} {{1}}"),
            n.Divide: lambda x: self.both(x.left, x.right, ROUNDINGS[x.rounding]),
            n.Extreme: lambda x: f"{x.which}3([{', '.join(map(self.write, x.parts))}])",
            n.OneOf: lambda x: self.one(x.part, f"{{0}} in {x.codes!r}"),
            n.Logic: self.logic,
            n.Not: lambda x: self.one(x.part, "not {0}"),
            n.Choose: self.choose,
            n.Over: self.over,
            n.Age: self.age,
            n.LastMonths: self.last_months,
        }
        return writers[type(node)](node)

    def unit(self, of: str) -> str:
        return "i" if of == "person" else "-1"

    def fact(self, node: n.FactRef) -> str:
        fact = node.fact
        where = f"{'p' if fact.of == 'person' else 'h'}[{fact.position}]"
        return f"at({where}, k, {fact.absent!r})" if fact.by_month else where

    def figure(self, node: n.FigureRef) -> str:
        row = self.chapter.figure_on(node.name, self.on, self.place)
        if row is None:
            raise LookupError(f"{self.chapter.code}: {node.name} has no value on {self.on}")
        return repr(row.value)

    def define(self, node: n.DefineRef) -> str:
        if node.of == "person" or node.by_month:
            return self.write(node.node)
        name = f"d_{node.name}"
        if name not in self.locals:
            text = self.write(node.node)
            self.lines.append(f"{name} = {text}")
            self.locals.add(name)
        return name

    def other(self, node: n.OtherRef) -> str:
        return f"other[{node.benefit!r}, {self.unit(node.of)}][{int(node.what == 'gross')}]"

    def one(self, part: Node, shape: str) -> str:
        """An operation on one value that may be unknown."""
        if isinstance(part, SURE):
            return f"({shape.format(self.write(part))})"
        t = self.temporary()
        return f"(None if ({t} := {self.write(part)}) is None else {shape.format(t)})"

    def both(self, left: Node, right: Node, shape: str) -> str:
        """An operation on two values, either of which may be unknown."""
        tests, names = [], []
        for part in (left, right):
            text = self.write(part)
            if isinstance(part, SURE):
                names.append(text)
            else:
                t = self.temporary()
                tests.append(f"({t} := {text}) is None")
                names.append(t)
        body = shape.format(*names)
        return f"(None if {' or '.join(tests)} else {body})" if tests else f"({body})"

    def logic(self, node: n.Logic) -> str:
        """Kleene: a decisive part settles it; else one unknown part makes it unknown."""
        decisive = node.word == "or"
        text = self.write(node.parts[0])
        for part in node.parts[1:]:
            t, u = self.temporary(), self.temporary()
            text = (
                f"({decisive} if ({t} := {text}) is {decisive} "
                f"or ({u} := {self.write(part)}) is {decisive} "
                f"else None if {t} is None or {u} is None else {not decisive})"
            )
        return text

    def choose(self, node: n.Choose) -> str:
        """With an unknown condition, known only where both arms agree."""
        t = self.temporary()
        yes, no = self.write(node.yes), self.write(node.no)
        u = self.temporary()
        return (
            f"({yes} if ({t} := {self.write(node.condition)}) is True else {no} if {t} is False "
            f"else {u} if ({u} := {yes}) == {no} else None)"
        )

    def over(self, node: n.Over) -> str:
        return f"{OVER[node.word]}([{self.write(node.part)} for i, p in enumerate(people)])"

    def age(self, node: n.Age) -> str:
        years = node.years
        count = years.value if isinstance(years, n.Literal) else int(self.write(years))
        cut = days.born_by(self.on, int(count))
        name = f"day_{cut:%Y%m%d}"
        self.known[name] = cut
        return self.one(node.born_on, f"{{0}} {'<=' if node.which == 'from' else '>'} {name}")

    def last_months(self, node: n.LastMonths) -> str:
        series = {
            self.fact(part).split(",")[0].removeprefix("at(")
            for part in node.part.walk()
            if isinstance(part, n.FactRef) and part.fact.by_month
        }
        months = self.write(node.months)
        return (
            f"months(lambda k: {self.write(node.part)}, a, {months}, {', '.join(sorted(series))})"
        )


def at(spans: Sequence[Span], month: int, absent: int | None) -> int | None:
    """What a monthly fact is in a month."""
    for first, end, value in spans:
        if first <= month < end:
            return value
    return absent


def months(
    value: Callable[[int], int | None], until: int, count: int, *series: Sequence[Span]
) -> int | None:
    """The sum over the `count` months before `until`; computed once where nothing changes within."""
    first = until - count
    for spans in series:
        for start, end, _value in spans:
            if first < start < until or first < end < until:
                return total([value(month) for month in range(first, until)])
    steady = value(first)
    return None if steady is None else steady * count


def total(values: Sequence[int | None]) -> int | None:
    """The sum; unknown where one is."""
    return None if None in values else sum(values)  # type: ignore[arg-type]


def any3(values: Sequence[bool | None]) -> bool | None:
    """Kleene's or."""
    return True if True in values else None if None in values else False


def all3(values: Sequence[bool | None]) -> bool | None:
    """Kleene's and."""
    return False if False in values else None if None in values else True


def min3(values: Sequence[int | None]) -> int | None:
    """The least; unknown where one is."""
    return None if None in values else min(values)  # type: ignore[type-var]


def max3(values: Sequence[int | None]) -> int | None:
    """The greatest; unknown where one is."""
    return None if None in values else max(values)  # type: ignore[type-var]


OVER = {"count": "total", "total": "total", "any": "any3", "all": "all3"}
RUNTIME: dict[str, Any] = {
    "__builtins__": {"enumerate": enumerate},
    **{f.__name__: f for f in (at, months, total, any3, all3, min3, max3)},
}
