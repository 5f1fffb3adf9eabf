"""The expression language: a small, checked subset of Python's expression syntax.

Parsing gives typed nodes; whatever is unknown, ill-typed, cyclic or may overflow is refused here.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from guanjia.policy import nodes as n
from guanjia.policy.facts import Fact, Facts
from guanjia.policy.family import MOST_MEMBERS
from guanjia.policy.nodes import LOOK_BACK, Node, Type, Unit
from guanjia.policy.terms import (
    COMPARE,
    DIVISIONS,
    FUNCTIONS,
    LIMIT,
    SIGNS,
    LanguageError,
    bounded,
    is_nought,
    nearest,
    not_allowed,
)
from guanjia.policy.words import listed


@dataclass(slots=True)
class Names:
    """What the expressions of one chapter may speak of.

    `figures` maps names to fen | whole and their least and greatest value; `defines` maps names to
    (of, text); `benefits` maps the codes of all chapters to their unit.
    """

    facts: Facts
    figures: Mapping[str, tuple[Type, int, int]]
    defines: Mapping[str, tuple[Unit, str]]
    benefits: Mapping[str, Unit]
    open: list[str] = field(default_factory=list)
    parsed: dict[str, Node] = field(default_factory=dict)

    def define(self, name: str) -> Node:
        """The expression that a name stands for, parsed once. Raises LanguageError for a cycle."""
        if name in self.open:
            way = " → ".join([*self.open[self.open.index(name) :], name])
            raise LanguageError("定义绕成了一圈：{way}", way=way)
        if name not in self.parsed:
            of, text = self.defines[name]
            self.open.append(name)
            try:
                self.parsed[name] = parse(text, self, of)
            finally:
                self.open.pop()
        return self.parsed[name]

    def all(self) -> list[str]:
        """Every name, for suggestions."""
        return [*self.facts.names(), *self.figures, *self.defines, *self.benefits, *FUNCTIONS]


def parse(text: str, names: Names, unit: Unit) -> Node:
    """`text` as a typed node, read for a person or a household. Raises LanguageError."""
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval")
    except SyntaxError as problem:
        raise LanguageError(
            "句子写法不对（第 {offset} 个字符附近）：{text}", offset=problem.offset, text=text
        ) from None
    return _Reader(names, unit).read(tree.body)


def expect(node: Node, kind: Type, what: str) -> None:
    """Raises LanguageError unless the node is of this type and settled for one moment."""
    if node.by_month:
        raise LanguageError("{what}读了按月的数，须用 last_n_months(…) 合计后再用", what=what)
    if node.type != kind and not (kind == "fen" and is_nought(node)):
        raise LanguageError(
            "{what}应是 {kind}，实际是 {type}", what=what, kind=kind, type=node.type
        )


class _Reader:
    """Turns Python's syntax tree into ours, for one unit."""

    def __init__(self, names: Names, unit: Unit) -> None:
        self.names = names
        self.unit = unit

    def read(self, tree: ast.expr) -> Node:
        """Any part."""
        readers: dict[type[ast.expr], Callable[..., Node]] = {
            ast.Constant: self.constant,
            ast.Name: self.name,
            ast.Attribute: self.dotted,
            ast.BinOp: self.arithmetic,
            ast.UnaryOp: self.unary,
            ast.BoolOp: self.logic,
            ast.Compare: self.compare,
            ast.IfExp: self.choose,
            ast.Call: self.call,
        }
        reader = readers.get(type(tree))
        if reader is None:
            raise not_allowed(tree)
        return reader(tree)

    def constant(self, tree: ast.Constant) -> Node:
        """A whole number, a choice code, True or False."""
        value = tree.value
        if isinstance(value, bool):
            return n.Literal("yes_no", False, None, value)
        if isinstance(value, int):
            return n.Literal("whole", False, bounded(value, value), value)
        if isinstance(value, str):
            return n.Literal("text", False, None, value)
        raise LanguageError(
            "不能写 {value}：只能写整数、带引号的选项代码、True 或 False", value=repr(value)
        )

    def name(self, tree: ast.Name) -> Node:
        """A fact, a figure or a define."""
        name = tree.id
        fact = self.names.facts.find(name)
        if fact is not None:
            return self.fact(fact)
        if name in self.names.figures:
            kind, low, high = self.names.figures[name]
            return n.FigureRef(kind, False, (low, high), name)
        if name in self.names.defines:
            of = self.names.defines[name][0]
            self.needs_member(of, name)
            node = self.names.define(name)
            return n.DefineRef(node.type, node.by_month, node.bounds, name, of, node)
        near = nearest(name, self.names.all())
        raise LanguageError("没有叫 {name} 的事实、数字或定义{near}", name=name, near=near)

    def fact(self, fact: Fact) -> n.FactRef:
        """A declared fact."""
        self.needs_member("person" if fact.of == "person" else "household", fact.name)
        if fact.type == "place":
            raise LanguageError("{name} 是地点，句子不能直接读；请用由它得出的事实", name=fact.name)
        kind = f"choice:{fact.name}" if fact.type == "choice" else fact.type
        bounds = (fact.minimum or 0, fact.maximum or 0) if fact.type in ("whole", "fen") else None
        return n.FactRef(kind, fact.by_month, bounds, fact)

    def needs_member(self, of: Unit, name: str) -> None:
        """A person's fact is read only where one person is meant."""
        if of == "person" and self.unit == "household":
            raise LanguageError(
                "{name} 是每个人各自的，家庭的句子要用 count、total、any 或 all 汇总后才能读",
                name=name,
            )

    def dotted(self, tree: ast.Attribute) -> Node:
        """held.x, x.entitled, x.gross."""
        if not isinstance(tree.value, ast.Name):
            raise not_allowed(tree)
        first, second = tree.value.id, tree.attr
        benefit = second if first == "held" else first
        of = self.names.benefits.get(benefit)
        if of is None:
            near = nearest(benefit, list(self.names.benefits))
            raise LanguageError("没有叫 {code} 的章节{near}", code=benefit, near=near)
        self.needs_member(of, f"{first}.{second}")
        if first == "held":
            return n.HeldRef("yes_no", False, None, benefit, of)
        if second == "entitled":
            return n.OtherRef("yes_no", False, None, benefit, of, "entitled")
        if second == "gross":
            return n.OtherRef("fen", False, (0, LIMIT // (4 * MOST_MEMBERS)), benefit, of, "gross")
        raise LanguageError(
            "{first}.{second}：另一章只能读 entitled 或 gross", first=first, second=second
        )

    def arithmetic(self, tree: ast.BinOp) -> Node:
        """+, -, * of whole numbers and fen."""
        sign = SIGNS.get(type(tree.op))
        if sign is None:
            raise LanguageError(
                "不能用这种运算：{part}。相除请用 divide_up、divide_down 或 divide_half_up",
                part=ast.unparse(tree),
            )
        left, right = self.read(tree.left), self.read(tree.right)
        kind = self.sum_type(left, right) if sign != "*" else self.product_type(left, right)
        a, b = left.bounds or (0, 0), right.bounds or (0, 0)
        ends = {
            "+": (a[0] + b[0], a[1] + b[1]),
            "-": (a[0] - b[1], a[1] - b[0]),
            "*": (min(x * y for x in a for y in b), max(x * y for x in a for y in b)),
        }[sign]
        by_month = left.by_month or right.by_month
        return n.Arithmetic(kind, by_month, bounded(*ends), sign, left, right)  # type: ignore[arg-type]

    def sum_type(self, *parts: Node) -> Type:
        """The common type of numbers that are added, chosen from or compared."""
        kinds = {part.type for part in parts if not is_nought(part)} or {"whole"}
        if len(kinds) == 1 and kinds <= {"whole", "fen"}:
            return kinds.pop()
        raise LanguageError(
            "元和个数不能相加减或比较，数以外的也不能：{choices}",
            choices=listed(sorted(kinds)),
        )

    def product_type(self, left: Node, right: Node) -> Type:
        """whole × whole, or fen × whole."""
        kinds = {left.type, right.type}
        if not kinds <= {"whole", "fen"} or (left.type, right.type) == ("fen", "fen"):
            raise LanguageError("{type} 与 {other} 不能相乘", type=left.type, other=right.type)
        return "fen" if "fen" in kinds else "whole"

    def unary(self, tree: ast.UnaryOp) -> Node:
        """not x, -x."""
        part = self.read(tree.operand)
        if isinstance(tree.op, ast.Not):
            self.yes_no(part)
            return n.Not("yes_no", part.by_month, None, part)
        if isinstance(tree.op, ast.USub) and part.bounds is not None:
            low, high = part.bounds
            nought = n.Literal("whole", False, (0, 0), 0)
            return n.Arithmetic(part.type, part.by_month, bounded(-high, -low), "-", nought, part)
        raise not_allowed(tree)

    def yes_no(self, *parts: Node) -> None:
        """All parts are yes or no."""
        for part in parts:
            if part.type != "yes_no":
                raise LanguageError("这里要的是“是或否”，实际是 {type}", type=part.type)

    def logic(self, tree: ast.BoolOp) -> Node:
        """and, or."""
        parts = tuple(self.read(value) for value in tree.values)
        self.yes_no(*parts)
        word = "and" if isinstance(tree.op, ast.And) else "or"
        return n.Logic("yes_no", any(p.by_month for p in parts), None, word, parts)  # type: ignore[arg-type]

    def compare(self, tree: ast.Compare) -> Node:
        """a < b, chains of them, x in (…), x == 'code'."""
        trees = [tree.left, *tree.comparators]
        pairs = [
            self.pair(left, sign, right)
            for left, sign, right in zip(trees, tree.ops, trees[1:], strict=False)
        ]
        if len(pairs) == 1:
            return pairs[0]
        return n.Logic("yes_no", any(p.by_month for p in pairs), None, "and", tuple(pairs))

    def pair(self, left_tree: ast.expr, op: ast.cmpop, right_tree: ast.expr) -> Node:
        """One comparison."""
        left = self.read(left_tree)
        if isinstance(op, ast.In | ast.NotIn):
            found = self.one_of(left, right_tree)
            wanted = isinstance(op, ast.In)
            return found if wanted else n.Not("yes_no", found.by_month, None, found)
        sign = COMPARE.get(type(op))
        if sign is None:
            raise LanguageError(
                "不能这样比较：{part} … {other}",
                part=ast.unparse(left_tree),
                other=ast.unparse(right_tree),
            )
        right = self.read(right_tree)
        self.comparable(left, sign, right)
        by_month = left.by_month or right.by_month
        return n.Compare("yes_no", by_month, None, sign, left, right)  # type: ignore[arg-type]

    def comparable(self, left: Node, sign: str, right: Node) -> None:
        """Numbers with numbers of the same kind, days with days, choices with their codes."""
        if {left.type, right.type} == {"day"}:
            return
        for choice, code in ((left, right), (right, left)):
            if choice.type.startswith("choice:") and isinstance(code, n.Literal):
                if sign not in ("==", "!="):
                    raise LanguageError("选项只能用 ==、!= 或 in 比较")
                self.code(choice, code.value)
                return
        if {left.type, right.type} == {"yes_no"}:
            raise LanguageError("“是或否”不必再比较，直接写它或 not 它")
        self.sum_type(left, right)

    def one_of(self, part: Node, tree: ast.expr) -> Node:
        """x in ('a', 'b')."""
        if not isinstance(tree, ast.Tuple | ast.List | ast.Set):
            raise LanguageError('in 后面请写一组选项代码，例如 ("limb", "sight")')
        codes = tuple(self.code(part, getattr(each, "value", None)) for each in tree.elts)
        return n.OneOf("yes_no", part.by_month, None, part, codes)

    def code(self, choice: Node, code: object) -> str:
        """A code that the choice declares."""
        fact = self.names.facts.find(choice.type.removeprefix("choice:"))
        if fact is None or not choice.type.startswith("choice:"):
            raise LanguageError("只有选项才能与代码 {code} 比较", code=repr(code))
        if code not in fact.choices:
            near = nearest(str(code), list(fact.choices))
            said = {"name": fact.name, "code": repr(code), "near": near, "form": fact.form()}
            raise LanguageError("{name} 没有 {code} 这个选项{near}；{form}", **said)
        return str(code)

    def choose(self, tree: ast.IfExp) -> Node:
        """x if c else y."""
        condition, yes, no = self.read(tree.test), self.read(tree.body), self.read(tree.orelse)
        self.yes_no(condition)
        if yes.type == no.type == "yes_no":
            kind, bounds = "yes_no", None
        else:
            kind = self.sum_type(yes, no)
            a, b = yes.bounds or (0, 0), no.bounds or (0, 0)
            bounds = (min(a[0], b[0]), max(a[1], b[1]))
        by_month = condition.by_month or yes.by_month or no.by_month
        return n.Choose(kind, by_month, bounds, condition, yes, no)

    def call(self, tree: ast.Call) -> Node:
        """The functions of the language."""
        if not isinstance(tree.func, ast.Name) or tree.keywords:
            raise not_allowed(tree)
        word, arguments = tree.func.id, tree.args
        wanted = {"min": None, "max": None, "last_n_months": 2, **dict.fromkeys(DIVISIONS, 2)}
        if word not in FUNCTIONS:
            raise LanguageError(
                "没有叫 {word} 的算法{near}", word=word, near=nearest(word, FUNCTIONS)
            )
        count = wanted.get(word, 1)
        if count is not None and len(arguments) != count:
            said = {"word": word, "count": count, "given": len(arguments)}
            raise LanguageError("{word} 要 {count} 项，实际写了 {given} 项", **said)
        if word in ("min", "max"):
            return self.extreme(word, arguments)
        if word in DIVISIONS:
            return self.divide(word, *arguments)
        if word == "last_n_months":
            return self.last_months(*arguments)
        if word in ("age_from", "age_under"):
            return self.age(word, arguments[0])
        return self.over(word, arguments[0])

    def extreme(self, word: str, trees: Sequence[ast.expr]) -> Node:
        """min, max of two or more numbers."""
        parts = tuple(self.read(tree) for tree in trees)
        if len(parts) < 2:
            raise LanguageError("{word} 至少要两项", word=word)
        kind = self.sum_type(*parts)
        pick = min if word == "min" else max
        ends = [part.bounds or (0, 0) for part in parts]
        bounds = (pick(low for low, _ in ends), pick(high for _, high in ends))
        return n.Extreme(kind, any(p.by_month for p in parts), bounds, word, parts)  # type: ignore[arg-type]

    def divide(self, word: str, left_tree: ast.expr, right_tree: ast.expr) -> Node:
        """Rounded division by a positive number."""
        left, right = self.read(left_tree), self.read(right_tree)
        if left.bounds is None or right.bounds is None or right.bounds[0] <= 0:
            raise LanguageError("{word}：被除数须是数，除数须总是大于零", word=word)
        if (left.type, right.type) == ("whole", "fen"):
            raise LanguageError("{word}：个数不能除以元", word=word)
        kind = "fen" if (left.type, right.type) == ("fen", "whole") else "whole"
        most = max(abs(end) for end in left.bounds)
        by_month = left.by_month or right.by_month
        return n.Divide(kind, by_month, (-most, most), DIVISIONS[word], left, right)  # type: ignore[arg-type]

    def last_months(self, part_tree: ast.expr, months_tree: ast.expr) -> Node:
        """The sum over the n whole months before the assessment."""
        part, months = self.read(part_tree), self.read(months_tree)
        if not part.by_month or part.bounds is None:
            raise LanguageError("last_n_months 的第一项须是按月的数")
        if not isinstance(months, n.Literal | n.FigureRef) or months.type != "whole":
            raise LanguageError("last_n_months 的第二项须是整数或以月计的数字")
        least, most = months.bounds or (0, 0)
        if least < 1 or most > LOOK_BACK:
            raise LanguageError("last_n_months 的月数须在 1 到 {most} 之间", most=LOOK_BACK)
        bounds = bounded(min(0, part.bounds[0]) * most, max(0, part.bounds[1]) * most)
        return n.LastMonths(part.type, False, bounds, part, months)

    def age(self, word: str, tree: ast.expr) -> Node:
        """Completed years against a number or a figure."""
        years = self.read(tree)
        if not isinstance(years, n.Literal | n.FigureRef) or years.type != "whole":
            raise LanguageError("{word} 里须是整数或以岁计的数字", word=word)
        born_on = self.names.facts.find("born_on")
        if born_on is None:
            raise LanguageError("{word} 要读 born_on，而事实表里没有它", word=word)
        which = "from" if word == "age_from" else "under"
        return n.Age("yes_no", False, None, which, years, self.fact(born_on))  # type: ignore[arg-type]

    def over(self, word: str, tree: ast.expr) -> Node:
        """count, total, any, all over the members."""
        part = _Reader(self.names, "person").read(tree)
        if part.by_month:
            raise LanguageError("{word} 里有按月的数，须先用 last_n_months(…) 合计", word=word)
        if word == "total":
            if part.bounds is None:
                raise LanguageError("total 里须是数，实际是 {type}", type=part.type)
            low, high = part.bounds
            bounds = bounded(min(0, low) * MOST_MEMBERS, max(0, high) * MOST_MEMBERS)
            return n.Over(part.type, False, bounds, "total", part)
        self.yes_no(part)
        if word == "count":
            return n.Over("whole", False, (0, MOST_MEMBERS), "count", part)
        return n.Over("yes_no", False, None, word, part)  # type: ignore[arg-type]
