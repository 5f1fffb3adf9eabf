"""`guanjia backup FILE`: database, files and keys in one file."""

from pathlib import Path

from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.web.house import archive
from guanjia.web.house.home import ensure, refuse_half_restored


def main(words: list[str]) -> int:
    """Write the backup; pages and jobs may go on meanwhile."""
    wanted = options("backup", word("备份数据库、文件和密钥到一个文件。"))
    wanted.add_argument("file", type=Path, metavar="FILE")
    asked = wanted.parse_args(words)
    home = ensure()
    refuse_half_restored(home)
    size = archive.write(home, asked.file)
    print(
        word(
            "已备份到 {file}（{size} MB）。内含密钥，请像保管现金一样保管。",
            file=asked.file,
            size=f"{size / 1e6:.1f}",
        )
    )
    return 0
