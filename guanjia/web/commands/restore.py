"""`guanjia restore FILE`: a backup in place of what is here."""

from pathlib import Path

from guanjia.web import archive
from guanjia.web.commands.words import options
from guanjia.web.home import ensure


def main(words: list[str]) -> int:
    """Restore; refused where data stand already, unless --replace."""
    wanted = options("restore", "从备份文件恢复。Restore from a backup.")
    wanted.add_argument("file", type=Path, metavar="FILE")
    wanted.add_argument("--replace", action="store_true", help="替换现有资料")
    asked = wanted.parse_args(words)
    archive.restore(ensure(), asked.file, asked.replace)
    print("已恢复。请运行 guanjia init 检查结构，再运行 guanjia serve。 Restored.")
    return 0
