"""The empty tables as one workbook: a sheet a table, choices to pick from, the leaflet at the end."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from guanjia.interop import cells, guide, tables
from guanjia.interop.tables import Local, Table
from guanjia.policy.book import Book

NAME = "导入模板.xlsx"
LEAFLET, CHOICES = "填写说明", "选项"
ASIDE = (LEAFLET, CHOICES)
"""Sheets that hold no rows."""
FILLED = 20_000
"""Rows down to which choices are offered."""
YES_NO = ("是", "否")
SAID = ((tables.PERSONS, "性别"), (tables.PERSONS, "证件类型"), (tables.FACILITIES, "类型"))
"""Columns whose choices their own words list."""


def write(file: Path | BytesIO, book: Book, here: Local) -> None:
    """Write the workbook. Every cell is text: long numbers keep their digits."""
    with xlsxwriter.Workbook(file if isinstance(file, BytesIO) else str(file)) as out:
        text = out.add_format({"num_format": "@"})
        head = out.add_format({"num_format": "@", "bold": True, "bg_color": "#E6F4F1", "bottom": 1})
        offered = dict(_choices(book))
        for table in tables.IMPORTED:
            sheet = out.add_worksheet(table.title)
            sheet.freeze_panes(1, 0)
            for column, declared in enumerate(table.columns):
                sheet.set_column(column, column, max(14, len(declared.header) * 2 + 4), text)
                sheet.write_string(0, column, declared.header, head)
                sheet.write_comment(0, column, declared.says)
            for column, cell in enumerate(next(tables.examples(table, here))):
                sheet.write_string(1, column, cell, text)
            _offer(sheet, table, list(offered))
        _leaflet(out.add_worksheet(LEAFLET), book)
        aside = out.add_worksheet(CHOICES)
        aside.hide()
        for column, (title, choices) in enumerate(offered.items()):
            for row, choice in enumerate((title, *choices)):
                aside.write_string(row, column, choice)
            letter = chr(ord("A") + column)
            cells_ = f"={CHOICES}!${letter}$2:${letter}${len(choices) + 1}"
            out.define_name(f"choices_{column}", cells_)


def _choices(book: Book) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Table and column to what may be picked there."""
    relation = book.facts.find("relation")
    yield f"{tables.HOUSEHOLDS.code}.集体户", YES_NO
    for table, header in SAID:
        says = next(column.says for column in table.columns if column.header == header)
        yield f"{table.code}.{header}", tuple(says.split("、"))
    yield f"{tables.MEMBERS.code}.与户主关系", tuple(relation.choices.values() if relation else ())
    for table, declared in (
        (tables.PERSON_FACTS, book.facts.person),
        (tables.HOUSEHOLD_FACTS, book.facts.household),
    ):
        yield f"{table.code}.情况", tuple(f.label for f in declared if cells.writable(f))
    yield f"{tables.AWARDS.code}.待遇", tuple(c.title for c in book.chapters if c.asked)


def _offer(sheet: Worksheet, table: Table, offered: list[str]) -> None:
    for column, declared in enumerate(table.columns):
        title = f"{table.code}.{declared.header}"
        if title in offered:
            wanted = {
                "validate": "list",
                "source": f"=choices_{offered.index(title)}",
                "error_title": declared.header,
                "error_message": declared.says[:255],
                "error_type": "warning",
            }
            sheet.data_validation(1, column, FILLED, column, wanted)


def _leaflet(sheet: Worksheet, book: Book) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 4, 36)
    for row, line in enumerate(guide.text(book).splitlines()):
        if line.startswith("|---"):
            continue
        parts = line.strip("|").split("|") if line.startswith("|") else [line.lstrip("# ")]
        for column, part in enumerate(parts):
            sheet.write_string(row, column, part.strip().replace("`", ""))
