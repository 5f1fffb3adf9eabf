"""The files that a bank takes: CSV in GB18030 and XLSX, with header, lines and a total line.

Accounts are unsealed here and nowhere else. The same run gives the same bytes, so that a file
written twice is one file, and its hash proves it.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings

from guanjia.entitlements.deciding.ahead import Ahead, helpers_for
from guanjia.entitlements.models import Run
from guanjia.entitlements.records import NewBankFile
from guanjia.kit import bulk, scope
from guanjia.people import seal

HEADER = ("序号", "收款人", "收款账号", "金额（元）", "用途", "凭证号")
TOTAL = "合计"
ENCODING = "gb18030"
PAGE = 5000
WIDTHS = (8, 14, 24, 14, 36, 48)

LINES = """
SELECT e.id, e.key, e.benefit, e.month, a.cadence = 'year', p.name, a.payee, a.account_sealed,
  (SELECT sum(t.fen) FROM ledger_transfer t WHERE t.entry_id = e.id)::bigint
FROM ledger_entry e
JOIN entitlements_award a ON a.id = e.award_id
JOIN entitlements_determination d ON d.id = e.determination_id
LEFT JOIN people_person p ON p.id = d.person_id
WHERE e.run_id = %s::bigint AND e.kind IN ('payment', 'repayment') AND e.id > %s::bigint
  AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)
ORDER BY e.id LIMIT %s::bigint
"""
Paid = tuple[Any, ...]
"""Entry, key, benefit, month, whether yearly, person, payee, account, fen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One payment as the bank reads it; fen are whole."""

    payee: str
    account: str
    fen: int
    purpose: str
    key: str


def lines_of(
    run: int, titles: dict[str, str], ahead: Ahead[list[Paid]] | None = None
) -> Iterator[Line]:
    """The payments of a run in order of their entries, a page at a time; accounts in clear text."""
    ahead, last = ahead or Ahead(page_after), 0
    while page := ahead.take(run, last):
        last = page[-1][0]
        ahead.ask(run, last)
        for _entry, key, benefit, month, yearly, person, payee, account, fen in page:
            purpose = _purpose(titles.get(benefit) or benefit, yearly, month, person, payee)
            yield Line(payee, account, fen, purpose, key)


def page_after(run: int, last: int) -> list[Paid]:
    """The next payments of a run after the entry `last`, with their accounts unsealed."""
    rows = bulk.rows(LINES, [run, last, PAGE])
    return [(*row[:7], seal.unseal(row[7]), row[8]) for row in rows]


def _purpose(title: str, yearly: bool, month: date, person: str | None, payee: str) -> str:
    """What a line pays for; and for whom, where another receives it: a guardian, a fund."""
    whose = f" {person}" if person not in (None, payee) else ""
    return f"{title} {f'{month:%Y}年' if yearly else f'{month:%Y-%m}'}{whose}"


def write(run: Run, titles: dict[str, str], version: int = 1) -> list[NewBankFile]:
    """Write both files of a run; returns what they are called, hold, total and hash to.

    A later `version`, without what was stopped, has a name of its own.
    """
    month = run.month
    folder = folder_of(month)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"bank-{month:%Y-%m}-{run.place_id}-{run.pk}" + (f"-{version}" if version > 1 else "")
    sheet, table = folder / f"{name}.xlsx", folder / f"{name}.csv"
    drafts = sheet.with_suffix(".xlsx.new"), table.with_suffix(".csv.new")
    helpers = min(1, helpers_for(run.total))
    with Ahead(page_after, scope.current(), helpers) as ahead:
        count, fen = _write_both(lines_of(run.pk, titles, ahead), *drafts, month)
    for draft, file in zip(drafts, (sheet, table), strict=True):
        draft.replace(file)
    return [NewBankFile(file.name, sha256(file), count, fen) for file in (table, sheet)]


def folder_of(month: date) -> Path:
    """Where the files of a month stand."""
    files: Path = settings.GUANJIA_FILES
    return files / "bank" / f"{month:%Y-%m}"


def sha256(file: Path) -> str:
    """The hash of a file as it lies there now."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def yuan(fen: int) -> str:
    """'1180.00', as banks write it."""
    return f"{fen // 100}.{fen % 100:02d}"


def _write_both(lines: Iterator[Line], sheet: Path, table: Path, month: date) -> tuple[int, int]:
    count = fen = 0
    with table.open("w", encoding=ENCODING, newline="") as text:
        rows = csv.writer(text, lineterminator="\r\n")
        rows.writerow(HEADER)
        with _Workbook(sheet, month) as book:
            for line in lines:
                count, fen = count + 1, fen + line.fen
                rows.writerow(_cells(count, line))
                book.add(count, line)
            book.total(count, fen)
        rows.writerow((TOTAL, f"{count} 笔", "", yuan(fen), "", ""))
    return count, fen


def _cells(number: int, line: Line) -> tuple[object, ...]:
    return (number, safe(line.payee), line.account, yuan(line.fen), line.purpose, line.key)


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


class _Workbook:
    """The XLSX, written row by row in constant memory, without the moment it was written at."""

    def __init__(self, file: Path, month: date) -> None:
        self.book = xlsxwriter.Workbook(str(file), {"constant_memory": True, "in_memory": False})
        made = datetime(month.year, month.month, 1, tzinfo=UTC).replace(tzinfo=None)
        self.book.set_properties({"created": made, "title": f"{month:%Y-%m}"})
        self.bold = self.book.add_format({"bold": True})
        self.money = self.book.add_format({"num_format": "#,##0.00"})
        self.sheet = self.book.add_worksheet("发放明细")
        for column, width in enumerate(WIDTHS):
            self.sheet.set_column(column, column, width)
        self.sheet.freeze_panes(1, 0)
        self.sheet.write_row(0, 0, HEADER, self.bold)

    def __enter__(self) -> "_Workbook":
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()

    def add(self, number: int, line: Line) -> None:
        """One payment in row `number`. Yuan are exact: fen up to 2**53 divide into doubles."""
        sheet = self.sheet
        sheet.write_number(number, 0, number)
        sheet.write_string(number, 1, line.payee)
        sheet.write_string(number, 2, line.account)
        sheet.write_number(number, 3, line.fen / 100, self.money)
        sheet.write_string(number, 4, line.purpose)
        sheet.write_string(number, 5, line.key)

    def total(self, count: int, fen: int) -> None:
        """The last line."""
        self.sheet.write_string(count + 1, 0, TOTAL, self.bold)
        self.sheet.write_string(count + 1, 1, f"{count} 笔", self.bold)
        self.sheet.write_number(count + 1, 3, fen / 100, self.money)
