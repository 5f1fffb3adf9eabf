"""The command line: finds the function behind the words, and says every failure in words."""

import difflib
import importlib
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from guanjia.policy.words import word
from guanjia.web.tongues import terminal

Command = Callable[[list[str]], int]


class Door(NamedTuple):
    """One command. `house`: it is called inside a running house (database up, Django ready)."""

    target: str
    house: bool


DOORS = {
    "policy check": Door("guanjia.policy.cli:main", False),
    "policy show": Door("guanjia.policy.cli:main", False),
    "policy explain": Door("guanjia.policy.cli:main", False),
    "policy replay": Door("guanjia.entitlements.runs.cli:replay", True),
    "policy adopt": Door("guanjia.entitlements.proposals.cli:adopt", True),
    "whatif": Door("guanjia.entitlements.what_if.cli:what_if", True),
    "run": Door("guanjia.entitlements.runs.cli:run", True),
    "bank return": Door("guanjia.interop.cli_bank:take_back", True),
    "bank sent": Door("guanjia.interop.cli_bank:sent", True),
    "determine": Door("guanjia.policy.table.cli:main", False),
    "concerns route": Door("guanjia.concerns.cli:route", True),
    "concerns train": Door("guanjia.concerns.cli:train", True),
    "concerns import": Door("guanjia.interop.tickets:main", True),
    "rates": Door("guanjia.concerns.rates.cli:main", True),
    "deadline": Door("guanjia.cases.cli:deadline", False),
    "template": Door("guanjia.interop.cli:template", False),
    "import": Door("guanjia.interop.import_cli:main", True),
    "load": Door("guanjia.interop.cli:load", True),
    "init": Door("guanjia.web.commands.init:main", False),
    "account": Door("guanjia.web.commands.account:main", True),
    "serve": Door("guanjia.web.commands.serve:main", False),
    "work": Door("guanjia.web.commands.work:main", True),
    "backup": Door("guanjia.web.commands.backup:main", False),
    "keys": Door("guanjia.web.commands.keys:main", True),
    "log": Door("guanjia.staff.read_cli:main", True),
    "restore": Door("guanjia.web.commands.restore:main", False),
    "demo": Door("guanjia.web.commands.demo:main", False),
}


def meanings() -> dict[str, str]:
    """What each command does, in the reader's language."""
    return {
        "policy check": word("检查政策簿能否装载，列出问题"),
        "policy show": word("显示一章：标准、条件、依据"),
        "policy explain": word("读一户的文件，逐句说明应得多少、为什么"),
        "policy replay": word("用当时的条文和当时所知重算已作出的决定"),
        "policy adopt": word("提请采用一个政策簿文件夹，由第二人采用或退回"),
        "whatif": word("试算：换一个标准，看谁增加、谁减少、花多少"),
        "run": word("核算一个月：guanjia run 2020-01"),
        "bank return": word("读入银行回盘文件：成功、失败、对不上"),
        "bank sent": word("登记银行文件已经交给银行"),
        "determine": word("从一张事实表核算全市，不用数据库"),
        "concerns route": word("派单表的毛病，用去年的诉求试派"),
        "concerns train": word("按办结的诉求重新学分类建议"),
        "concerns import": word("导入别的系统的工单，一个工单号只进来一次"),
        "rates": word("民生大莞家的各项率：统计一个月，逐个重算公布过的数"),
        "deadline": word("一个期限到哪一刻为止，逐日说明"),
        "template": word("写出各表的模板：CSV 和工作簿"),
        "import": word("导入本市的表格：先检查，好的行写入，不对的行退回"),
        "load": word("从文件夹装入本市的 CSV 文件"),
        "init": word("建库、迁移、第一位管理员"),
        "account": word("开账号、派岗位，打印一次性链接"),
        "serve": word("启动网页和后台任务"),
        "work": word("只运行后台任务"),
        "backup": word("备份数据库、文件和密钥到一个文件"),
        "keys": word("封存证件号、账号的密钥：查看、新增、换用、停用"),
        "log": word("核对查阅日志：guanjia log check"),
        "restore": word("从备份文件恢复"),
        "demo": word("演示：合成一座城市，核算、发放、讲清楚"),
    }


def main(words: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 failed, 2 misunderstood, 130 stopped."""
    words = sys.argv[1:] if words is None else words
    terminal.speak(os.environ)
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if words else 2
    if words[0] in ("-V", "--version"):
        from guanjia import __version__

        print(f"guanjia {__version__}")
        return 0
    found = find(words)
    if found is None:
        print(unknown(words), file=sys.stderr)
        return 2
    return _in_words(found[0], found[1])


def find(words: list[str]) -> tuple[Door, list[str]] | None:
    """The door, and the words that are for it: of two-word commands the second word too."""
    if " ".join(words[:2]) in DOORS:
        return DOORS[" ".join(words[:2])], words[1:]
    if words[0] in DOORS:
        return DOORS[words[0]], words[1:]
    return None


def usage() -> str:
    """All commands, one a line."""
    width = max(map(len, DOORS))
    rows = [f"  guanjia {name:<{width}}  {says}" for name, says in meanings().items()]
    more = word("每条命令加 --help 看它的选项。")
    return "\n".join(["Guanjia", "", *rows, "", more])


def unknown(words: list[str]) -> str:
    """What to say of words that are no command."""
    said = " ".join(words[:2])
    near = difflib.get_close_matches(said, DOORS, 1, 0.5) or difflib.get_close_matches(
        words[0], DOORS, 1, 0.5
    )
    lines = [word("没有“guanjia {said}”这条命令。", said=said)]
    if near:
        lines.append(word("是不是想用 guanjia {near}？", near=near[0]))
    return "\n".join([*lines, word("用 guanjia --help 看全部命令。")])


def _in_words(door: Door, words: list[str]) -> int:
    """Run it. What Guanjia itself raises is already in words; anything else is kept in a file."""
    try:
        return _call(door, words)
    except KeyboardInterrupt:
        print("\n" + word("已停止。"), file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except Exception as problem:
        print(f"{told(problem) or _unexpected(problem)}", file=sys.stderr)
        return 1


def _call(door: Door, words: list[str]) -> int:
    module, name = door.target.split(":")
    with ExitStack() as stack:
        if door.house:
            start = importlib.import_module("guanjia.web.house.start")
            asks_for_help = "-h" in words or "--help" in words
            stack.enter_context(start.no_house() if asks_for_help else start.house())
        command: Command = getattr(importlib.import_module(module), name)
        return command(words)


def told(problem: BaseException) -> str | None:
    """The text of an error that was written for its reader; None for a surprise."""
    if type(problem).__module__.startswith("guanjia."):
        return str(problem)
    if type(problem).__module__.startswith("psycopg.errors") or isinstance(problem, MemoryError):
        return None
    if type(problem).__name__ == "OperationalError":
        reason = str(problem).strip()
        return word(
            "连不上数据库：{reason}\n请确认数据库在运行、DATABASE_URL 正确。",
            reason=reason,
        )
    if isinstance(problem, FileNotFoundError | PermissionError | IsADirectoryError):
        return word(
            "文件打不开：{filename}（{strerror}）。",
            filename=problem.filename,
            strerror=problem.strerror,
        )
    return None


def _unexpected(problem: BaseException) -> str:
    """Keep the trace for those who mend it; say where."""
    from guanjia.web.house import home

    folder = home.folder() if home.folder().is_dir() else Path.cwd()
    file = folder / f"error-{datetime.now():%Y%m%d-%H%M%S}.txt"
    try:
        file.write_text("".join(traceback.format_exception(problem)), encoding="utf-8")
    except OSError:
        traceback.print_exception(problem)
    return word(
        "程序出错了（{name}: {problem}）。已写入的数据没有丢失。\n详情在 {file}，请交给维护人员。",
        name=type(problem).__name__,
        problem=problem,
        file=file,
    )


if __name__ == "__main__":
    sys.exit(main())
