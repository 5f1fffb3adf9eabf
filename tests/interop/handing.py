"""Handing a file in as an office does: written, checked, applied, taken back, in one process."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter

from guanjia.interop import import_tasks, imports, tables, undoing, uploads
from guanjia.interop.models import Import, ImportProblem, ImportSheet
from guanjia.interop.tables import Table
from guanjia.kit import clock, scope
from guanjia.staff.models import User
from tests import town

Rows = Mapping[Table, Sequence[str]]
HOMES = ["H1,441900119002,否"]
PEOPLE = [f"P1,张三,男,1978-05-04,居民身份证,{town.number(town.date(1978, 5, 4), 51)}"]
LIVES = ["H1,P1,2019-01-01,,本人"]
FAMILY: Rows = {tables.HOUSEHOLDS: HOMES, tables.PERSONS: PEOPLE, tables.MEMBERS: LIVES}


def text(table: Table, rows: Sequence[str], headers: str = "") -> str:
    """A table as CSV text."""
    return "\r\n".join([headers or ",".join(table.headers), *rows, ""])


def csv(folder: Path, table: Table, rows: Sequence[str], headers: str = "") -> Path:
    """A table as a CSV file."""
    file = folder / table.file
    file.write_text(text(table, rows, headers), encoding="utf-8")
    return file


def workbook(folder: Path, rows: Rows, name: str = "book.xlsx") -> Path:
    """Tables as one workbook, a sheet each, every cell a text."""
    file = folder / name
    with xlsxwriter.Workbook(str(file)) as book:
        for table, lines in rows.items():
            sheet = book.add_worksheet(table.title[:20])
            for row, line in enumerate([table.headers, *[line.split(",") for line in lines]]):
                for column, cell in enumerate(line):
                    sheet.write_string(row, column, cell)
    return file


@contextmanager
def at_desk(user: User) -> Iterator[None]:
    """A transaction with the eyes of a user's only post."""
    with scope.hold(town.eyes(user)):
        yield


def hand_in(file: Path, by: User, table: str = "") -> Import:
    """Ask for a file to be checked; the check is not yet done."""
    with at_desk(by):
        return imports.ask_import(uploads.keep_file(file), table, by.posts.get(), clock.now())


def check(file: Path, by: User, table: str = "") -> Import:
    """Hand a file in and check it."""
    found = hand_in(file, by, table)
    import_tasks.check_import(None, found.pk)
    return again(found, by)


def bring(file: Path, by: User, applied_by: User | None = None, table: str = "") -> Import:
    """Hand a file in, check it, let its good rows in."""
    found = check(file, by, table)
    assert found.state == "checked", found.trouble
    with at_desk(applied_by or by):
        imports.apply_import(found.pk, applied_by or by, applied_by is not None, clock.now())
    import_tasks.apply_import(None, found.pk)
    return again(found, by)


def undo(found: Import, by: User) -> Import:
    """Take an import back."""
    with at_desk(by):
        undoing.ask_undo(found.pk, by, town.CITY, clock.now())
    import_tasks.undo_import(None, found.pk)
    return again(found, by)


def again(found: Import, by: User) -> Import:
    """The import as it stands."""
    with at_desk(by):
        return imports.imports().get(pk=found.pk)


def counts(found: Import) -> dict[str, tuple[int, int, int, int]]:
    """Of each table: new, changed, unchanged, refused."""
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        return {
            s.table: (s.fresh, s.changed, s.same, s.refused)
            for s in ImportSheet.objects.filter(of=found).order_by("position")
        }


def problems(found: Import) -> list[tuple[int, str, str]]:
    """What is wrong: line, column, reason."""
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        rows = ImportProblem.objects.filter(of=found).order_by("position", "line", "pk")
        return [(p.line, p.column, p.text) for p in rows]


def troubles(found: Import) -> list[str]:
    """Why sheets were not read at all."""
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        return [s.trouble for s in ImportSheet.objects.filter(of=found) if s.trouble]
