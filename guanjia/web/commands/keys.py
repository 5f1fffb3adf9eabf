"""`guanjia keys`: under which keys identifiers are sealed and looked up; a new one, all under it, an old one aside."""

import os
import sys

from django.conf import settings

from guanjia.kit import clock
from guanjia.people import seal
from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.web.house import reindexing, resealing, schema

INDEX = "index"


def main(words: list[str]) -> int:
    """Do one of list, new, rotate, retire."""
    wanted = options("keys", word("封存证件号、银行账号、电话的密钥，和按号码查找用的检索密钥。"))
    wanted.add_argument(
        "verb",
        choices=["list", "new", "rotate", "retire"],
        metavar="list | new | rotate | retire",
        help=word("查看；新增一把；全部换用最新的一把；停用旧的一把"),
    )
    wanted.add_argument(
        *("key",),
        nargs="?",
        default="",
        metavar="k1 | index-k1 | index",
        help=word("要停用的密钥；新增检索密钥写 index"),
    )
    asked = wanted.parse_args(words)
    new_index = (asked.verb, asked.key) == ("new", INDEX)
    if (asked.verb == "retire") != bool(asked.key) and not new_index:
        wanted.error(
            word(
                "停用要写明是哪一把，例如 guanjia keys retire k1；"
                "新增检索密钥写 guanjia keys new index；其他都不用写。"
            )
        )
    if asked.verb == "retire" and asked.key not in _named():
        wanted.error(word("没有“{key}”这把密钥。", key=asked.key))
    if asked.verb == "retire":
        _retire(asked.key)
    elif new_index:
        _new_index()
    else:
        {"list": _list, "new": _new, "rotate": _rotate}[asked.verb]()
    return 0


def _named() -> list[str]:
    """Every key that is held, as it is named here."""
    return [
        *settings.GUANJIA_SEAL_KEYS,
        *(reindexing.KIND + name for name in settings.GUANJIA_INDEX_KEYS),
    ]


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
    _list_index()


def _list_index() -> None:
    found = reindexing.counts()
    for name in settings.GUANJIA_INDEX_KEYS:
        mark = word("（正在用）") if name == seal.index_keys()[0] else ""
        count = f"{found[name]:,}"
        key = reindexing.KIND + name
        print(word("{key}{mark}：检索 {count} 条", key=key, mark=mark, count=count))
    for name in sorted(set(found) - set(settings.GUANJIA_INDEX_KEYS)):
        print(
            word(
                "{key}：不在密钥目录里，有 {count} 条按号码查不到。请从备份恢复。",
                key=reindexing.KIND + name,
                count=found[name],
            ),
            file=sys.stderr,
        )


def _new_index() -> None:
    with schema.as_owner(os.environ["DATABASE_OWNER_URL"]):
        name = reindexing.KIND + reindexing.begin()
    print(
        word(
            "已新增 {key}，今后都用它检索；做完之前，新旧两把都查。旧的还在原来的密钥下：", key=name
        )
    )
    print("  guanjia keys rotate")
    print(word("居民“我的诉求”的登录要重新验证一次。新密钥不在以前的备份里，请重新备份一次。"))


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
        moved = reindexing.rotate(told)
    print(
        word(
            "已把 {count} 条资料换到 {key}。停在半路的话，再运行一次就接着做。",
            count=f"{count:,}",
            key=seal.newest(),
        )
    )
    if len(settings.GUANJIA_INDEX_KEYS) > 1:
        keys = [reindexing.KIND + name for name in seal.index_keys()]
        print(
            word("已把 {count} 条检索换到 {key}。可以停用旧的：", count=f"{moved:,}", key=keys[0])
        )
        print(f"  guanjia keys retire {keys[-1]}")


def _retire(name: str) -> None:
    if name.startswith(reindexing.KIND):
        _retire_index(name)
        return
    with schema.as_owner(os.environ["DATABASE_OWNER_URL"]):
        resealing.retire(name)
    print(
        word(
            "已停用 {key}：没有资料用它封存。文件改名为 retired-{key}，"
            "以前的备份要用它才读得出，请留着。",
            key=name,
        )
    )


def _retire_index(name: str) -> None:
    with schema.as_owner(os.environ["DATABASE_OWNER_URL"]):
        reindexing.retire(name.removeprefix(reindexing.KIND), clock.now())
    print(
        word(
            "已停用 {key}：没有资料用它检索。文件改名为 retired-{key}，"
            "恢复以前的备份会把它带回来。",
            key=name,
        )
    )
