"""`guanjia rates take`: count a month now. `guanjia rates check`: count every published figure again."""

from guanjia.concerns.rates import recount
from guanjia.concerns.rates import tasks as rate_tasks
from guanjia.concerns.tables.rates import RateSum
from guanjia.kit import clock, days, scope
from guanjia.kit.days import SHANGHAI
from guanjia.policy import words as told
from guanjia.policy.options import options
from guanjia.policy.words import word


def main(words: list[str]) -> int:
    """Take a month, or check every taking; 1 where a figure is not what its set comes to."""
    parser = options("rates", word("反馈率、满意率等：统计一个月，或把公布过的数逐个重算。"))
    parser.add_argument("verb", choices=["take", "check"], metavar="take | check")
    parser.add_argument("month", nargs="?", metavar=word("月份"), help="2020-01")
    asked = parser.parse_args(words)
    if asked.verb == "check":
        return _check()
    now = clock.now()
    try:
        today = now.astimezone(SHANGHAI).date()
        month = days.read_month(asked.month) if asked.month else days.add_months(today, -1)
    except ValueError:
        parser.error(told.not_a_month(asked.month))
    if month > today:
        parser.error(word("{month}还没有到。", month=told.month(month)))
    one = rate_tasks.take_at(month, now)
    with scope.hold(rate_tasks.eyes()):
        rounds, sums = one.rounds.count(), RateSum.objects.filter(taking=one).count()
    print(
        word(
            "{month}已统计：{rounds} 次办理，{sums} 个合计。",
            month=told.month(month),
            rounds=rounds,
            sums=sums,
        )
    )
    return 0


def _check() -> int:
    bad = figures = 0
    with scope.hold(rate_tasks.eyes()):
        for found in recount.recount():
            figures += found.sums
            name = f"{told.month(found.taking.month)} · {found.taking.as_of.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            if found.moved:
                print(word("{name}：{n} 次办理的期限后来改过。", name=name, n=found.moved))
            if not found.whole:
                bad += 1
                print(
                    word(
                        "{name}：对不上。合计 {sums} 个，行 {rows} 条，办理记录 {rounds} 次。",
                        name=name,
                        sums=len(found.wrong_sums),
                        rows=found.wrong_rows,
                        rounds=found.wrong_rounds,
                    )
                )
    if bad:
        return 1
    print(word("公布过的 {n} 个数都重算过，与存下的明细和办件记录一致。", n=figures))
    return 0
