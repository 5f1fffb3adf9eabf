"""Options of a command line, refused in words and never with a trace."""

import argparse
import sys
from typing import NoReturn

FIXED = {
    "the following arguments are required:": "缺少",
    "unrecognized arguments:": "不认识的选项",
    "expected one argument": "后面要有一个值",
    "invalid choice:": "没有这个选择：",
    "invalid int value:": "不是整数：",
    "choose from": "可选",
    "argument ": "选项 ",
}


class Options(argparse.ArgumentParser):
    """argparse whose refusals a clerk can read; exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how the command is written."""
        for english, chinese in FIXED.items():
            message = message.replace(english, chinese)
        print(
            f"{message}\n写法：{self.format_usage().removeprefix('usage: ').strip()}",
            file=sys.stderr,
        )
        sys.exit(2)


def options(command: str, says: str) -> Options:
    """Options of `guanjia <command>`."""
    return Options(prog=f"guanjia {command}", description=says, allow_abbrev=False)
