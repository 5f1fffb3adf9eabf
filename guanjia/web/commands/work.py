"""`guanjia work`: durable jobs, until told to stop."""

from guanjia.web import jobs, keeper
from guanjia.web.commands.words import options


def main(words: list[str]) -> int:
    """Work off jobs; `--until-empty` ends when none is left."""
    wanted = options("work", "运行后台任务（核算、发放、导入）。Run durable jobs.")
    wanted.add_argument("--until-empty", action="store_true", help="做完队列里的任务就结束")
    wanted.add_argument("--threads", type=int, default=1, metavar="N", help="同时做几件（默认 1）")
    asked = wanted.parse_args(words)
    keeper.on_a_leash()
    jobs.work(asked.until_empty, asked.threads)
    return 0
