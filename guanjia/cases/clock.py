"""When a promise ends: hours, calendar days, working days and months are four different things.

Civil Code articles 201 to 203: the day on which a period begins is not counted; a period in days
or months that ends on a day without work ends with the next working day; it ends at 24:00, or at
the office's closing hour where the promise says so. Hours run through, by night and on holidays.
"""

import calendar as gregorian
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from guanjia.cases.calendar import DAY, Calendar
from guanjia.kit.days import SHANGHAI

MOMENT = timedelta(microseconds=1)  # 24:00 belongs to the day that it ends


@dataclass(frozen=True, slots=True)
class Hours:
    """Whole hours that run through."""

    count: int


@dataclass(frozen=True, slots=True)
class Days:
    """Calendar days."""

    count: int


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Days on which offices work, made-up weekends among them."""

    count: int


@dataclass(frozen=True, slots=True)
class Months:
    """Calendar months: to the day of the same number, or to the month's last day."""

    count: int


Period = Hours | Days | WorkingDays | Months


class NoPeriod(ValueError):
    """A period of less than one unit, or a moment that names no time zone."""


class Deadline(NamedTuple):
    """The moment at which a promise ends, in UTC; the civil day that it ends with.

    `provisional`: it reaches into a year whose calendar is not published.
    """

    at: datetime
    day: date
    provisional: bool


class Step(NamedTuple):
    """One day of the way to a deadline, for those who ask why.

    `what`: begins | counted | weekend | holiday | ends. `number`: of the days counted so far. `name`:
    what the notice calls a day on which work and weekday differ.
    """

    day: date
    what: str
    number: int = 0
    name: str = ""


def due(start: datetime, period: Period, days: Calendar, closes: time | None = None) -> Deadline:
    """When `period` from `start` ends; `closes` is the office's closing hour in Shanghai.

    Raises NoPeriod, BeyondCalendar.
    """
    if period.count < 1 or start.tzinfo is None:
        raise NoPeriod(str(period))
    if isinstance(period, Hours):
        at = start.astimezone(UTC) + timedelta(hours=period.count)
        return Deadline(at, at.astimezone(SHANGHAI).date(), False)
    first = start.astimezone(SHANGHAI).date()
    meant = _meant(first, period, days)
    last = days.next_working(meant)
    seen = first if isinstance(period, WorkingDays) else meant - DAY
    return Deadline(_end_of(last, closes), last, not days.known_through(seen, last))


def why(start: datetime, period: Period, days: Calendar) -> list[Step]:
    """Day by day from the day on which the period begins to the day that it ends with."""
    first, last = start.astimezone(SHANGHAI).date(), due(start, period, days).day
    if isinstance(period, Hours):
        return [Step(first, "begins"), Step(last, "ends")]
    steps, number, on = [Step(first, "begins")], 0, first + DAY
    meant = _meant(first, period, days)
    while on < last:
        counted = days.works(on) if isinstance(period, WorkingDays) else on <= meant
        number += counted
        steps.append(_step(on, counted, number, days))
        on += DAY
    name = days.adjusted[last].name if last in days.adjusted else ""
    return [*steps, Step(last, "ends", number + (last <= meant), name)]


def _step(on: date, counted: bool, number: int, days: Calendar) -> Step:
    adjusted = days.adjusted.get(on)
    if counted:
        return Step(on, "counted", number, adjusted.name if adjusted else "")
    name = adjusted.name if adjusted else ""
    return Step(on, "holiday" if adjusted else "weekend", number, name)


def _meant(first: date, period: Days | WorkingDays | Months, days: Calendar) -> date:
    """The day that the period names, before it rolls over days without work."""
    if isinstance(period, Days):
        return first + timedelta(days=period.count)
    if isinstance(period, WorkingDays):
        return days.add_working(first, period.count)
    month = first.year * 12 + first.month - 1 + period.count
    year, of_year = month // 12, month % 12 + 1
    return date(year, of_year, min(first.day, gregorian.monthrange(year, of_year)[1]))


def _end_of(last: date, closes: time | None) -> datetime:
    """24:00 of the day, or the closing hour, in UTC."""
    if closes is not None:
        return datetime.combine(last, closes, SHANGHAI).astimezone(UTC)
    return datetime.combine(last + DAY, time(), SHANGHAI).astimezone(UTC)
