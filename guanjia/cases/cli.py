"""`guanjia deadline`: when a promise ends, and why on that day."""

import os

from guanjia.cases import calendar, terms
from guanjia.cases.clock import due, why
from guanjia.policy import book as books
from guanjia.policy.options import options
from guanjia.policy.words import word


def deadline(words: list[str]) -> int:
    """Print the moment at which a period ends, and the days on the way to it."""
    wanted = options("deadline", word("一个期限到哪一刻为止，逐日说明为什么。"))
    wanted.add_argument("start", metavar=word("起算时间"), help="2020-09-29 16:20")
    wanted.add_argument("period", metavar=word("期限"), help=word("24小时、15日、5个工作日、1个月"))
    wanted.add_argument(
        "--closes", metavar="17:30", help=word("期限到下班时为止；不写就到当日24:00")
    )
    asked = wanted.parse_args(words)
    try:
        start, period = terms.read_moment(asked.start), terms.read_period(asked.period)
        closes = terms.read_hour(asked.closes) if asked.closes else None
    except ValueError as problem:
        wanted.error(str(problem))
    days = calendar.load(books.city_folder(os.environ))
    try:
        ends = due(start, period, days, closes)
    except calendar.BeyondCalendar as problem:
        wanted.error(word("{day} 超出日历的范围（1990年至2099年）。", day=problem.on))
    for step in why(start, period, days):
        print(terms.told_step(step, period))
    told = terms.told_deadline(ends)
    print(word("{period}，到 {deadline} 为止", period=terms.told_period(period), deadline=told))
    return 0
