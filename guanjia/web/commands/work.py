"""`guanjia work`: durable jobs, until told to stop."""

from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.web.house import jobs, keeper


def main(words: list[str]) -> int:
    """Work off jobs; `--until-empty` ends when none is left."""
    wanted = options("work", word("运行后台任务（核算、发放、导入）。"))
    wanted.add_argument("--until-empty", action="store_true", help=word("做完队列里的任务就结束"))
    wanted.add_argument(
        "--threads", type=int, default=1, metavar="N", help=word("同时做几件（默认 1）")
    )
    asked = wanted.parse_args(words)
    keeper.on_a_leash()
    jobs.work(asked.until_empty, asked.threads)
    return 0
