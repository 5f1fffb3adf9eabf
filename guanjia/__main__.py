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

Command = Callable[[list[str]], int]


class Door(NamedTuple):
    """One command. `house`: it is called inside a running house (database up, Django ready)."""

    target: str
    house: bool
    says: str
    english: str


DOORS = {
    "policy check": Door(
        "guanjia.policy.cli:main", False, "检查政策簿能否装载，列出问题", "check the policy book"
    ),
    "policy show": Door(
        "guanjia.policy.cli:main", False, "显示一章：标准、条件、依据", "show one chapter"
    ),
    "policy explain": Door(
        "guanjia.policy.cli:main",
        False,
        "读一户的文件，逐句说明应得多少、为什么",
        "explain one family file, sentence by sentence",
    ),
    "policy replay": Door(
        "guanjia.entitlements.cli:replay",
        True,
        "用当时的条文和当时所知重算已作出的决定",
        "decide stored determinations again",
    ),
    "policy adopt": Door(
        "guanjia.entitlements.cli:adopt",
        True,
        "采用一个政策簿文件夹（须第二人批准）",
        "adopt a book; a second person approves",
    ),
    "run": Door(
        "guanjia.entitlements.cli:run", True, "核算一个月：guanjia run 2020-01", "run one month"
    ),
    "determine": Door(
        "guanjia.policy.table.cli:main",
        False,
        "从一张事实表核算全市，不用数据库",
        "decide a whole city from one Parquet file to another",
    ),
    "template": Door(
        "guanjia.interop.cli:template", False, "写出各表的 CSV 模板", "write the CSV templates"
    ),
    "load": Door(
        "guanjia.interop.cli:load", True, "从文件夹装入本市的 CSV 文件", "load a city's CSV files"
    ),
    "init": Door(
        "guanjia.web.commands.init:main",
        False,
        "建库、迁移、第一位管理员",
        "roles, migrations, first administrator",
    ),
    "account": Door(
        "guanjia.web.commands.account:main",
        True,
        "开账号、派岗位，打印一次性链接",
        "make an account with a post",
    ),
    "serve": Door(
        "guanjia.web.commands.serve:main", False, "启动网页和后台任务", "serve pages and jobs"
    ),
    "work": Door("guanjia.web.commands.work:main", True, "只运行后台任务", "run jobs only"),
    "backup": Door(
        "guanjia.web.commands.backup:main",
        False,
        "备份数据库、文件和密钥到一个文件",
        "back up into one file",
    ),
    "restore": Door(
        "guanjia.web.commands.restore:main", False, "从备份文件恢复", "restore from a backup"
    ),
    "demo": Door(
        "guanjia.web.commands.demo:main",
        False,
        "演示：合成一座城市，核算、发放、讲清楚",
        "the demonstration city",
    ),
}


def main(words: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 failed, 2 misunderstood, 130 stopped."""
    words = sys.argv[1:] if words is None else words
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
    """All commands, one a line, in Chinese and English."""
    width = max(map(len, DOORS))
    rows = [
        f"  guanjia {name:<{width}}  {d.says}\n{'':{width + 12}}{d.english}"
        for name, d in DOORS.items()
    ]
    return (
        "莞家 Guanjia\n\n"
        + "\n".join(rows)
        + "\n\n每条命令加 --help 看它的选项。Add --help to any of them."
    )


def unknown(words: list[str]) -> str:
    """What to say of words that are no command."""
    said = " ".join(words[:2])
    near = difflib.get_close_matches(said, DOORS, 1, 0.5) or difflib.get_close_matches(
        words[0], DOORS, 1, 0.5
    )
    hint = f"是不是想用 guanjia {near[0]}？ Did you mean it?\n" if near else ""
    return f"没有“guanjia {said}”这条命令。 No such command.\n{hint}用 guanjia --help 看全部命令。"


def _in_words(door: Door, words: list[str]) -> int:
    """Run it. What Guanjia itself raises is already in words; anything else is kept in a file."""
    try:
        return _call(door, words)
    except KeyboardInterrupt:
        print("\n已停止。 Stopped.", file=sys.stderr)
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
            start = importlib.import_module("guanjia.web.start")
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
        return f"连不上数据库：{reason}\n请确认数据库在运行、DATABASE_URL 正确。 Cannot reach the database."
    if isinstance(problem, FileNotFoundError | PermissionError | IsADirectoryError):
        return f"文件打不开：{problem.filename}（{problem.strerror}）。 That file cannot be opened."
    return None


def _unexpected(problem: BaseException) -> str:
    """Keep the trace for those who mend it; say where."""
    from guanjia.web import home

    folder = home.folder() if home.folder().is_dir() else Path.cwd()
    file = folder / f"error-{datetime.now():%Y%m%d-%H%M%S}.txt"
    try:
        file.write_text("".join(traceback.format_exception(problem)), encoding="utf-8")
    except OSError:
        traceback.print_exception(problem)
    return (
        f"程序出错了（{type(problem).__name__}: {problem}）。已写入的数据没有丢失。\n"
        f"详情在 {file}，请交给维护人员。 Something unexpected happened; the trace is in that file."
    )


if __name__ == "__main__":
    sys.exit(main())
