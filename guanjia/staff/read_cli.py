"""`guanjia log check`: is the read log whole? `guanjia log seal`: seal what waits, now."""

from guanjia.kit import scope
from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.staff import read_chain, read_tasks, read_witness


def main(words: list[str]) -> int:
    """Check the chain; 0 where it is whole, 1 with the first break."""
    parser = options("log", word("核对查阅日志：逐批重算，指出第一处断裂。"))
    parser.add_argument("verb", choices=["check", "seal"], metavar="check | seal")
    if parser.parse_args(words).verb == "seal":
        print(word("已封存 {n} 行。", n=read_tasks.seal_now()))
        return 0
    with scope.hold(read_tasks.EYES):
        witness = read_tasks.witness()
        found = read_chain.check(witness.hashes)
    for one in witness.gone:
        print(read_witness.told(one))
    if found.broken:
        print(word("查阅日志对不上：{why}", why=found.broken))
        print(
            word(
                "核对无误的有 {n} 批。用 guanjia restore 恢复较早的备份时会写明缺了哪几批；"
                "不是这样恢复的，请查明是谁动了数据库。",
                n=found.sound,
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
