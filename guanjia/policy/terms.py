"""The terms of the expression language: its signs and functions, and how it refuses what it does not know."""

import ast
import difflib
from collections.abc import Sequence

from guanjia.policy import nodes as n
from guanjia.policy.nodes import Node
from guanjia.policy.words import word

LIMIT = 2**63 - 1
COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
DIVISIONS = {"divide_up": "up", "divide_down": "down", "divide_half_up": "half_up"}
FUNCTIONS = (
    *("count", "total", "any", "all", "min", "max", "age_from", "age_under", "last_n_months"),
    *DIVISIONS,
)


class LanguageError(ValueError):
    """An expression that cannot be used: what is wrong, and where a right name is near, which."""

    def __init__(self, text: str, /, **parts: object) -> None:
        super().__init__(word(text, **parts))


def not_allowed(tree: ast.AST) -> LanguageError:
    """A part of Python that the language does not have."""
    return LanguageError("不能用这种写法：{part}", part=ast.unparse(tree))


def nearest(name: str, known: Sequence[str]) -> str:
    """'；是不是 wages？' where a known name is near, else nothing."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return word("；是不是 {near}？", near=near[0]) if near else ""


def is_nought(node: Node) -> bool:
    """The number 0, which is as good as 0 fen."""
    return isinstance(node, n.Literal) and node.value == 0 and node.type == "whole"


def bounded(low: int, high: int) -> tuple[int, int]:
    """Least and greatest value, both within 64 bits. Raises LanguageError."""
    if low < -LIMIT or high > LIMIT:
        raise LanguageError(
            "结果可能超出 64 位整数（{low} 至 {high}），请缩小事实的取值范围",
            low=low,
            high=high,
        )
    return low, high
