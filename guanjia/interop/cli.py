"""`guanjia template` and `guanjia load`: a city's own files, out empty and in full."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guanjia.interop import guide, tables, workbook
from guanjia.policy import book as books
from guanjia.policy.options import options
from guanjia.policy.words import word

if TYPE_CHECKING:
    from guanjia.staff.models import User

LEAFLET = "填写说明.md"


def template(words: list[str]) -> int:
    """Write the empty tables, each with one example row: as CSV, as a workbook, with the leaflet."""
    asked = options("template", word("写出各表的 CSV 模板、一个工作簿和填写说明。"))
    asked.add_argument("folder", type=Path, metavar=word("文件夹"))
    folder: Path = asked.parse_args(words).folder
    city = books.city_folder(os.environ)
    book = books.load(city)
    try:
        files = [table.file for table in tables.IMPORTED]
        tables.refuse_overwriting(folder, [*files, LEAFLET, workbook.NAME])
    except tables.FolderInUse as problem:
        print(problem, file=sys.stderr)
        return 1
    here = tables.local(city)
    for table in tables.IMPORTED:
        tables.write(folder, table, tables.examples(table, here))
    workbook.write(folder / workbook.NAME, book, here)
    (folder / LEAFLET).write_text(guide.text(book), encoding="utf-8")
    print(
        word(
            "已写出 {count} 张表（CSV，另有一个工作簿《{workbook}》）和《{leaflet}》：{folder}",
            count=len(tables.IMPORTED),
            workbook=workbook.NAME,
            leaflet=LEAFLET,
            folder=folder,
        )
    )
    return 0


def load(words: list[str]) -> int:
    """Load a folder of filled tables, inside a running house. Everything or nothing."""
    wanted = options("load", word("装入本市的 CSV 文件。有一处不对就全部不装。"))
    wanted.add_argument("folder", type=Path, metavar=word("文件夹"))
    wanted.add_argument(
        "--prepared-by", metavar=word("账号"), help=word("经办人：已批准待遇由谁录入")
    )
    wanted.add_argument("--approved-by", metavar=word("账号"), help=word("审批人：须是另一个人"))
    asked = wanted.parse_args(words)
    from guanjia.kit import clock

    try:
        print(_load(asked.folder, asked.prepared_by, asked.approved_by, clock.now()))
    except (ValueError, RuntimeError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _load(folder: Path, prepared_by: str | None, approved_by: str | None, at: datetime) -> str:
    from django.conf import settings

    from guanjia.entitlements import books as stored
    from guanjia.interop.load import load_folder

    if not folder.is_dir():
        raise RuntimeError(word("没有这个文件夹：{folder}", folder=folder))
    book = stored.newest() or books.load(settings.GUANJIA_CITY)
    office = (_user(prepared_by), _user(approved_by)) if prepared_by and approved_by else None
    done = load_folder(book, folder, at, office, _progress(word("装入人员")))
    return "\n" + word(
        "已装入 {households} 户、{persons} 人、{awards} 项待遇。",
        households=done.households,
        persons=done.persons,
        awards=done.awards,
    )


def _user(name: str) -> "User":
    from guanjia.staff.models import User

    found = User.objects.filter(username=name).first()
    if found is None:
        raise RuntimeError(word("没有“{name}”这个账号。用 guanjia account 先开账号。", name=name))
    return found


def _progress(label: str) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{label} {done:,} / {total:,}", end="", flush=True)

    return told
