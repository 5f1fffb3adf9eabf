"""Lines of a table: decoding, headers, and problems named by file, line and column."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext as _

from guanjia.interop import cells, tables
from guanjia.interop.cells import BadCell
from guanjia.interop.tables import Table
from guanjia.policy.facts import Fact

T = TypeVar("T")
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: where, and what a right value looks like."""

    file: str
    line: int
    column: str
    text: str

    def __str__(self) -> str:
        where = _("第 %(line)d 行") % {"line": self.line} if self.line else ""
        return " · ".join(part for part in (self.file, where, self.column, self.text) if part)


class BadFolder(ValueError):
    """The folder cannot be loaded; nothing was written. `problems` names everything found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        shown = [str(problem) for problem in problems[:MOST_SHOWN]]
        rest = len(problems) - len(shown)
        more = [_("……另有 %(rest)d 处。") % {"rest": rest}] if rest else []
        super().__init__("\n".join([*shown, *more]))


@dataclass(slots=True)
class Row:
    """One line of a table; cells that cannot be read are added to the problems."""

    table: Table
    line: int
    cells: dict[str, str]
    problems: list[Problem]

    def wrong(self, column: str, text: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(self.table.file, self.line, column, text))

    def text(self, column: str) -> str:
        """The cell's text; an empty one that must be filled is a problem."""
        found = self.cells[column]
        declared = next(c for c in self.table.columns if c.header == column)
        if not found and not declared.optional:
            self.wrong(column, _("不能空着：%(says)s。") % {"says": declared.says})
        return found

    def read(self, column: str, reader: Callable[[str], T]) -> T | None:
        """The cell read by `reader`; None where it is empty or cannot be read."""
        text = self.text(column)
        if not text:
            return None
        try:
            return reader(text)
        except BadCell as problem:
            self.wrong(column, str(problem))
            return None

    def period(self) -> tuple[date | None, date | None]:
        """The half-open period of the columns 起 and 止."""
        since, until = self.read("起", cells.day), self.read("止", cells.day)
        if since and until and until <= since:
            self.wrong("止", _("应晚于“起”：是不再适用的第一天。"))
        return since, until

    def whole_months(self, fact: Fact, since: date, until: date | None) -> None:
        """What is told by month begins and ends on a first day."""
        if fact.by_month and (since.day != 1 or (until and until.day != 1)):
            self.wrong("起", _("“%(name)s”按月填写，起止都应是某月1日。") % {"name": fact.label})

    def overlaps(self, column: str, line: int, because: str) -> None:
        """The row's time begins before that of another line has ended."""
        text = _("与第 %(line)d 行的时间重叠：%(because)s。")
        self.wrong(column, text % {"line": line, "because": because})


def one_household() -> str:
    """Why stays of a person do not overlap."""
    return _("一个人同时只能在一户")


def one_value() -> str:
    """Why periods of a fact do not overlap."""
    return _("同一情况同一时间只能有一个值")


def rows(folder: Path, table: Table, problems: list[Problem]) -> Iterator[Row]:
    """The lines of one file, comments and empty ones left out; what hinders is added to problems."""
    file = folder / table.file
    if not file.exists():
        if not table.optional:
            text = _("没有这个文件。guanjia template 会写出空表。")
            problems.append(Problem(table.file, 0, "", text))
        return
    try:
        yield from _lines(decoded(file.read_bytes()), table, problems)
    except UnicodeDecodeError:
        text = _("读不出文字：应是 CSV 文件，编码 UTF-8 或 GB18030。表格文件请另存为 CSV。")
        problems.append(Problem(table.file, 0, "", text))
    except csv.Error as problem:
        text = _("不是完整的 CSV 文件：%(problem)s。") % {"problem": problem}
        problems.append(Problem(table.file, 0, "", text))


def _lines(text: str, table: Table, problems: list[Problem]) -> Iterator[Row]:
    lines = csv.reader(StringIO(text, newline=""), strict=True)
    headers = [header.strip() for header in next(lines, [])]
    wanted = [column.header for column in table.columns if not column.later]
    missing = [header for header in wanted if header not in headers]
    if missing:
        says = _("第一行缺少列：%(columns)s。") % {"columns": "、".join(missing)}
        problems.append(Problem(table.file, 1, "", says))
        return
    for line in lines:
        if any(line) and not line[0].lstrip().startswith(tables.COMMENT):
            padded = [*line, *[""] * (len(headers) - len(line))]
            named = {h: cell.strip() for h, cell in zip(headers, padded, strict=False)}
            yield Row(table, lines.line_num, named, problems)


def decoded(raw: bytes) -> str:
    """UTF-8, with or without its mark, else GB18030. Raises UnicodeDecodeError."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")
