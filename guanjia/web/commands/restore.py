"""`guanjia restore FILE`: a backup in place of what is here."""

from pathlib import Path

from guanjia.policy.options import options
from guanjia.policy.words import listed, word
from guanjia.staff import read_witness
from guanjia.web.house import archive
from guanjia.web.house.home import ensure


def main(words: list[str]) -> int:
    """Restore; refused where data stand already, unless --replace."""
    wanted = options("restore", word("从备份文件恢复。"))
    wanted.add_argument("file", type=Path, metavar="FILE")
    wanted.add_argument("--replace", action="store_true", help=word("替换现有资料"))
    asked = wanted.parse_args(words)
    gone, aside = archive.restore(ensure(), asked.file, asked.replace)
    if gone:
        print(read_witness.told(gone))
    if aside:
        print(
            word(
                "备份里没有检索密钥 {names}，已停用。如当时因泄露而更换，请再运行 guanjia keys new index。",
                names=listed(f"index-{name}" for name in aside),
            )
        )
    print(word("已恢复。请运行 guanjia init 检查结构，再运行 guanjia serve。"))
    return 0
