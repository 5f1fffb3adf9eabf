"""SQL by parts. What is known beforehand is worked out here; unknown stays unknown; nothing is written twice.

A term is a text with what is known of it: its one value where it has one, and whether it may be
NULL. Joining terms keeps to Kleene's logic and drops what cannot matter, so that a table in which
nobody has a certificate asks nothing about certificates.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal, NamedTuple

Dialect = Literal["duckdb", "spark"]
Constant = bool | int | str | date | None


class _Varies:
    """Not the same in every row."""


VARIES: Final = _Varies()


class Term(NamedTuple):
    """A part of the statement. `level` is the step whose columns it reads; `reads` names them."""

    sql: str
    value: Constant | _Varies = VARIES
    nullable: bool = False
    level: int = 0
    reads: frozenset[str] = frozenset()
    plain: bool = False

    @property
    def fixed(self) -> bool:
        """The same in every row."""
        return self.value is not VARIES


def literal(value: Constant) -> Term:
    """A value that is the same in every row."""
    if value is None:
        text = "NULL"
    elif isinstance(value, bool):
        text = "TRUE" if value else "FALSE"
    elif isinstance(value, int):
        text = f"CAST({value} AS BIGINT)"
    elif isinstance(value, date):
        text = f"DATE '{value.isoformat()}'"
    else:
        text = "'{}'".format(value.replace("'", "''"))
    return Term(text, value, value is None, plain=True)


YES, NO, UNKNOWN = literal(True), literal(False), literal(None)


def source(name: str, nullable: bool) -> Term:
    """A column of the table."""
    return Term(name, VARIES, nullable, 0, frozenset((name,)), plain=True)


def made(sql: str, parts: Iterable[Term], nullable: bool | None = None) -> Term:
    """A text made of parts; NULL where one of them is, unless said otherwise."""
    parts = tuple(parts)
    unknown = any(p.nullable for p in parts) if nullable is None else nullable
    reads = frozenset[str]().union(*(p.reads for p in parts))
    level = max((p.level for p in parts), default=0)
    return Term(sql, VARIES, unknown, level, reads)


def whole(number: Term) -> str:
    """A number's text inside an expression that is of 64 bits already."""
    return str(number.value) if isinstance(number.value, int) else number.sql


def negated(part: Term) -> Term:
    """Kleene's not."""
    if part.fixed:
        return literal(None if part.value is None else not part.value)
    return made(f"(NOT {part.sql})", [part])


def joined(word: Literal["and", "or"], parts: Sequence[Term]) -> Term:
    """Kleene's and, or."""
    deciding, neutral = (False, True) if word == "and" else (True, False)
    if any(p.value is deciding for p in parts):
        return literal(deciding)
    left = {p.sql: p for p in parts if p.value is not neutral}
    if not left:
        return literal(neutral)
    if all(p.value is None for p in left.values()):
        return UNKNOWN
    if len(left) == 1:
        return next(iter(left.values()))
    return made(f"({f' {word.upper()} '.join(left)})", left.values())


def plus(sign: str, left: Term, right: Term) -> Term:
    """+, - or * of whole numbers; NULL where either is."""
    a, b = left.value, right.value
    if (left.fixed and a is None) or (right.fixed and b is None):
        return UNKNOWN
    if isinstance(a, int) and isinstance(b, int):
        return literal({"+": a + b, "-": a - b, "*": a * b}[sign])
    if (b == 0 and sign != "*" and right.fixed) or (b == 1 and sign == "*" and right.fixed):
        return left
    if left.fixed and ((a == 0 and sign == "+") or (a == 1 and sign == "*")):
        return right
    none = (left.fixed and a == 0) or (right.fixed and b == 0)
    if sign == "*" and none and not (left.nullable or right.nullable):
        return literal(0)
    return made(f"({whole(left)} {sign} {whole(right)})", [left, right])


def total(parts: Sequence[Term]) -> Term:
    """The sum of many: what is known is added up beforehand."""
    if any(p.fixed and p.value is None for p in parts):
        return UNKNOWN
    known = sum(p.value for p in parts if isinstance(p.value, int))
    open_ = [p for p in parts if not p.fixed]
    if not open_:
        return literal(known)
    texts = [p.sql for p in open_] + ([str(known)] if known else [])
    return open_[0] if len(texts) == 1 else made(f"({' + '.join(texts)})", open_)


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compared(sign: str, left: Term, right: Term) -> Term:
    """A comparison; NULL where either side is."""
    a, b = left.value, right.value
    if (left.fixed and a is None) or (right.fixed and b is None):
        return UNKNOWN
    if left.fixed and right.fixed:
        return literal(COMPARISONS[sign](a, b))
    word = {"==": "=", "!=": "<>"}.get(sign, sign)
    return made(f"({whole(left)} {word} {whole(right)})", [left, right])


def one_of(part: Term, codes: Sequence[str]) -> Term:
    """Whether a choice is one of several codes."""
    if part.fixed:
        return literal(None if part.value is None else part.value in codes)
    return made(f"({part.sql} IN ({', '.join(literal(c).sql for c in codes)}))", [part])


def chosen(asked: Term, yes: Term, no: Term) -> Term:
    """x if c else y: with an unknown condition, known only where both arms agree. `asked` is plain."""
    if asked.value is True:
        return yes
    if asked.value is False:
        return no
    if yes.fixed and no.fixed and yes.value == no.value and type(yes.value) is type(no.value):
        return yes
    parts = [asked, yes, no]
    if not asked.nullable:
        nullable = yes.nullable or no.nullable
        return made(f"CASE WHEN {asked.sql} THEN {yes.sql} ELSE {no.sql} END", parts, nullable)
    text = (
        f"CASE WHEN {asked.sql} THEN {yes.sql} WHEN NOT {asked.sql} THEN {no.sql} "
        f"WHEN {yes.sql} = {no.sql} THEN {yes.sql} END"
    )
    return made(text, parts, True)


def extreme(which: Literal["min", "max"], parts: Sequence[Term]) -> Term:
    """The least or greatest; SQL's skips NULL, here it must stay unknown. Parts are plain."""
    if any(p.fixed and p.value is None for p in parts):
        return UNKNOWN
    known = [p.value for p in parts if isinstance(p.value, int)]
    open_ = [p for p in parts if not p.fixed]
    best = [literal(max(known) if which == "max" else min(known))] if known else []
    if not open_:
        return best[0]
    every = [*open_, *best]
    if len(every) == 1:
        return every[0]
    text = f"{'greatest' if which == 'max' else 'least'}({', '.join(p.sql for p in every)})"
    unknown = [p for p in open_ if p.nullable]
    if unknown:
        asked = " OR ".join(f"{p.sql} IS NULL" for p in unknown)
        text = f"CASE WHEN {asked} THEN NULL ELSE {text} END"
    return made(text, every)


def divided(rounding: str, left: Term, right: Term, not_negative: bool, dialect: Dialect) -> Term:
    """A division with a named rounding by a positive number. Parts are plain.

    The engines divide towards nought: where a number may be negative, the sign decides.
    """
    a, b = left.value, right.value
    if (left.fixed and a is None) or (right.fixed and b is None):
        return UNKNOWN
    if isinstance(a, int) and isinstance(b, int):
        up, half = -(-a // b), (2 * a + b) // (2 * b)
        return literal({"up": up, "down": a // b, "half_up": half}[rounding])
    if right.value == 1:
        return left
    x, y = whole(left), whole(right)
    if rounding == "half_up":
        x, y = f"(2 * {x} + {y})", f"(2 * {y})"
    sign = "//" if dialect == "duckdb" else "div"
    if rounding == "up":
        above, below = f"(({x} + {y} - 1) {sign} {y})", f"-((-{x}) {sign} {y})"
        text = above if not_negative else f"CASE WHEN {x} > 0 THEN {above} ELSE {below} END"
    else:
        above, below = f"({x} {sign} {y})", f"-((-{x} + {y} - 1) {sign} {y})"
        text = above if not_negative else f"CASE WHEN {x} >= 0 THEN {above} ELSE {below} END"
    return made(text, [left, right])
