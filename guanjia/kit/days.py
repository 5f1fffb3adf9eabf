"""Days and months: first days, month numbers, completed years."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-01)?")


def first(year: int, month: int) -> date:
    """The first day of a month."""
    return date(year, month, 1)


def read_month(text: str) -> date:
    """'2020-01' -> 1 January 2020. Raises ValueError."""
    found = MONTH.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"“{text}”不是月份。请写成 2020-01。")
    return date(int(found[1]), int(found[2]), 1)


def number(on: date) -> int:
    """Months since year 0: neighbours differ by one, whatever the year."""
    return on.year * 12 + on.month - 1


def of_number(months: int) -> date:
    """The first day of the month with this number."""
    return date(months // 12, months % 12 + 1, 1)


def add_months(on: date, months: int) -> date:
    """The first day of the month `months` after that of `on`."""
    return of_number(number(on) + months)


def born_by(on: date, years: int) -> date:
    """The last birth date of those who have completed `years` years on `on`.

    A birthday of 29 February falls on 28 February in years that have none.
    """
    try:
        cut = on.replace(year=on.year - years)
    except ValueError:
        return date(on.year - years, 2, 28)
    next_day = cut + timedelta(days=1)
    leap_birthday = (cut.month, cut.day, next_day.day) == (2, 28, 29)
    return next_day if leap_birthday and (on + timedelta(days=1)).day == 1 else cut


def age(born_on: date, on: date) -> int:
    """Completed years on `on`."""
    years = on.year - born_on.year
    return years if born_on <= born_by(on, years) else years - 1
