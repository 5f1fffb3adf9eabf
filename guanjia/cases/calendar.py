"""The working calendar of China: weekends, statutory days off and made-up working weekends, by year.

A year is published when its notice is loaded; others have plain weekends and no holidays.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

FIRST, LAST = date(1990, 1, 1), date(2099, 12, 31)
DAY = timedelta(days=1)
SATURDAY = 5
FILE = "adjusted_days.csv"


class BeyondCalendar(ValueError):
    """A day that no calendar of this house reaches."""

    def __init__(self, on: date) -> None:
        super().__init__(on.isoformat())
        self.on = on


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A day on which work and weekday differ, with the notice's name for it."""

    works: bool
    name: str


class Calendar:
    """Which days are worked. A question costs one look into a list."""

    def __init__(self, adjusted: Mapping[date, Adjusted]) -> None:
        self.adjusted = dict(adjusted)
        self.years = frozenset(on.year for on in adjusted)
        days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
        works = [self._works(on) for on in days]
        self._worked = list(accumulate(works))
        self._working = [FIRST + timedelta(days=n) for n, does in enumerate(works) if does]

    def works(self, on: date) -> bool:
        """Whether `on` is a working day."""
        return self._works(self._held(on))

    def published(self, on: date) -> bool:
        """Whether the year's notice is loaded."""
        return on.year in self.years

    def known_through(self, after: date, on: date) -> bool:
        """Whether every year from the day after `after` to `on` is published."""
        return all(year in self.years for year in range((after + DAY).year, on.year + 1))

    def next_working(self, on: date) -> date:
        """`on`, or the first working day after it."""
        return on if self.works(on) else self.add_working(on, 1)

    def add_working(self, on: date, count: int) -> date:
        """The `count`-th working day after `on`; `on` itself is not counted. `count` >= 1."""
        place = self._worked[(self._held(on) - FIRST).days] + count - 1
        if place >= len(self._working):
            raise BeyondCalendar(LAST + DAY)
        return self._working[place]

    def worked_between(self, after: date, on: date) -> int:
        """How many working days come after `after`, up to and with `on`."""
        return (
            self._worked[(self._held(on) - FIRST).days]
            - self._worked[(self._held(after) - FIRST).days]
        )

    def _works(self, on: date) -> bool:
        adjusted = self.adjusted.get(on)
        return on.weekday() < SATURDAY if adjusted is None else adjusted.works

    @staticmethod
    def _held(on: date) -> date:
        if not FIRST <= on <= LAST:
            raise BeyondCalendar(on)
        return on


@cache
def load(folder: Path) -> Calendar:
    """The calendar of a city's folder: `adjusted_days.csv` with date, kind and name_zh."""
    with (folder / FILE).open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    return Calendar(
        {
            date.fromisoformat(row["date"]): Adjusted(
                row["kind"] == "workday_on_weekend", row["name_zh"]
            )
            for row in rows
        }
    )
