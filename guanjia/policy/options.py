"""Options of a command line: said in the reader's language, refused in words and never with a trace."""

import argparse
import sys
from datetime import date
from typing import Any, NoReturn

from guanjia.kit import days
from guanjia.policy.words import not_a_month, word


class _Lines(argparse.HelpFormatter):
    """How the command is written comes first, in our words."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Begin with our word for it."""
        super().add_usage(usage, actions, groups, word("写法：") if prefix is None else prefix)


class Options(argparse.ArgumentParser):
    """argparse whose refusals a clerk can read; exit status 2."""

    def __init__(self, **how: Any) -> None:
        super().__init__(allow_abbrev=False, add_help=False, formatter_class=_Lines, **how)
        self._positionals.title, self._optionals.title = word("要写的"), word("可选的")
        self.add_argument("-h", "--help", action="help", help=word("显示这份说明"))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how the command is written."""
        for part, ours in _refusals().items():
            message = message.replace(part, ours)
        print(f"{message}\n{self.format_usage().strip()}", file=sys.stderr)
        sys.exit(2)


def _refusals() -> dict[str, str]:
    """What argparse says, and what we say."""
    return {
        "the following arguments are required:": word("缺少"),
        "unrecognized arguments:": word("不认识的选项"),
        "expected one argument": word("后面要有一个值"),
        "invalid choice:": word("没有这个选择："),
        "invalid int value:": word("不是整数："),
        "choose from": word("可选"),
        "argument ": word("选项 "),
    }


def month_of(text: str) -> date:
    """A month as it is typed, for argparse."""
    try:
        return days.read_month(text)
    except ValueError:
        raise argparse.ArgumentTypeError(not_a_month(text)) from None


def options(command: str, says: str) -> Options:
    """Options of `guanjia <command>`."""
    return Options(prog=f"guanjia {command}", description=says)
