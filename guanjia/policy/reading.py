"""From the text of a chapter to a Chapter: every row checked, every problem named with its place."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import groupby, pairwise
from typing import Any, cast

from guanjia.kit import days
from guanjia.policy import language
from guanjia.policy.chapter import (
    MOST_CONDITIONS,
    STATUSES,
    Amount,
    Chapter,
    Condition,
    Define,
    Example,
    FigureRow,
    Status,
)
from guanjia.policy.facts import Facts
from guanjia.policy.language import Names
from guanjia.policy.nodes import Age, Node, Unit
from guanjia.policy.problem import Problem
from guanjia.policy.rows import (
    CADENCES,
    KEYS,
    NOTICES,
    PLACES,
    STARTS,
    TABLES,
    UNITS,
    none_of,
    read_value,
)
from guanjia.policy.terms import FUNCTIONS, LanguageError, nearest
from guanjia.policy.words import brackets, not_a_month, word

Dates = tuple[date | None, date | None]
Head = tuple[str, str, str]  # code, label, en
Body = tuple[str, str, Status]  # text, law, status


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
            self.problems.append(
                Problem(file, "", word("TOML 写法不对：{problem}", problem=problem))
            )
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
                self.wrong(
                    where,
                    word("不认识的项 {key}{near}", key=key, near=nearest(key, known)),
                )

    def law(self, row: Mapping[str, Any], where: str) -> str:
        """Every row has a law."""
        if not str(row.get("law", "")).strip():
            self.wrong(where, word("没有写依据（law）。每个数字、句子和金额都要写明出处"))
        return str(row.get("law", ""))

    def status(self, row: Mapping[str, Any], where: str) -> Status:
        """How sure the row is; a chapter's status where it has none of its own."""
        status = row.get("status", self.rows.get("status"))
        if status not in STATUSES:
            self.wrong(where, none_of("status", STATUSES, status))
        return cast(Status, status)

    def dates(self, row: Mapping[str, Any], where: str) -> Dates:
        """since and until, the second after the first."""
        since, until = row.get("since"), row.get("until")
        for name, day in (("since", since), ("until", until)):
            if day is not None and type(day) is not date:
                self.wrong(where, word("{name} 应是日期，例如 2020-01-01", name=name))
                return None, None
        if since is not None and until is not None and until <= since:
            self.wrong(
                where, word("until（{until}）须晚于 since（{since}）", until=until, since=since)
            )
        return since, until

    def one_of(self, name: str, allowed: tuple[str, ...]) -> Any:
        """A head value out of a few."""
        value = self.rows.get(name)
        if value not in allowed:
            self.wrong("", none_of(name, allowed, value))
        return value

    def head(self) -> None:
        """What every chapter must say of itself."""
        if not (self.code.isidentifier() and self.code.isascii()):
            said = word("章节文件夹的名字（{code}）只能用英文字母、数字和下划线", code=self.code)
            self.wrong("", said)
        for name in ("title", "en", "summary"):
            if not self.rows.get(name):
                self.wrong("", word("缺少 {name}", name=name))
        if not isinstance(self.rows.get("asked"), bool):
            self.wrong("", word("asked 应是 true（须申请批准）或 false"))

    def texts(self, name: str, says: str) -> tuple[str, ...]:
        """A list of words that may be missing; `says` tells what a right one looks like."""
        rows = self.rows.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(r, str) and r.strip() for r in rows):
            self.wrong("", word("{name} 应是{says}", name=name, says=says))
            return ()
        return tuple(rows)

    def words(self, name: str, says: str) -> str:
        """A text that may be missing; `says` tells what it is for."""
        text = self.rows.get(name, "")
        if not isinstance(text, str):
            self.wrong("", word("{name} 应是一句话：{says}", name=name, says=says))
            return ""
        return text

    def read_figures(self) -> dict[str, tuple[FigureRow, ...]]:
        """All figures, each in order of place and time, without gap or overlap."""
        found: dict[str, tuple[FigureRow, ...]] = {}
        for name, rows in self.rows.get("figure", {}).items():
            label = next((r["label"] for r in rows if r.get("label")), "")
            if not label:
                self.wrong(word("数字 {name}", name=name), word("第一行要写中文名称（label）"))
            read = [r for r in (self.figure(name, label, row) for row in rows) if r is not None]
            read.sort(key=lambda r: (r.where, r.since or date.min))
            found[name] = tuple(
                row
                for where, mine in groupby(read, key=lambda r: r.where)
                for row in self.succession(
                    word("数字 {name}{place}", name=name, place=where and brackets(where)),
                    list(mine),
                )
            )
            if len({row.unit for row in read}) > 1:
                self.wrong(word("数字 {name}", name=name), word("各行的单位不一样"))
        return found

    def figure(self, name: str, label: str, row: Mapping[str, Any]) -> FigureRow | None:
        """One row of a figure."""
        where = word("数字 {name}（{since}）", name=name, since=row.get("since", "?"))
        self.keys("figure", row, where)
        since, until = self.dates(row, where)
        if since is None:
            self.wrong(where, word("数字要写从哪天起（since）"))
        value = read_value(str(row.get("value", "")))
        if value is None:
            self.wrong(
                where,
                word(
                    "读不懂 {value}；请写成“1060 元/人·月”“70 岁”“6 个月”这样",
                    value=repr(row.get("value")),
                ),
            )
        place = str(row.get("where", ""))
        if place and not (place.isdecimal() and place.startswith(self.city)):
            self.wrong(where, word("where 应是本市（{city}）的区划代码", city=self.city))
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
                self.wrong(
                    where,
                    word(
                        "两行同时生效（{since} 与 {later}）",
                        since=earlier.since,
                        later=later.since,
                    ),
                )
            elif earlier.until is not None and earlier.until > later.since:
                self.wrong(
                    where,
                    word(
                        "两行重叠：前一行到 {until}，后一行从 {since} 起",
                        until=earlier.until,
                        since=later.since,
                    ),
                )
            elif earlier.until is not None and earlier.until < later.since:
                self.wrong(
                    where,
                    word(
                        "中间有空档：{until} 至 {since} 没有规定",
                        until=earlier.until,
                        since=later.since,
                    ),
                )
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
            self.wrong("", word("条件最多 {most} 条", most=MOST_CONDITIONS))
        if not rows.get("condition"):
            self.wrong("", word("一章至少要有一条条件"))
        if any(_of_children(c.node) for c in conditions) and rows.get("notice") != "none":
            self.wrong("", word('孩子的待遇不公示：notice 须是 "none"'))
        return Chapter(
            code=self.code,
            title=rows.get("title", ""),
            en=rows.get("en", ""),
            summary=rows.get("summary", ""),
            unit=self.one_of("unit", UNITS) or unit,
            cadence=self.one_of("cadence", CADENCES),
            asked=rows.get("asked", True),
            follows=self.texts("follows", word('一列章节代码，例如 ["tekun", "dibao"]')),
            paid_to=self.words("paid_to", word("钱付给谁，例如 社会保险基金")),
            starts=self.one_of("starts", STARTS),
            day=self.one_of("day", ("first of month",)),
            place=self.one_of("place", PLACES),
            notice=self.one_of("notice", NOTICES),
            law=self.law(rows, ""),
            status=self.status(rows, ""),
            bring=self.texts("bring", word('一列材料，例如 ["身份证", "户口簿"]')),
            apply=self.words("apply", word("到哪里申请")),
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
        taken = {*facts.names(), *benefits, *FUNCTIONS, "held"}
        for name in self.figures:
            if name in taken:
                self.wrong(
                    word("数字 {name}", name=name),
                    word("{name} 这个名字已另有所指，请换一个", name=name),
                )
        taken |= set(self.figures)
        for row in self.rows.get("define", []):
            name = str(row.get("name", ""))
            if name in taken or name in defines or not name.isidentifier():
                self.wrong(
                    word("定义 {name}", name=name),
                    word("{name} 已另有所指，或不能作名字，请换一个", name=repr(name)),
                )
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
            where = word("定义 {name}", name=row.get("name", "?"))
            self.keys("define", row, where)
            if not row.get("label"):
                self.wrong(where, word("缺少中文名称（label）"))
            if row.get("of") not in UNITS:
                self.wrong(where, none_of("of", UNITS, row.get("of")))
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
        said = (
            word("条件 {code}", code="{code}")
            if kind == "condition"
            else word("金额 {code}", code="{code}")
        )
        for row in self.rows.get(kind, []):
            where = said.format(code=row.get("code", "?"))
            self.keys(kind, row, where)
            for name in ("code", "label", "en", key):
                if not row.get(name):
                    self.wrong(where, word("缺少 {name}", name=name))
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
        language.expect(node, wanted, word("“{text}”", text=text))
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
            where = word("例 {title}", title=row.get("title", "?"))
            self.keys("example", row, where)
            try:
                month = days.read_month(str(row.get("month", "")))
            except ValueError:
                self.wrong(where, not_a_month(row.get("month", "")))
                continue
            if not row.get("title") or not row.get("expects"):
                self.wrong(where, word("例子要有题目（title）和应得的结果（expects）"))
                continue
            found.append(Example(row["title"], month, row, row["expects"]))
        return tuple(found)


def _of_children(node: Node) -> bool:
    """A condition that says: not yet so many years old."""
    return isinstance(node, Age) and node.which == "under"
