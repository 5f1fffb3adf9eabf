"""`guanjia keys`: which keys identifiers are sealed under; a new one, everything under it, an old one aside."""

import os
import sys

from django.conf import settings

from guanjia.people import seal
from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.web.house import resealing, schema


def main(words: list[str]) -> int:
    """Do one of list, new, rotate, retire."""
    wanted = options("keys", word("封存证件号、银行账号、电话的密钥。"))
    wanted.add_argument(
        "verb",
        choices=["list", "new", "rotate", "retire"],
        metavar="list | new | rotate | retire",
        help=word("查看；新增一把；全部换用最新的一把；停用旧的一把"),
    )
    wanted.add_argument("key", nargs="?", default="", metavar="k1", help=word("要停用的密钥"))
    asked = wanted.parse_args(words)
    if (asked.verb == "retire") != bool(asked.key):
        wanted.error(word("停用要写明是哪一把，例如 guanjia keys retire k1；其他都不用写。"))
    if asked.verb == "retire" and asked.key not in settings.GUANJIA_SEAL_KEYS:
        wanted.error(word("没有“{key}”这把密钥。", key=asked.key))
    if asked.verb == "retire":
        _retire(asked.key)
    else:
        {"list": _list, "new": _new, "rotate": _rotate}[asked.verb]()
    return 0


def _list() -> None:
    held = resealing.counts()
    for name in settings.GUANJIA_SEAL_KEYS:
        mark = word("（正在用）") if name == seal.newest() else ""
        print(word("{key}{mark}：封存 {count} 条", key=name, mark=mark, count=f"{held[name]:,}"))
    for name in sorted(set(held) - set(settings.GUANJIA_SEAL_KEYS)):
        print(
            word(
                "{key}：不在密钥目录里，有 {count} 条读不出来。请从备份恢复。",
                key=name,
                count=held[name],
            ),
            file=sys.stderr,
        )


def _new() -> None:
    name = settings.GUANJIA_SEAL_KEYS.add()
    print(word("已新增 {key}，今后都用它封存。旧的资料还在原来的密钥下：", key=name))
    print("  guanjia keys rotate")
    print(word("新密钥不在以前的备份里，请重新备份一次。"))


def _rotate() -> None:
    def told(table: str, done: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{table} {done:,}", end="", flush=True)

    with schema.as_owner(os.environ["DATABASE_OWNER_URL"]):
        count = resealing.rotate(told)
    print(
        word(
            "已把 {count} 条资料换到 {key}。停在半路的话，再运行一次就接着做。",
            count=f"{count:,}",
            key=seal.newest(),
        )
    )


def _retire(name: str) -> None:
    with schema.as_owner(os.environ["DATABASE_OWNER_URL"]):
        resealing.retire(name)
    print(
        word(
            "已停用 {key}：没有资料用它封存。文件改名为 retired-{key}，"
            "以前的备份要用它才读得出，请留着。",
            key=name,
        )
    )
