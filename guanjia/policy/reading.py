"""From the text of a chapter to a Chapter: every row checked, every problem named with its place."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import groupby, pairwise
from typing import Any, cast, get_args

from guanjia.kit import days, money
from guanjia.policy import language
from guanjia.policy.chapter import (
    MOST_CONDITIONS,
    STATUSES,
    Amount,
    Cadence,
    Chapter,
    Condition,
    Define,
    Example,
    FigureRow,
    Status,
)
from guanjia.policy.facts import Facts
from guanjia.policy.language import LanguageError, Names
from guanjia.policy.nodes import Age, Node, Unit

UNITS = get_args(Unit)
STARTS = ("month after approval", "month of application", "month of the event")
PLACES = ("hukou", "home")
CADENCES = get_args(Cadence)
NOTICES = ("name, members, amount", "name, amount", "none")
KEYS = {
    "chapter": "title en summary unit cadence asked follows paid_to starts day place notice law status bring "
    "apply",
    "figure": "label value law status since until review_by where",
    "define": "name label of is",
    "condition": "code label en holds law status since until",
    "amount": "code label en pays law status since until",
    "example": "title month household person place held expects",
}
TABLES = ("figure", "define", "condition", "amount")
Dates = tuple[date | None, date | None]
Head = tuple[str, str, str]  # code, label, en
Body = tuple[str, str, Status]  # text, law, status


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in the book, and where."""

    file: str
    where: str
    text: str

    def __str__(self) -> str:
        return (
            f"{self.file} · {self.where}：{self.text}"
            if self.where
            else f"{self.file}：{self.text}"
        )


class Reader:
    """Reads one chapter; problems are gathered, so that all are told at once."""

    def __init__(self, code: str, text: str, examples: str, city: str) -> None:
        self.code = code
        self.city = city
        self.text = text
        self.file = f"chapters/{code}/chapter.toml"
        self.problems: list[Problem] = []
        self.rows = self.toml(text, self.file)
        self.example_rows = self.toml(examples, f"chapters/{code}/examples.toml")
        self.figures = self.read_figures()

    def toml(self, text: str, file: str) -> dict[str, Any]:
        """The tables of a file; a broken one is a problem and reads as empty."""
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as problem:
            self.problems.append(Problem(file, "", f"TOML 写法不对：{problem}"))
            return {}

    def wrong(self, where: str, text: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.file, where, text))

    def unit(self) -> Unit:
        """person or household."""
        unit: Unit = "household" if self.rows.get("unit") == "household" else "person"
        return unit

    def keys(self, kind: str, row: Mapping[str, Any], where: str) -> None:
        """No key that nobody reads: a misspelt one would be silently lost."""
        known = KEYS[kind].split()
        for key in row:
            if key not in known and not (kind == "chapter" and key in TABLES):
                self.wrong(where, f"不认识的项 {key}{language.nearest(key, known)}")

    def law(self, row: Mapping[str, Any], where: str) -> str:
        """Every row has a law."""
        if not str(row.get("law", "")).strip():
            self.wrong(where, "没有写依据（law）。每个数字、句子和金额都要写明出处")
        return str(row.get("law", ""))

    def status(self, row: Mapping[str, Any], where: str) -> Status:
        """How sure the row is; a chapter's status where it has none of its own."""
        status = row.get("status", self.rows.get("status"))
        if status not in STATUSES:
            self.wrong(where, f"status 应是 {'、'.join(STATUSES)} 之一，实际是 {status!r}")
        return cast(Status, status)

    def dates(self, row: Mapping[str, Any], where: str) -> Dates:
        """since and until, the second after the first."""
        since, until = row.get("since"), row.get("until")
        for name, day in (("since", since), ("until", until)):
            if day is not None and type(day) is not date:
                self.wrong(where, f"{name} 应是日期，例如 2020-01-01")
                return None, None
        if since is not None and until is not None and until <= since:
            self.wrong(where, f"until（{until}）须晚于 since（{since}）")
        return since, until

    def one_of(self, name: str, allowed: tuple[str, ...]) -> Any:
        """A head value out of a few."""
        value = self.rows.get(name)
        if value not in allowed:
            self.wrong("", f"{name} 应是 {'、'.join(allowed)} 之一，实际是 {value!r}")
        return value

    def head(self) -> None:
        """What every chapter must say of itself."""
        for name in ("title", "en", "summary"):
            if not self.rows.get(name):
                self.wrong("", f"缺少 {name}")
        if not isinstance(self.rows.get("asked"), bool):
            self.wrong("", "asked 应是 true（须申请批准）或 false")

    def texts(self, name: str, says: str) -> tuple[str, ...]:
        """A list of words that may be missing; `says` tells what a right one looks like."""
        rows = self.rows.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(r, str) and r.strip() for r in rows):
            self.wrong("", f"{name} 应是{says}")
            return ()
        return tuple(rows)

    def words(self, name: str, says: str) -> str:
        """A text that may be missing; `says` tells what it is for."""
        text = self.rows.get(name, "")
        if not isinstance(text, str):
            self.wrong("", f"{name} 应是一句话：{says}")
            return ""
        return text

    def read_figures(self) -> dict[str, tuple[FigureRow, ...]]:
        """All figures, each in order of place and time, without gap or overlap."""
        found: dict[str, tuple[FigureRow, ...]] = {}
        for name, rows in self.rows.get("figure", {}).items():
            label = next((r["label"] for r in rows if r.get("label")), "")
            if not label:
                self.wrong(f"数字 {name}", "第一行要写中文名称（label）")
            read = [r for r in (self.figure(name, label, row) for row in rows) if r is not None]
            read.sort(key=lambda r: (r.where, r.since or date.min))
            found[name] = tuple(
                row
                for where, mine in groupby(read, key=lambda r: r.where)
                for row in self.succession(f"数字 {name}{where and f'（{where}）'}", list(mine))
            )
            if len({row.unit for row in read}) > 1:
                self.wrong(f"数字 {name}", "各行的单位不一样")
        return found

    def figure(self, name: str, label: str, row: Mapping[str, Any]) -> FigureRow | None:
        """One row of a figure."""
        where = f"数字 {name}（{row.get('since', '?')}）"
        self.keys("figure", row, where)
        since, until = self.dates(row, where)
        if since is None:
            self.wrong(where, "数字要写从哪天起（since）")
        value = read_value(str(row.get("value", "")))
        if value is None:
            self.wrong(
                where, f"读不懂 {row.get('value')!r}；请写成“1060 元/人·月”“70 岁”“6 个月”这样"
            )
        place = str(row.get("where", ""))
        if place and not place.startswith(self.city):
            self.wrong(where, f"where 应是本市（{self.city}）的区划代码")
        law, status = self.law(row, where), self.status(row, where)
        if value is None or since is None:
            return None
        unit, number = value
        shown, review = str(row["value"]), row.get("review_by")
        return FigureRow(since, until, name, label, number, shown, unit, place, review, law, status)  # type: ignore[arg-type]

    def succession(self, where: str, rows: list[Any]) -> list[Any]:
        """Rows of one name follow each other; an open one ends where the next begins."""
        closed = []
        for earlier, later in pairwise(rows):
            if later.since is None or later.since == earlier.since:
                self.wrong(where, f"两行同时生效（{earlier.since} 与 {later.since}）")
            elif earlier.until is not None and earlier.until > later.since:
                self.wrong(where, f"两行重叠：前一行到 {earlier.until}，后一行从 {later.since} 起")
            elif earlier.until is not None and earlier.until < later.since:
                self.wrong(where, f"中间有空档：{earlier.until} 至 {later.since} 没有规定")
            closed.append(replace(earlier, until=earlier.until or later.since))
        return [*closed, *rows[-1:]]

    def read(self, facts: Facts, benefits: Mapping[str, Unit]) -> Chapter:
        """The whole chapter. Look at `problems` before using it."""
        rows, unit = self.rows, self.unit()
        self.keys("chapter", rows, "")
        self.head()
        names = self.names(facts, benefits)
        conditions = self.sentences("condition", "holds", names, self.condition)
        amounts = self.sentences("amount", "pays", names, self.amount)
        if len({c.code for c in conditions}) > MOST_CONDITIONS:
            self.wrong("", f"条件最多 {MOST_CONDITIONS} 条")
        if not rows.get("condition"):
            self.wrong("", "一章至少要有一条条件")
        if any(_of_children(c.node) for c in conditions) and rows.get("notice") != "none":
            self.wrong("", '孩子的待遇不公示：notice 须是 "none"')
        return Chapter(
            code=self.code,
            title=rows.get("title", ""),
            en=rows.get("en", ""),
            summary=rows.get("summary", ""),
            unit=self.one_of("unit", UNITS) or unit,
            cadence=self.one_of("cadence", CADENCES),
            asked=rows.get("asked", True),
            follows=self.texts("follows", '一列章节代码，例如 ["tekun", "dibao"]'),
            paid_to=self.words("paid_to", "钱付给谁，例如 社会保险基金"),
            starts=self.one_of("starts", STARTS),
            day=self.one_of("day", ("first of month",)),
            place=self.one_of("place", PLACES),
            notice=self.one_of("notice", NOTICES),
            law=self.law(rows, ""),
            status=self.status(rows, ""),
            bring=self.texts("bring", '一列材料，例如 ["身份证", "户口簿"]'),
            apply=self.words("apply", "到哪里申请"),
            figures=self.figures,
            defines=self.read_defines(names),
            conditions=tuple(conditions),
            amounts=tuple(amounts),
            examples=self.read_examples(),
            text=self.text,
        )

    def names(self, facts: Facts, benefits: Mapping[str, Unit]) -> Names:
        """The one flat set of names of the chapter; a clash is a problem."""
        defines: dict[str, tuple[Unit, str]] = {}
        taken = {*facts.names(), *benefits, *language.FUNCTIONS, "held"}
        for name in self.figures:
            if name in taken:
                self.wrong(f"数字 {name}", f"{name} 这个名字已另有所指，请换一个")
        taken |= set(self.figures)
        for row in self.rows.get("define", []):
            name = str(row.get("name", ""))
            if name in taken or name in defines or not name.isidentifier():
                self.wrong(f"定义 {name}", f"{name!r} 已另有所指，或不能作名字，请换一个")
                continue
            of: Unit = "household" if row.get("of") == "household" else "person"
            defines[name] = (of, str(row.get("is", "")))
        ranges = {
            name: (rows[0].unit, min(r.value for r in rows), max(r.value for r in rows))
            for name, rows in self.figures.items()
            if rows
        }
        return Names(facts, ranges, defines, benefits)

    def read_defines(self, names: Names) -> tuple[Define, ...]:
        """All named expressions."""
        found = []
        for row in self.rows.get("define", []):
            where = f"定义 {row.get('name', '?')}"
            self.keys("define", row, where)
            if not row.get("label"):
                self.wrong(where, "缺少中文名称（label）")
            if row.get("of") not in UNITS:
                self.wrong(where, f"of 应是 {'、'.join(UNITS)} 之一")
            if row.get("name") not in names.defines:
                continue
            of, text = names.defines[row["name"]]
            node = self.node(where, partial(names.define, row["name"]))
            if node is not None:
                found.append(Define(row["name"], row.get("label", ""), of, text, node))
        return tuple(found)

    def node(self, where: str, read: Callable[[], Node]) -> Node | None:
        """An expression, or None and a problem."""
        try:
            return read()
        except LanguageError as problem:
            text = str(problem)
        if not any(p.text == text for p in self.problems):  # one bad define is told once
            self.wrong(where, text)
        return None

    def sentences(self, kind: str, key: str, names: Names, make: Callable[..., Any]) -> list[Any]:
        """Conditions or amounts, in the order of the file."""
        found: list[Any] = []
        wanted = "yes_no" if kind == "condition" else "fen"
        for row in self.rows.get(kind, []):
            where = f"{'条件' if kind == 'condition' else '金额'} {row.get('code', '?')}"
            self.keys(kind, row, where)
            for name in ("code", "label", "en", key):
                if not row.get(name):
                    self.wrong(where, f"缺少 {name}")
            dates, text = self.dates(row, where), str(row.get(key, ""))
            body = (text, self.law(row, where), self.status(row, where))
            node = self.node(where, partial(self.typed, text, names, wanted))
            if node is not None:
                head = (str(row.get("code")), row.get("label", ""), row.get("en", ""))
                found.append(make(found, dates, head, body, node))
        closed: list[Any] = []
        for code in dict.fromkeys(s.code for s in found):
            rows = sorted((s for s in found if s.code == code), key=lambda s: s.since or date.min)
            closed += self.succession(code, rows)
        return closed

    def typed(self, text: str, names: Names, wanted: str) -> Node:
        """An expression of the type that its row wants."""
        node = language.parse(text, names, self.unit())
        language.expect(node, wanted, f"“{text}”")
        return node

    def condition(
        self, before: list[Any], dates: Dates, head: Head, body: Body, node: Node
    ) -> Condition:
        """A condition row; rows of one code share a bit."""
        codes = list(dict.fromkeys([*(c.code for c in before), head[0]]))
        (code, label, en), (text, law, status) = head, body
        return Condition(*dates, code, label, en, text, law, status, node, codes.index(code))

    def amount(
        self, _before: list[Any], dates: Dates, head: Head, body: Body, node: Node
    ) -> Amount:
        """An amount row."""
        (code, label, en), (text, law, status) = head, body
        return Amount(*dates, code, label, en, text, law, status, node)

    def read_examples(self) -> tuple[Example, ...]:
        """The chapter's examples, unread families in them."""
        found = []
        for row in self.example_rows.get("example", []):
            where = f"例 {row.get('title', '?')}"
            self.keys("example", row, where)
            try:
                month = days.read_month(str(row.get("month", "")))
            except ValueError as problem:
                self.wrong(where, str(problem))
                continue
            if not row.get("title") or not row.get("expects"):
                self.wrong(where, "例子要有题目（title）和应得的结果（expects）")
                continue
            found.append(Example(row["title"], month, row, row["expects"]))
        return tuple(found)


def _of_children(node: Node) -> bool:
    """A condition that says: not yet so many years old."""
    return isinstance(node, Age) and node.which == "under"


def read_value(text: str) -> tuple[str, int] | None:
    """'1060 元/人·月' -> ('fen', 106000); '70 岁' -> ('whole', 70); '150 %' -> ('whole', 150)."""
    number, _, unit = text.strip().partition(" ")
    unit = unit.strip()
    if unit.startswith("元"):
        try:
            return "fen", money.read(number)
        except money.NotMoney:
            return None
    return ("whole", int(number)) if unit and number.isdecimal() else None
