"""`guanjia import FILE`, `guanjia import undo N`: a bureau's own spreadsheets, from a terminal."""

import argparse
import sys
from pathlib import Path

from guanjia.entitlements.runs.cli import Far, desk_of, work_off
from guanjia.interop import bad_rows, imports, tables, undoing, uploads
from guanjia.interop.errors import ImportRefused
from guanjia.interop.import_tasks import city_of
from guanjia.interop.models import AT_WORK, Import, ImportState
from guanjia.kit import clock, scope
from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.staff import gate
from guanjia.staff.models import Post
from guanjia.staff.roles import May

MOST_SHOWN = 20


def main(words: list[str]) -> int:
    """`import FILE [--table T] [--dry-run] --as NAME`, `import undo N`; the exit status.

    0: everything is in; 1: something was refused or came back.
    """
    if words[:1] == ["undo"]:
        return _undo(words[1:])
    asked = _parser().parse_args(words)
    desk = desk_of(asked.name, May.IMPORT)
    kept = uploads.keep_file(asked.file)
    with scope.hold(gate.scope_of(desk)):
        found = imports.ask_import(kept, asked.table, desk, clock.now())
    _work_off(desk, found)
    if found.state == ImportState.CHECKED and not asked.dry_run:
        _apply(desk, found, asked.approved_by)
    _print(desk, found)
    if found.state == ImportState.CHECKED and asked.dry_run:
        with scope.hold(gate.scope_of(desk)):
            imports.cancel_import(found.pk, desk.user, clock.now())
        print(word("只检查，没有写入。"))
    with scope.hold(gate.scope_of(desk)):
        came_back = found.sheets.filter(refused__gt=0).exists() or found.sheets.exclude(trouble="")
        return int(found.state == ImportState.FAILED or bool(came_back))


def _parser() -> argparse.ArgumentParser:
    parser = options("import", word("导入一个表格文件：先检查，好的行写入，不对的行退回。"))
    parser.add_argument("file", type=Path, metavar=word("文件"), help=word("XLSX 或 CSV"))
    codes = [table.code for table in tables.IMPORTED]
    parser.add_argument(
        "--table", choices=codes, default="", help=word("是哪张表（默认按列名自动认）")
    )
    parser.add_argument("--dry-run", action="store_true", help=word("只检查，不写入"))
    parser.add_argument("--as", dest="name", default="", metavar=word("账号"), help=word("经办人"))
    parser.add_argument(
        *("--approved-by",),
        default="",
        metavar=word("账号"),
        help=word("文件里有待遇时，由谁审批写入：须是另一个人"),
    )
    return parser


def _undo(words: list[str]) -> int:
    parser = options(
        "import undo", word("撤销一次导入：整个撤回；有别的记录压在上面的、派过岗位的不能撤。")
    )
    parser.add_argument("number", type=int, metavar=word("编号"))
    parser.add_argument("--as", dest="name", default="", metavar=word("账号"), help=word("经办人"))
    asked = parser.parse_args(words)
    desk = desk_of(asked.name, May.IMPORT)
    with scope.hold(gate.scope_of(desk)):
        found = imports.imports().filter(pk=asked.number).first()
        if found is None:
            raise ImportRefused(word("没有编号为 {number} 的导入。", number=asked.number))
        undoing.ask_undo(found.pk, desk.user, city_of(), clock.now())
    _work_off(desk, found)
    print(found.trouble or str(found.get_state_display()))
    return int(found.state != ImportState.UNDONE)


def _apply(desk: Post, found: Import, approver: str) -> None:
    writer = desk_of(approver, May.APPROVE_RUN) if approver else desk
    with scope.hold(gate.scope_of(desk)):
        fresh = found.sheets.exclude(fresh=0, changed=0).exists()
        if not fresh:
            return
        imports.apply_import(found.pk, writer.user, bool(approver), clock.now())
    _work_off(desk, found)


def _work_off(desk: Post, found: Import) -> None:
    def far() -> Far:
        with scope.hold(gate.scope_of(desk)):
            found.refresh_from_db()
        title = f"{found.name} {found.get_state_display()}"
        return Far(title, found.done, found.total or None, found.state in AT_WORK)

    work_off(far)


def _print(desk: Post, found: Import) -> None:
    """What became of it, a table a line, and the first reasons."""
    print(word("导入 {number}：{state}", number=found.pk, state=found.get_state_display()))
    if found.trouble:
        print(found.trouble, file=sys.stderr)
    titles = {table.code: table.title for table in tables.IMPORTED}
    with scope.hold(gate.scope_of(desk)):
        for sheet in found.sheets.order_by("position"):
            title = titles.get(sheet.table, sheet.title)
            if sheet.trouble:
                print(
                    word("{title}：没有读。{why}", title=title, why=sheet.trouble), file=sys.stderr
                )
            elif sheet.rows:
                print(_counted(title, sheet.fresh, sheet.changed, sheet.same, sheet.refused))
        for problem in found.problems.order_by("position", "line", "pk")[:MOST_SHOWN]:
            where = word("第 {line} 行", line=problem.line)
            print(f"  {where} · {problem.column} · {problem.text}", file=sys.stderr)
    returned = bad_rows.find(found.pk, bad_rows.WORKBOOK)
    if returned is not None:
        print(word("退回的行和原因：{file}", file=returned))


def _counted(title: str, fresh: int, changed: int, same: int, refused: int) -> str:
    return word(
        "{title}：新的 {fresh}，更正 {changed}，没有变化 {same}，退回 {refused}",
        title=title,
        fresh=f"{fresh:,}",
        changed=f"{changed:,}",
        same=f"{same:,}",
        refused=f"{refused:,}",
    )
