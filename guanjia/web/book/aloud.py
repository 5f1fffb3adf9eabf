"""Expressions of the policy book read aloud: the same parts, in the words that the book gives them."""

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatchmethod

from django.utils.translation import gettext as _

from guanjia.kit import money
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter
from guanjia.policy.nodes import Node

COMPARED: dict[str, Callable[[], str]] = {
    "<": lambda: _("低于"),
    "<=": lambda: _("不超过"),
    ">": lambda: _("高于"),
    ">=": lambda: _("不低于"),
    "==": lambda: _("等于"),
    "!=": lambda: _("不等于"),
}
ROUNDED: dict[str, Callable[[], str]] = {
    "up": lambda: _("向上取整到分"),
    "down": lambda: _("向下取整到分"),
    "half_up": lambda: _("四舍五入到分"),
}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
SIGNS = {"+": "+", "-": "\u2212", "*": "×"}
# How closely a part holds together: one that holds less closely than its place asks stands in brackets.
ATOM, PRODUCT, SUM, SENTENCE = 3, 2, 1, 0


def closeness(node: Node) -> int:
    """ATOM, PRODUCT, SUM or SENTENCE."""
    if isinstance(node, n.Arithmetic):
        return PRODUCT if node.sign == "*" else SUM
    if isinstance(node, n.Divide):
        return PRODUCT
    return SENTENCE if isinstance(node, n.Choose | n.Logic | n.Extreme | n.Compare) else ATOM


def in_brackets(words: str) -> str:
    """Brackets as the language writes them."""
    return _("（%(words)s）") % {"words": words}


class Aloud:
    """Reads the expressions of one chapter."""

    def __init__(self, book: Book, chapter: Chapter) -> None:
        self.titles = {c.code: c.title for c in book.chapters}
        self.figures = {name: rows[0].label for name, rows in chapter.figures.items()}
        self.defines = {define.name: define.label for define in chapter.defines}

    @singledispatchmethod
    def read(self, node: Node) -> str:
        """The words of an expression."""
        raise TypeError(f"no words for {type(node).__name__}")

    def inner(self, node: Node, least: int) -> str:
        """A part of a larger expression, in brackets where it would run into its surroundings."""
        words = self.read(node)
        return words if closeness(node) >= least else in_brackets(words)

    @read.register
    def _literal(self, node: n.Literal) -> str:
        """A number, yes or no."""
        if isinstance(node.value, bool):
            return _("是") if node.value else _("否")
        if node.type == "fen" and isinstance(node.value, int):
            return money.show(node.value) if node.value else "0"
        return str(node.value)

    @read.register
    def _fact(self, node: n.FactRef) -> str:
        """A fact by its label."""
        return node.fact.label

    @read.register
    def _figure(self, node: n.FigureRef) -> str:
        """A figure by its label."""
        return self.figures[node.name]

    @read.register
    def _define(self, node: n.DefineRef) -> str:
        """A named expression by its label."""
        return self.defines[node.name]

    @read.register
    def _held(self, node: n.HeldRef) -> str:
        """An award in force."""
        return _("正在享受“%(title)s”") % {"title": self.titles[node.benefit]}

    @read.register
    def _other(self, node: n.OtherRef) -> str:
        """Another chapter's result."""
        words = {"entitled": _("符合“%(title)s”的条件"), "gross": _("“%(title)s”的应得金额")}
        return words[node.what] % {"title": self.titles[node.benefit]}

    @read.register
    def _arithmetic(self, node: n.Arithmetic) -> str:
        """Sums, brackets only where they matter."""
        near = {"+": (SUM, SUM), "-": (SUM, PRODUCT), "*": (PRODUCT, PRODUCT)}[node.sign]
        left, right = self.inner(node.left, near[0]), self.inner(node.right, near[1])
        return f"{left} {SIGNS[node.sign]} {right}"

    @read.register
    def _divide(self, node: n.Divide) -> str:
        """A division with its rounding."""
        how = ROUNDED[node.rounding]()
        left, right = self.inner(node.left, PRODUCT), self.inner(node.right, ATOM)
        return f"{left} ÷ {right}{in_brackets(how)}"

    @read.register
    def _extreme(self, node: n.Extreme) -> str:
        """The higher or the lower; nought as the floor."""
        zero = [p for p in node.parts if isinstance(p, n.Literal) and p.value == 0]
        rest = [p for p in node.parts if p not in zero]
        if node.which == "max" and zero and len(rest) == 1:
            return _("%(sum)s，不足 0 的按 0 计") % {"sum": self.read(rest[0])}
        words = _("、").join(self.read(part) for part in node.parts)
        most = _("%(parts)s 中较高的") if node.which == "max" else _("%(parts)s 中较低的")
        return most % {"parts": words}

    @read.register
    def _compare(self, node: n.Compare) -> str:
        """Two values; choices in the words of their fact."""
        if isinstance(node.left, n.Literal) and not isinstance(node.right, n.Literal):
            sign = MIRRORED[node.sign]
            node = replace(node, left=node.right, sign=sign, right=node.left)  # type: ignore[arg-type]
        fact, right = node.left, self.read(node.right)
        if isinstance(fact, n.FactRef) and isinstance(node.right, n.Literal) and fact.fact.choices:
            right = fact.fact.choices.get(str(node.right.value), right)
            says = _("%(what)s是“%(word)s”") if node.sign == "==" else _("%(what)s不是“%(word)s”")
            return says % {"what": self.read(fact), "word": right}
        left, right = self.inner(node.left, SUM), self.inner(node.right, SUM)
        return f"{left} {COMPARED[node.sign]()} {right}"

    @read.register
    def _one_of(self, node: n.OneOf) -> str:
        """One of several choices."""
        fact = node.part.fact.choices if isinstance(node.part, n.FactRef) else {}
        words = _("、").join(fact.get(code, code) for code in node.codes)
        return _("%(what)s是“%(words)s”之一") % {"what": self.read(node.part), "words": words}

    @read.register
    def _logic(self, node: n.Logic) -> str:
        """And, or."""
        link = _("，并且") if node.word == "and" else _("，或者")
        return link.join(self._joined(part) for part in node.parts)

    def _joined(self, part: Node) -> str:
        words = self.read(part)
        return in_brackets(words) if isinstance(part, n.Logic) else words

    @read.register
    def _negation(self, node: n.Not) -> str:
        """Not."""
        part = node.part
        if isinstance(part, n.HeldRef):
            return _("没有在享受“%(title)s”") % {"title": self.titles[part.benefit]}
        if isinstance(part, n.OtherRef):
            return _("不符合“%(title)s”的条件") % {"title": self.titles[part.benefit]}
        return _("没有“%(what)s”这一情况") % {"what": self.read(part)}

    @read.register
    def _choose(self, node: n.Choose) -> str:
        """If, else."""
        words = {
            "if": self.read(node.condition),
            "yes": self.inner(node.yes, SUM),
            "no": self.read(node.no),
        }
        return _("%(if)s的，取 %(yes)s；否则，%(no)s") % words

    @read.register
    def _over(self, node: n.Over) -> str:
        """Over the members."""
        words = {
            "count": _("家庭成员中（%(what)s）的人数"),
            "total": _("全家合计（%(what)s）"),
            "any": _("至少一名家庭成员（%(what)s）"),
            "all": _("每一名家庭成员都（%(what)s）"),
        }
        return words[node.word] % {"what": self.read(node.part)}

    @read.register
    def _age(self, node: n.Age) -> str:
        """Completed years."""
        words = _("已满 %(years)s 周岁") if node.which == "from" else _("未满 %(years)s 周岁")
        if isinstance(node.years, n.FigureRef):
            words = _("达到%(years)s") if node.which == "from" else _("未到%(years)s")
        return words % {"years": self.read(node.years)}

    @read.register
    def _last_months(self, node: n.LastMonths) -> str:
        """Months before the assessment, together."""
        words = {"what": self.inner(node.part, ATOM), "months": self.read(node.months)}
        if isinstance(node.months, n.FigureRef):
            return _("%(what)s在%(months)s内合计") % words
        return _("%(what)s最近 %(months)s 个月合计") % words
