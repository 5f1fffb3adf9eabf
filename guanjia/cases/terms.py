"""Periods and deadlines in words: read as they are typed, told as an office tells them."""

import re
from datetime import datetime, time

from guanjia.cases.clock import Days, Deadline, Hours, Months, NoPeriod, Period, Step, WorkingDays
from guanjia.kit.days import SHANGHAI
from guanjia.policy.words import brackets, word

PERIOD = re.compile(r"\s*([0-9]{1,4})\s*(.+?)\s*")
MOMENT = re.compile(r"\s*([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?:[ T]([0-9]{1,2}:[0-9]{2}))?\s*")
UNITS: dict[str, type[Period]] = {
    **dict.fromkeys(("小时", "h", "hour", "hours"), Hours),
    **dict.fromkeys(("日", "天", "d", "day", "days"), Days),
    **dict.fromkeys(("工作日", "个工作日", "wd", "working day", "working days"), WorkingDays),
    **dict.fromkeys(("月", "个月", "m", "month", "months"), Months),
}


def read_period(text: str) -> Period:
    """`5个工作日`, `24小时`, `15日`, `1个月`, or the same in English. Raises NoPeriod."""
    found = PERIOD.fullmatch(text)
    unit = UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None or not int(found[1]):
        raise NoPeriod(
            word("“{text}”不是期限。请写成 24小时、15日、5个工作日 或 1个月。", text=text)
        )
    return unit(int(found[1]))


def read_moment(text: str) -> datetime:
    """`2020-09-29 16:20`, or a day alone for its first minute, in Shanghai. Raises ValueError."""
    found = MOMENT.fullmatch(text)
    try:
        if found:
            year, month, day = map(int, found[1].split("-"))
            hour, minute = map(int, (found[2] or "0:00").split(":"))
            return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)
    except ValueError:
        pass
    raise ValueError(word("“{text}”不是时间。请写成 2020-09-29 16:20。", text=text))


def read_hour(text: str) -> time:
    """`17:30`. Raises ValueError."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(word("“{text}”不是钟点。请写成 17:30。", text=text)) from None


def told_period(period: Period) -> str:
    """`5 个工作日`."""
    if isinstance(period, Hours):
        return word("{count} 小时", count=period.count)
    if isinstance(period, Days):
        return word("{count} 日", count=period.count)
    if isinstance(period, WorkingDays):
        return word("{count} 个工作日", count=period.count)
    return word("{count} 个月", count=period.count)


def told_deadline(deadline: Deadline) -> str:
    """`2020-10-13 24:00`: midnight is told as the end of the day that it ends."""
    at = deadline.at.astimezone(SHANGHAI)
    hour = "24:00" if at.time() == time() and at.date() > deadline.day else f"{at:%H:%M}"
    mark = brackets(word("暂定：那一年的放假安排还没有公布")) if deadline.provisional else ""
    return f"{deadline.day} {hour}{mark}"


def told_step(step: Step, period: Period) -> str:
    """One day of the count: `2020-10-01 星期四  国庆节，放假，不计`."""
    return f"{step.day} {_weekday(step.day.weekday())}  {_what(step, period)}"


def _what(step: Step, period: Period) -> str:
    if step.what == "begins":
        return word("起算日") if isinstance(period, Hours) else word("起算当日不计入")
    if step.what == "counted":
        counted = word("第 {number} 日", number=step.number)
        return counted + (brackets(step.name) if step.name else "")
    if step.what == "holiday":
        return word("{name}，放假，不计", name=step.name)
    if step.what == "weekend":
        return word("周末，不计")
    return word("到期日") + (brackets(step.name) if step.name else "")


def _weekday(number: int) -> str:
    return (
        *(word("星期一"), word("星期二"), word("星期三"), word("星期四")),
        *(word("星期五"), word("星期六"), word("星期日")),
    )[number]
