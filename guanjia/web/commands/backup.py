"""`guanjia backup FILE`: database, files and keys in one file."""

from pathlib import Path

from guanjia.web import archive
from guanjia.web.commands.words import options
from guanjia.web.home import ensure, refuse_half_restored


def main(words: list[str]) -> int:
    """Write the backup; pages and jobs may go on meanwhile."""
    wanted = options("backup", "备份数据库、文件和密钥到一个文件。Back up into one file.")
    wanted.add_argument("file", type=Path, metavar="FILE")
    asked = wanted.parse_args(words)
    home = ensure()
    refuse_half_restored(home)
    size = archive.write(home, asked.file)
    print(
        f"已备份到 {asked.file}（{size / 1e6:.1f} MB）。内含密钥，请像保管现金一样保管。\n"
        "Backed up. The file holds the keys: keep it as you would keep cash."
    )
    return 0
