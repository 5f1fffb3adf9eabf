"""`guanjia log check`: is the read log whole? `guanjia log seal`: seal what waits, now."""

from guanjia.kit import scope
from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.staff import read_chain, read_tasks


def main(words: list[str]) -> int:
    """Check the chain; 0 where it is whole, 1 with the first break."""
    parser = options("log", word("核对查阅日志：逐批重算，指出第一处断裂。"))
    parser.add_argument("verb", choices=["check", "seal"], metavar="check | seal")
    if parser.parse_args(words).verb == "seal":
        print(word("已封存 {n} 行。", n=read_tasks.seal_now()))
        return 0
    with scope.hold(read_tasks.EYES):
        found = read_chain.check(read_tasks.witnessed())
    if found.broken:
        print(word("查阅日志对不上：{why}", why=found.broken))
        print(
            word(
                "此前的 {n} 批核对无误。如果刚从备份恢复，这可能是恢复造成的。", n=found.batches - 1
            )
        )
        return 1
    print(
        word(
            "查阅日志完整：{batches} 批 {rows} 行，另有 {waiting} 行待封存。链尾 {head}",
            batches=found.batches,
            rows=found.rows,
            waiting=found.unsealed,
            head=found.head[:16],
        )
    )
    return 0
