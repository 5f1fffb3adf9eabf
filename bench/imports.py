"""A spreadsheet of 100,000 rows into a living house: checked, written, handed in again, taken back.

A house of its own, made and thrown away, with people in it already. Beside it, as the limit, the same
rows by a bare COPY into tables without keys, checks or row security.
"""

import csv
import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from bench.run import CITY, COMMUNITY, KNOWN, TODAY, analyse, households, own_house

ROWS = 100_000
STANDING = 20_000
"""Payments of the households that live in the house already: about 16,000 persons at full size."""
Tables = dict[str, list[list[str]]]


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    with own_house():
        desk = prepare(max(200, int(STANDING * scale)))
        tables = made_up(max(100, int(ROWS * scale)))
        rows = sum(map(len, tables.values()))
        copied = bare_copy(tables)
        figures, right = measure(desk, tables, rows)
    bounds: dict[str, float] = {"seconds": 60}
    return report.end("imports", {"rows": rows, "copy_s": copied, **figures}, bounds, scale, right)


def prepare(payments: int) -> Any:
    """People who live here already, and a desk that imports; returns the desk's post."""
    from django.conf import settings

    from guanjia.kit import scope
    from guanjia.people import actions as people
    from guanjia.staff.models import Post, User
    from guanjia.staff.roles import CITY_CLERK

    settings.GUANJIA_DEMO_DAY = TODAY
    user = User.objects.create_user("zhou", full_name="周")
    post = Post.objects.create(user=user, role=CITY_CLERK, place_id=CITY, since=TODAY)
    with scope.hold(scope.job("bench", CITY, TODAY)):
        people.ensure_source("bench", "合成数据", synthetic=True)
        people.register(list(households(payments)), "bench", KNOWN)
    analyse()
    return post


def made_up(rows: int) -> Tables:
    """Households of two with their facts, as the tables of a workbook: `rows` rows in all."""
    from guanjia.people.documents import check_digit

    homes: list[list[str]] = []
    people: list[list[str]] = []
    lives: list[list[str]] = []
    for n in range(max(1, rows * 3 // 20)):
        homes.append([f"I-{n}", COMMUNITY, "否"])
        for role, k in (("本人", 2 * n), ("配偶", 2 * n + 1)):
            first = f"{350000 + k // 1000:06d}19750101{k % 1000:03d}"
            number = first + check_digit(first)
            name = f"{'王李张刘陈'[k % 5]}{'秀建国丽伟'[k % 5]}{'英华平强芳'[k // 5 % 5]}"
            people.append([f"Q{k}", name, "男", "1975-01-01", "居民身份证", number])
            lives.append([f"I-{n}", f"Q{k}", "2019-01-01", "", role])
    left = rows - len(homes) - len(people) - len(lives)
    facts = [
        [
            f"Q{k % len(people)}",
            "工资性收入",
            f"单位{k // len(people)}",
            "1999.00",
            "2019-06-01",
            "",
        ]
        for k in range(left)
    ]
    return {"households": homes, "persons": people, "members": lives, "person_facts": facts}


def workbook(file: Path, tables: Tables) -> None:
    """The tables as an office would hand them in."""
    import xlsxwriter

    from guanjia.interop.tables import IMPORTED

    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        for table in IMPORTED:
            if table.code in tables:
                sheet = book.add_worksheet(table.title)
                for row, cells in enumerate([table.headers, *tables[table.code]]):
                    for column, cell in enumerate(cells):
                        sheet.write_string(row, column, cell)


def bare_copy(tables: Tables) -> float:
    """Seconds of the same rows by COPY into bare tables, with PostgreSQL on the same machine."""
    import psycopg

    began = 0.0
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as bare:
        for name, rows in tables.items():
            columns = ", ".join(f"c{n} text" for n in range(len(rows[0])))
            bare.execute(f"CREATE TABLE bare_{name} ({columns})".encode())
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            started = time.perf_counter()
            with bare.cursor().copy(f"COPY bare_{name} FROM STDIN (FORMAT csv)".encode()) as copy:
                copy.write(text.getvalue())
            began += time.perf_counter() - started
        bare.rollback()
    return began


def measure(post: Any, tables: Tables, rows: int) -> tuple[dict[str, float], bool]:
    """Seconds of each step, and whether every row did what it should."""
    from django.conf import settings

    from guanjia.interop import import_tasks, imports, undoing, uploads
    from guanjia.kit import clock, scope
    from guanjia.staff import gate

    file = settings.GUANJIA_HOME / "handed-in.xlsx"
    workbook(file, tables)
    figures: dict[str, float] = {}
    eyes = gate.scope_of(post)
    report.forget_peak()

    def handed_in() -> Any:
        with scope.hold(eyes):
            return imports.ask_import(uploads.keep_file(file), "", post, clock.now())

    first = handed_in()
    with timed(figures, "check_s"):
        import_tasks.check_import(None, first.pk)
    with timed(figures, "apply_s"):
        with scope.hold(eyes):
            imports.apply_import(first.pk, post.user, False, clock.now())
        import_tasks.apply_import(None, first.pk)
    figures["seconds"] = figures["check_s"] + figures["apply_s"]
    figures["worked_s"] = figures.pop("cpu_s")
    analyse()
    second = handed_in()
    with timed(figures, "same_again_s"):
        import_tasks.check_import(None, second.pk)
    with timed(figures, "undo_s"):
        with scope.hold(eyes):
            undoing.ask_undo(first.pk, post.user, CITY, clock.now())
        import_tasks.undo_import(None, first.pk)
    del figures["cpu_s"]
    figures["peak_mb"] = report.peak_mb()
    return figures, _right(eyes, first, second, rows)


def _right(eyes: Any, first: Any, second: Any, rows: int) -> bool:
    """Whether every row did what it should: written once, the same again, taken back."""
    from guanjia.kit import scope

    with scope.hold(eyes):
        found = [sum(getattr(s, c) for s in first.sheets.all()) for c in ("fresh", "refused")]
        same = sum(s.same for s in second.sheets.all())
        first.refresh_from_db()
    return found == [rows, 0] and same == rows and first.state == "undone"


@contextmanager
def timed(figures: dict[str, float], name: str) -> Iterator[None]:
    """Wall seconds of what stands inside, under this name; what two processors worked, beside it.

    On a machine that does other work too, the second says more than the first.
    """
    began, worked = time.perf_counter(), processor_seconds()
    yield
    figures[name] = time.perf_counter() - began
    figures["cpu_s"] = figures.get("cpu_s", 0) + processor_seconds() - worked


def processor_seconds() -> float:
    """What this program and its database connection have worked so far."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    words = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    ticks = int(words[11]) + int(words[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
