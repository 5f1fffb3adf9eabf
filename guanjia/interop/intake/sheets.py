"""A file as it was handed in, read into sheets of text: CSV in any usual encoding, or XLSX.

What the file is, its content says and not its name. A workbook is looked at before it is parsed:
how large it is when unpacked, how wide and long its sheets are, which cells are formulas.
"""

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from guanjia.interop.lines import decoded as utf8_or_gb18030

MOST_BYTES = 64 << 20
MOST_UNPACKED = 512 << 20
MOST_PARTS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 60
MEGABYTE = 1 << 20
PLAIN = str.maketrans(
    {
        chr(n): chr(n - 0xFEE0)
        for a, z in ("０９", "ＡＺ", "ａｚ")
        for n in range(ord(a), ord(z) + 1)
    }
    | dict.fromkeys("\ufeff\u200b\u200c\u200d\u2060", "")
    | dict.fromkeys("\u3000\u00a0", " ")
)
"""Full-width digits and letters, and blanks that nobody sees."""
DANGEROUS = ("=", "+", "-", "@")
OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"Rar!", "packed"),
    (b"7z\xbc\xaf", "packed"),
)
# A cell with content beyond column CV, or below the last row that is read.
FAR = re.compile(
    rb'<c r="(?:(?:[A-Z]{3}|[D-Z][A-Z])[0-9]+|[A-Z]{1,2}(?:[3-9][0-9]{5}|[0-9]{7,}))"[^>/]*>'
)
FORMULA = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*><f[^>]*>([^<]*)</f>')
OVERLAP = 4_096
PART = re.compile(r'<sheet\b[^>]*\bname="([^"]*)"[^>]*\br:id="([^"]*)"')
TARGET = re.compile(r"<Relationship\b[^>]*>")
ATTRIBUTE = re.compile(r'\b(Id|Target)="([^"]*)"')


class BadFile(ValueError):
    """A file that is not read at all; the text says why, and what to do."""


@dataclass(slots=True)
class Sheet:
    """One sheet: its title, its first line, and the lines after it with their numbers."""

    title: str
    headers: list[str]
    lines: list[tuple[int, list[str]]] = field(default_factory=list)


def read(file: Path) -> list[Sheet]:
    """All sheets of a file that hold anything. Raises BadFile."""
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise BadFile(too_large(size))
    if size == 0:
        raise BadFile(_("文件是空的。请确认表格已经保存，再交一次。"))
    with file.open("rb") as opened:
        first = opened.read(8)
    sheets = _workbook(file) if first.startswith(b"PK\x03\x04") else [_text(file, first)]
    found = [sheet for sheet in sheets if sheet is not None and any(sheet.headers)]
    if not found:
        raise BadFile(_("文件里没有一行内容。请用 guanjia template 写出的表填写。"))
    return found


def too_large(size: int) -> str:
    """What to say of a file that is larger than is read."""
    return _("文件有 %(size)d MB，最多收 %(most)d MB。请按镇街或按年份分成几个文件。") % {
        "size": -(-size // MEGABYTE),
        "most": MOST_BYTES // MEGABYTE,
    }


def decoded(raw: bytes) -> str:
    """Text of UTF-8, UTF-16 (either end first) or GB18030, with a mark or without.

    Raises UnicodeDecodeError.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    noughts = raw[:4_000:2].count(0), raw[1:4_000:2].count(0)
    if any(noughts):  # no other encoding writes one: commas and digits of UTF-16 have one each
        return raw.decode("utf-16-be" if noughts[0] > noughts[1] else "utf-16-le")
    return utf8_or_gb18030(raw)


def written(cell: Any) -> str:
    """A cell as text: what a person sees in it, and never more than that."""
    if isinstance(cell, str):
        text = cell.translate(PLAIN).strip()
        return text[1:] if text[:1] == "'" and text[1:2] in DANGEROUS else text
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if abs(cell) >= 1e15:
            return f"{cell:.5E}"  # the digits beyond were lost when the cell was typed
        return str(int(cell)) if cell == int(cell) else format(cell, ".12g")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, time | timedelta) else ""


def _text(file: Path, first: bytes) -> Sheet:
    kind = next((kind for begins, kind in OTHER_KINDS if first.startswith(begins)), "")
    if kind == "old":
        raise BadFile(_("这是旧格式（.xls）或加了密码的表格。请另存为 .xlsx（不设密码）或 CSV。"))
    try:
        text = "" if kind else decoded(file.read_bytes())
    except UnicodeDecodeError:
        text = ""
    if not text or "\0" in text:
        raise BadFile(
            _("读不出文字：应是 .xlsx 工作簿，或编码为 UTF-8、UTF-16、GB18030 的 CSV 文件。")
        )
    head = text[: text.find("\n")] if "\n" in text else text
    lines = csv.reader(
        StringIO(text, newline=""), delimiter="\t" if "\t" in head else ",", strict=True
    )
    sheet = Sheet(file.stem[:60], [])
    try:
        for line in lines:
            _add(sheet, lines.line_num, [written(cell) for cell in line])
    except csv.Error as problem:
        raise BadFile(
            _("第 %(line)d 行读不下去，文件可能还没有写完：%(problem)s。请保存完再交一次。")
            % {"line": lines.line_num, "problem": problem}
        ) from None
    return sheet


def _workbook(file: Path) -> Iterator[Sheet]:
    formulas = _looked_over(file)
    try:
        book = CalamineWorkbook.from_path(str(file))
        for title in book.sheet_names:
            sheet = Sheet(title[:60], [])
            mine = formulas.get(title, {})
            for row, cells in enumerate(
                book.get_sheet_by_name(title).to_python(skip_empty_area=False)
            ):
                line = [written(cell) for cell in cells]
                for column, formula in mine.get(row, ()):
                    line[column] = formula
                _add(sheet, row + 1, line)
            yield sheet
    except (CalamineError, ValueError) as problem:
        if isinstance(problem, BadFile):
            raise
        raise BadFile(_broken()) from None


def _add(sheet: Sheet, number: int, line: list[str]) -> None:
    while line and not line[-1]:
        line.pop()
    if len(line) > MOST_COLUMNS:
        raise BadFile(
            _("“%(title)s”第 %(line)d 行有 %(count)d 列，最多 %(most)d 列。请只留下要导入的列。")
            % {"title": sheet.title, "line": number, "count": len(line), "most": MOST_COLUMNS}
        )
    if not sheet.headers:
        sheet.headers = line
    elif line:
        if len(sheet.lines) >= MOST_ROWS:
            raise BadFile(_too_long(sheet.title))
        sheet.lines.append((number, line))


def _too_long(title: str) -> str:
    return _("“%(title)s”超过 %(most)d 行。请分成几个文件。") % {
        "title": title,
        "most": MOST_ROWS,
    }


def _broken() -> str:
    return _("工作簿不完整，文件可能还没有写完或传完。请关闭表格软件、重新保存，再交一次。")


Formulas = dict[int, list[tuple[int, str]]]
"""Row to the columns that are formulas, with their text; counted from nought."""


def _looked_over(file: Path) -> dict[str, Formulas]:
    """Sheet title to its formulas, once the workbook is known to be no larger than is read."""
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
                raise BadFile(_unpacks_too_large())
            if "xl/workbook.xml" not in packed.namelist():
                raise BadFile(_("这个压缩包不是 .xlsx 工作簿。请把表格另存为 .xlsx 或 CSV。"))
            found: dict[str, Formulas] = {}
            unpacked = 0
            for part in parts:
                formulas: Formulas = {}
                unpacked += _unpacked(packed, part, formulas)
                if unpacked > MOST_UNPACKED:
                    raise BadFile(_unpacks_too_large())
                if formulas:
                    found[part.filename] = formulas
            titles = _titles(packed) if found else {}
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError):
        raise BadFile(_broken()) from None
    return {titles[name]: formulas for name, formulas in found.items() if name in titles}


def _unpacks_too_large() -> str:
    return _(
        "工作簿解开后太大（超过 %(most)d MB），没有打开。请只留下要导入的表，分成几个文件。"
    ) % {"most": MOST_UNPACKED // MEGABYTE}


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, formulas: Formulas) -> int:
    """How many bytes a part really is; of a sheet also how far it reaches and its formulas."""
    is_sheet, size, before = part.filename.startswith("xl/worksheets/"), 0, b""
    with packed.open(part) as opened:
        while chunk := opened.read(MEGABYTE):
            size += len(chunk)
            if size > MOST_UNPACKED:
                raise BadFile(_unpacks_too_large())
            if is_sheet:
                text = before + chunk
                if FAR.search(text):
                    raise BadFile(_too_far())
                for column, row, formula in FORMULA.findall(text):
                    place = _column(column.decode()), "=" + unescape(formula.decode())
                    listed = formulas.setdefault(int(row) - 1, [])
                    if place not in listed:
                        listed.append(place)
                before = text[-OVERLAP:]
    return size


def _too_far() -> str:
    return _(
        "工作簿里有表的内容伸到第 100 列以外，或第 %(most)d 行以下。请只留下要导入的行和列。"
    ) % {"most": MOST_ROWS}


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _titles(packed: zipfile.ZipFile) -> dict[str, str]:
    """File of a sheet to its title."""
    book = packed.read("xl/workbook.xml").decode("utf-8", "replace")
    links = packed.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for link in TARGET.findall(links):
        named = dict(ATTRIBUTE.findall(link))
        target = named.get("Target", "").removeprefix("/xl/").removeprefix("/")
        targets[named.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"
    return {targets[key]: unescape(title) for title, key in PART.findall(book) if key in targets}
