"""The promises of a city as data: how long, by which text; and when the next step up comes due."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from guanjia.cases import calendar, clock, terms
from guanjia.cases.calendar import Calendar
from guanjia.cases.clock import Days, Deadline, Hours, Period, WorkingDays
from guanjia.kit.days import SHANGHAI

FILE = "promises.toml"


class NoSuchPromise(ValueError):
    """A promise that the city's file does not hold."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One row: how long, by which law, whether its text was found."""

    code: str
    period: str
    law: str
    status: str

    @property
    def length(self) -> Period:
        """The period, as it is counted."""
        return terms.read_period(self.period)


@dataclass(frozen=True, slots=True)
class Escalation:
    """A step up: its level, from 1, and how long after the deadline it comes."""

    level: int
    after: str
    law: str
    status: str


@dataclass(frozen=True, slots=True)
class Promises:
    """A city's promises with the calendar by which they are counted."""

    by_code: dict[str, Promise]
    escalations: Sequence[Escalation]
    days: Calendar

    def named(self, code: str) -> Promise:
        """The promise with this code. Raises NoSuchPromise."""
        if code not in self.by_code:
            raise NoSuchPromise(code)
        return self.by_code[code]

    def due(self, code: str, start: datetime) -> Deadline:
        """When a promise made at `start` ends. Raises NoSuchPromise, BeyondCalendar."""
        return clock.due(start, self.named(code).length, self.days)

    def steps_up(self, level: int, due_at: datetime, at: datetime) -> Escalation | None:
        """The next step up, where its moment has come."""
        following = next((e for e in self.escalations if e.level == level + 1), None)
        if following is None:
            return None
        moment = clock.due(due_at, terms.read_period(following.after), self.days).at
        return following if at >= moment else None

    def resumed(self, period: str, due_at: datetime, since: datetime, at: datetime) -> datetime:
        """Where a deadline moves that was paused from `since` to `at`: by what of its unit passed.

        Hours by the time itself; days and months by the calendar days, working days by the working
        days, begun since the pause; then to a working day's end.
        """
        length = terms.read_period(period)
        if isinstance(length, Hours):
            return due_at + (at - since)
        first, last = since.astimezone(SHANGHAI).date(), at.astimezone(SHANGHAI).date()
        if isinstance(length, WorkingDays):
            passed = self.days.worked_between(first, last)
            return (
                clock.due(due_at - clock.MOMENT, WorkingDays(passed), self.days).at
                if passed
                else due_at
            )
        passed = (last - first).days
        return clock.due(due_at - clock.MOMENT, Days(passed), self.days).at if passed else due_at


@cache
def load(folder: Path) -> Promises:
    """The promises of a city's folder. Raises NoPeriod where one names no period."""
    rows = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    found = {row["code"]: Promise(**row) for row in rows["promise"]}
    steps = sorted((Escalation(**row) for row in rows["escalation"]), key=lambda e: e.level)
    for period in [*(p.period for p in found.values()), *(e.after for e in steps)]:
        terms.read_period(period)
    return Promises(found, tuple(steps), calendar.load(folder))
