"""The columns that a table of facts may have: how each is held, read and checked.

A fact stands under its own name, amounts in fen, choices and places as codes; `held_<benefit>` is
the day on which an award in force was assessed. NULL is *unknown* and nothing else; a column that
is not there reads as the fact's absence does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from guanjia.policy.book import Book
from guanjia.policy.city.layout import quoted
from guanjia.policy.city.terms import literal
from guanjia.policy.facts import OPEN_END, Fact
from guanjia.policy.terms import nearest
from guanjia.policy.words import brackets, word

KEYS = ("household", "person", "place")
HELD = "held_"
NOTHING = '"NULL"'
"""The type of a column that holds nothing but NULL."""
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
ANY_WHOLE = f"(?:{'|'.join(WHOLE)}|{NOTHING})"
SPANS = re.compile(rf'STRUCT\(since DATE, "until" (?:DATE|{NOTHING}), fen {ANY_WHOLE}\)\[\]')
MONTHS = re.compile(rf"MAP\(VARCHAR, {ANY_WHOLE}\)")
TYPES = {"yes_no": ("BOOLEAN",), "whole": WHOLE, "fen": WHOLE, "day": ("DATE",)}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file. `fact` is None where it tells of an award; `type` is DuckDB's word."""

    name: str
    type: str
    fact: Fact | None
    of: str

    @property
    def listed(self) -> bool:
        """Whether it holds amounts by month, as a list or a map."""
        return self.type.endswith("[]") or self.type.startswith("MAP")

    def value(self) -> str:
        """SQL of its value in the draft: plain; of lists, spans of month numbers in order."""
        name = f'"{self.name}"'
        if self.fact is None:
            return _month_of(f"CAST({name} AS DATE)")
        if not self.listed:
            kinds = {"yes_no": "BOOLEAN", "whole": "BIGINT", "fen": "BIGINT", "day": "DATE"}
            return f"CAST({name} AS {kinds.get(self.fact.type, 'VARCHAR')})"
        if self.type.startswith("MAP"):
            month = "CAST(left(s.key, 4) AS INT) * 12 + CAST(right(s.key, 2) AS INT) - 1"
            right = "regexp_full_match(s.key, '[0-9]{4}-(0[1-9]|1[0-2])')"
            since, number = f"CASE WHEN {right} THEN {month} END", "s.value"
            until, source = f"{since} + 1", f"map_entries({name})"
        else:
            since, until = (
                f"CASE WHEN day(s.{end}) = 1 THEN {_month_of(f's.{end}')} END"
                for end in ("since", '"until"')
            )
            until = f'CASE WHEN s."until" IS NULL THEN {OPEN_END} ELSE {until} END'
            source, number = name, "s.fen"
        span = f"{{'since': {since}, 'until': {until}, 'number': CAST({number} AS BIGINT)}}"
        never = f"[{{'since': 0, 'until': {OPEN_END}, 'number': NULL}}]"
        return f"coalesce(list_sort(list_transform({source}, lambda s: {span})), {never})"

    def wrong(self) -> str:
        """SQL of the draft: where the value is none that the declaration allows."""
        name, fact = f"v_{self.name}", self.fact
        if fact is None or fact.type in ("yes_no", "day"):
            return "FALSE"
        if self.listed:
            bad = f"s.since IS NULL OR s.until IS NULL OR s.until <= s.since{_beyond(fact, 's.number')}"
            crossed = f"{name}[i].until > {name}[i + 1].since"
            return (
                f"(len(list_filter({name}, lambda s: coalesce({bad}, FALSE))) > 0"
                f" OR len(list_filter(range(1, len({name})), lambda i: {crossed})) > 0)"
            )
        if fact.type == "choice":
            return f"{name} NOT IN ({', '.join(map(quoted, fact.choices))})"
        if fact.type == "place":
            return f"NOT regexp_full_match({name}, '[0-9]+|elsewhere')"
        return f"(FALSE{_beyond(fact, name)})"

    def recorded(self) -> str:
        """SQL that puts what it says into the draft's tables of recorded facts; absences are left out."""
        name, fact = f"v_{self.name}", self.fact
        unit = "unit" if self.of == "person" else "-1"
        mine = "" if self.of == "person" else " AND unit = 0"
        if fact is None:
            told = f"home, {unit}, {quoted(self.name.removeprefix(HELD))}, {name}, NULL"
            return f"INSERT INTO held SELECT {told} FROM base WHERE {name} IS NOT NULL{mine}"
        head = f"home, {unit}, {quoted(fact.name)}"
        if self.listed:
            each = f"SELECT home, unit, unnest({name}) AS s FROM base WHERE TRUE{mine}"
            return f"INSERT INTO monthly SELECT {head}, s.since, s.until, s.number FROM ({each})"
        absent = literal(None if isinstance(fact.absent, tuple) else fact.absent).sql
        where = f"FROM base WHERE {name} IS DISTINCT FROM {absent}{mine}"
        if fact.by_month:
            return f"INSERT INTO monthly SELECT {head}, 0, {OPEN_END}, {name} {where}"
        kept = {"yes_no": f"CAST({name} AS BIGINT), NULL, NULL", "day": f"NULL, NULL, {name}"}
        kept |= dict.fromkeys(("whole", "fen"), f"{name}, NULL, NULL")
        told = kept.get(fact.type, f"NULL, {name}, NULL")
        return f"INSERT INTO settled SELECT {head}, {told} {where}"


def _month_of(day: str) -> str:
    return f"(year({day}) * 12 + month({day}) - 1)"


def _beyond(fact: Fact, name: str) -> str:
    low = "" if fact.minimum is None else f" OR {name} < {fact.minimum}"
    return low if fact.maximum is None else f"{low} OR {name} > {fact.maximum}"


def columns(book: Book, types: Mapping[str, str]) -> tuple[list[Column], list[str]]:
    """What a file's columns (name -> DuckDB type) hold beside the keys, and all that is wrong with them."""
    problems = [word("缺 {name} 这一列", name=key) for key in KEYS if key not in types]
    found: list[Column] = []
    for name, type_ in types.items():
        column = None if name in KEYS else _column(book, name, type_)
        problem = _key_problem(name, type_) if column is None else _type_problem(column)
        if column is None and name not in KEYS:
            problem = _stranger(book, name)
        if problem:
            problems.append(problem)
        elif column:
            found.append(column)
    return found, problems


def _column(book: Book, name: str, type_: str) -> Column | None:
    for chapter in book.chapters:
        if name == f"{HELD}{chapter.code}":
            return Column(name, type_, None, chapter.unit)
    fact = book.facts.find(name)
    return Column(name, type_, fact, fact.of) if fact and not fact.derived_from else None


def _key_problem(name: str, type_: str) -> str:
    allowed = ("VARCHAR",) if name == "place" else (*WHOLE, "VARCHAR")
    right = word("VARCHAR（区划代码）" if name == "place" else "整数或 VARCHAR（编号）")
    return "" if type_ in allowed else _held_wrong(name, type_, right)


def _held_wrong(name: str, type_: str, right: str) -> str:
    return word("{name} 列是 {type}，应为 {right}", name=name, type=type_, right=right)


def _type_problem(column: Column) -> str:
    fact, type_ = column.fact, column.type
    if type_ == NOTHING:
        return ""
    if fact is None:
        right = word("DATE（核定日期）")
        return "" if type_ == "DATE" else _held_wrong(column.name, type_, right)
    if type_ in TYPES.get(fact.type, ("VARCHAR",)):
        return ""
    if fact.by_month and (SPANS.fullmatch(type_) or MONTHS.fullmatch(type_)):
        return ""
    parts = {"name": column.name, "label": fact.label, "type": type_}
    right = one_word(fact)
    if fact.by_month:
        right = word("{one}，或 {monthly}", one=right, monthly=monthly_words())
    return word("{name}（{label}）列是 {type}，应为 {right}", right=right, **parts)


def one_word(fact: Fact) -> str:
    """How a fact's column holds one value, in words."""
    known = {
        "yes_no": word("BOOLEAN（是、否）"),
        "whole": word("整数（BIGINT）"),
        "fen": word("整数（BIGINT，单位分）"),
        "day": "DATE",
    }
    return known.get(fact.type) or word("VARCHAR（代码）")


def monthly_words() -> str:
    """How a column holds amounts by month, in words."""
    return word("LIST<STRUCT<since DATE, until DATE, fen BIGINT>> 或 MAP<VARCHAR 月份, BIGINT>")


def _stranger(book: Book, name: str) -> str:
    fact = book.facts.find(name)
    if fact is not None:
        return word(
            "{name} 由 {source} 得出，请改给 {source} 这一列", name=name, source=fact.derived_from
        )
    if name.startswith(HELD):
        known = [f"{HELD}{chapter.code}" for chapter in book.chapters]
        near = nearest(name, known)
        return word("不认识 {name} 这一列：没有这项待遇{near}", name=name, near=near)
    near = nearest(name, [*book.facts.names(), *KEYS])
    return word("不认识 {name} 这一列{near}", name=name, near=near)


def form(column: Column) -> str:
    """What a right value looks like, in words."""
    fact = column.fact
    assert fact is not None  # of an award, every day is right
    if fact.type in ("choice", "place"):
        return fact.form()
    low, high = fact.minimum, fact.maximum
    unit = brackets(word("单位分")) if fact.type == "fen" else ""
    plain = word("请填 {low} 到 {high} 的整数{unit}", low=low, high=high, unit=unit)
    if not column.listed:
        return plain
    if column.type.startswith("MAP"):
        return word("月份写成 2020-01，{plain}", plain=plain)
    return word(
        "每段的 since、until 是月份的第一天，until 在 since 之后，各段不重叠；{plain}", plain=plain
    )
