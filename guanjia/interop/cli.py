"""`guanjia template` and `guanjia load`: a city's own files, out empty and in full."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guanjia.interop import guide, tables
from guanjia.policy import book as books

if TYPE_CHECKING:
    from guanjia.staff.models import User

LEAFLET = "填写说明.md"


def template(words: list[str]) -> int:
    """Write the empty tables, each with one example row, and the leaflet beside them."""
    asked = _options("template", "写出各表的 CSV 模板和填写说明。")
    asked.add_argument("folder", type=Path, metavar="文件夹")
    folder: Path = asked.parse_args(words).folder
    book = books.load(books.city_folder(os.environ))
    try:
        tables.refuse_overwriting(folder, [*(table.file for table in tables.ALL), LEAFLET])
    except tables.FolderInUse as problem:
        print(problem, file=sys.stderr)
        return 1
    for table in tables.ALL:
        tables.write(folder, table, tables.examples(table))
    (folder / LEAFLET).write_text(guide.text(book), encoding="utf-8")
    print(f"已写出 {len(tables.ALL)} 张表和《{LEAFLET}》：{folder}")
    return 0


def load(words: list[str]) -> int:
    """Load a folder of filled tables, inside a running house. Everything or nothing."""
    wanted = _options("load", "装入本市的 CSV 文件。有一处不对就全部不装。")
    wanted.add_argument("folder", type=Path, metavar="文件夹")
    wanted.add_argument("--prepared-by", metavar="账号", help="经办人：已批准待遇由谁录入")
    wanted.add_argument("--approved-by", metavar="账号", help="审批人：须是另一个人")
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
        raise RuntimeError(f"没有这个文件夹：{folder}")
    book = stored.newest() or books.load(settings.GUANJIA_CITY)
    office = (_user(prepared_by), _user(approved_by)) if prepared_by and approved_by else None
    done = load_folder(book, folder, at, office, _progress("装入人员"))
    return f"\n已装入 {done.households} 户、{done.persons} 人、{done.awards} 项待遇。"


def _user(name: str) -> "User":
    from guanjia.staff.models import User

    found = User.objects.filter(username=name).first()
    if found is None:
        raise RuntimeError(f"没有“{name}”这个账号。用 guanjia account 先开账号。")
    return found


def _progress(label: str) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{label} {done:,} / {total:,}", end="", flush=True)

    return told


def _options(command: str, says: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"guanjia {command}", description=says, allow_abbrev=False)
