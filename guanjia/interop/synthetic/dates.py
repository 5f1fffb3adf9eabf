"""When made-up awards were applied for, approved, began and end."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from guanjia.kit import days
from guanjia.policy.chapter import Chapter
from guanjia.policy.starts import ends, first_due

FIRST = date(2019, 12, 1)
"""The month by whose rules and facts the awards were granted, and the first that this ledger owes."""
NEW_SHARE, ENDING_SHARE = 0.04, 0.02
HELPED_BEFORE = 0.4
"""Of those who were helped once: how many before the first month, by another ledger."""


class Dates(NamedTuple):
    """The days of an award."""

    applied_on: date
    assessed_on: date
    approved_on: date
    since: date
    pays_from: date
    until: date | None


def of(random: Random, chapter: Chapter, earliest: date, asked: bool | None) -> Dates:
    """The days of an award that could be had from `earliest` on; told stories are steady."""
    steady = asked is not None
    if chapter.cadence == "once":
        return _once(random, chapter)
    applied_on, approved_on = _procedure(random, earliest, steady)
    since = first_due(chapter.starts, applied_on, approved_on)
    ending = not steady and random.random() < ENDING_SHARE
    until = days.add_months(max(since, FIRST), random.randint(1, 3)) if ending else None
    assessed_on = min(applied_on + timedelta(days=8), approved_on)
    return Dates(applied_on, assessed_on, approved_on, since, _owed_from(chapter, since), until)


def at_once(random: Random, chapter: Chapter, month: date, on: date) -> Dates:
    """Help in an emergency of a month, asked for on a day: a few days later it is there."""
    approved_on = on + timedelta(days=random.randint(1, 3))
    return Dates(on, on, approved_on, month, month, ends(chapter, month))


def ripe(chapter: Chapter, born_on: date) -> date:
    """The first day on which the unit was old enough, where the chapter names an age."""
    named = "age_first" in chapter.figures
    figure = chapter.figure_on("age_first", FIRST) if named else None
    return days.add_months(born_on, 12 * figure.value) if figure else born_on


def _procedure(random: Random, earliest: date, steady: bool) -> tuple[date, date]:
    """The days of application and of approval: before the first month, but for the new ones."""
    if earliest > FIRST:
        applied_on = earliest + timedelta(days=random.randint(1, 9))
        return applied_on, applied_on + timedelta(days=random.randint(12, 18))
    first, last = max(date(2018, 7, 2), earliest), date(2019, 9, 30)
    if first >= last or (not steady and random.random() < NEW_SHARE):
        first, last = date(2019, 12, 2), date(2020, 1, 20)
    applied_on = first + timedelta(days=random.randrange((last - first).days))
    return applied_on, applied_on + timedelta(days=random.randint(20, 40))


def _once(random: Random, chapter: Chapter) -> Dates:
    """Help with a year's spending: mostly in the months before the first, else in one of the next."""
    first, last = date(2019, 5, 2), date(2019, 11, 12)
    if random.random() > HELPED_BEFORE:
        first, last = date(2019, 12, 2), date(2020, 3, 6)
    applied_on = first + timedelta(days=random.randrange((last - first).days))
    approved_on = applied_on + timedelta(days=random.randint(8, 18))
    since = first_due(chapter.starts, applied_on, approved_on)
    until = ends(chapter, since)
    return Dates(applied_on, applied_on, approved_on, since, max(since, FIRST), until)


def _owed_from(chapter: Chapter, since: date) -> date:
    """The first month that this ledger owes: what is paid by the year was paid for 2019 elsewhere."""
    if chapter.cadence == "year" and since < FIRST:
        return days.add_months(FIRST, 1)
    return max(since, FIRST)
