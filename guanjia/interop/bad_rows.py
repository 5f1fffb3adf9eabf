"""The rows that were refused, as a file to mend and hand in again: same columns, reasons, marked cells."""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from guanjia.interop import uploads
from guanjia.interop.intake.matching import REASON, Matched
from guanjia.interop.models import Import, ImportProblem
from guanjia.staff.lists import harmless

WORKBOOK = "bad-rows.xlsx"
Reasons = dict[int, dict[str, str]]
"""Line to its bad columns with the reasons."""


def sheet_file(position: int) -> str:
    """The CSV of one sheet."""
    return f"bad-rows-{position}.csv"


def find(number: int, name: str) -> Path | None:
    """The file with refused rows, where there is one."""
    file = uploads.folder_of(number) / name
    return file if file.exists() else None


def write(found: Import, sheets: Sequence[Matched]) -> int:
    """Write what was refused, as a workbook and as a CSV a sheet; returns how many rows."""
    reasons: dict[int, Reasons] = defaultdict(dict)
    rows = ImportProblem.objects.filter(of=found).order_by("position", "line", "pk")
    for position, line, column, text in rows.values_list("position", "line", "column", "text"):
        said = reasons[position].setdefault(line, {})
        said[column] = _("；").join(filter(None, (said.get(column), text)))
    folder = uploads.folder_of(found.pk)
    for old in folder.glob("bad-rows*"):
        old.unlink()
    if not reasons:
        return 0
    _workbook(folder / WORKBOOK, sheets, reasons)
    for position, lines in reasons.items():
        _csv(folder / sheet_file(position), sheets[position], lines)
    return sum(map(len, reasons.values()))


def _rows(matched: Matched, reasons: Reasons) -> Iterator[tuple[list[str], set[int], str]]:
    """Each refused row as it was handed in, the positions of its bad cells, and why in words."""
    width = len(matched.sheet.headers)
    for line, raw in matched.sheet.lines:
        if line in reasons:
            said = reasons[line]
            bad = {matched.columns[column] for column in said if column in matched.columns}
            why = _("；").join(
                _("%(column)s：%(text)s") % {"column": c, "text": t} for c, t in said.items()
            )
            yield [*raw[:width], *[""] * (width - len(raw))], bad, why


def _headers(matched: Matched) -> list[str]:
    """The columns as they were, and one for the reasons; that of an earlier return is used again."""
    return [header for header in matched.sheet.headers if header != REASON] + [REASON]


def _cells(matched: Matched, raw: list[str]) -> list[tuple[int, str]]:
    heads = matched.sheet.headers
    return [(n, cell) for n, cell in enumerate(raw) if heads[n] != REASON]


def _csv(file: Path, matched: Matched, reasons: Reasons) -> None:
    with _private(file).open("w", encoding="utf-8-sig", newline="") as text:
        out = csv.writer(text)
        out.writerow(map(harmless, _headers(matched)))
        for raw, _bad, why in _rows(matched, reasons):
            out.writerow([harmless(cell) for _n, cell in _cells(matched, raw)] + [harmless(why)])


def _workbook(file: Path, sheets: Sequence[Matched], reasons: dict[int, Reasons]) -> None:
    with xlsxwriter.Workbook(str(_private(file)), {"constant_memory": True}) as book:
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
        marked = book.add_format({"num_format": "@", "bg_color": "#FDE2E2", "border": 1})
        for position, lines in sorted(reasons.items()):
            matched = sheets[position]
            sheet = book.add_worksheet(_title(matched, position))
            sheet.freeze_panes(1, 0)
            headers = _headers(matched)
            sheet.set_column(0, len(headers) - 2, 20, text)
            sheet.set_column(len(headers) - 1, len(headers) - 1, 60, text)
            for column, header in enumerate(headers):
                sheet.write_string(0, column, header, head)
            for row, (raw, bad, why) in enumerate(_rows(matched, lines), 1):
                for column, (place, cell) in enumerate(_cells(matched, raw)):
                    sheet.write_string(row, column, cell, marked if place in bad else text)
                sheet.write_string(row, len(headers) - 1, why, text)


def _title(matched: Matched, position: int) -> str:
    """A title that spreadsheets accept, and that no other sheet has."""
    plain = "".join(sign for sign in matched.sheet.title if sign not in "[]:*?/\\'")[:25]
    return plain if plain and position == 0 else f"{plain}-{position + 1}"


def _private(file: Path) -> Path:
    """An empty file that this account alone reads."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return file
