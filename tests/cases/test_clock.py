"""Deadlines: a table worked by hand, and an independent walk day by day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.cases import calendar, terms
from guanjia.cases.calendar import BeyondCalendar, Calendar
from guanjia.cases.clock import Days, Hours, Months, NoPeriod, Period, WorkingDays, due, why
from guanjia.kit.days import SHANGHAI
from guanjia.policy.book import SHIPPED

# Begins · period · ends (24:00 of the day unless an hour is named). Read off a wall calendar and the
# State Council's notices: make-up weekends 2020-01-19, 04-26, 05-09, 06-28, 09-27, 10-10.
TABLE = """
2020-11-02 09:00 | 24h  | 2020-11-03 09:00
2020-11-06 18:30 | 24h  | 2020-11-07 18:30
2020-09-30 23:59 | 24h  | 2020-10-01 23:59
2020-02-28 10:00 | 24h  | 2020-02-29 10:00
2020-12-31 12:00 | 24h  | 2021-01-01 12:00
2020-11-02 00:00 | 2h   | 2020-11-02 02:00
2020-11-02 23:00 | 2h   | 2020-11-03 01:00
2020-10-01 08:00 | 72h  | 2020-10-04 08:00
2020-11-02 09:00 | 1wd  | 2020-11-03
2020-11-02 00:00 | 1wd  | 2020-11-03
2020-11-02 23:59 | 1wd  | 2020-11-03
2020-11-06 09:00 | 1wd  | 2020-11-09
2020-11-07 09:00 | 1wd  | 2020-11-09
2020-11-08 09:00 | 1wd  | 2020-11-09
2020-11-02 09:00 | 5wd  | 2020-11-09
2020-11-06 17:00 | 5wd  | 2020-11-13
2020-11-02 09:00 | 3wd  | 2020-11-05
2020-11-02 09:00 | 13wd | 2020-11-19
2020-11-02 09:00 | 10wd | 2020-11-16
2020-01-17 09:00 | 1wd  | 2020-01-19
2020-01-17 09:00 | 5wd  | 2020-01-23
2020-01-19 09:00 | 4wd  | 2020-01-23
2020-01-23 09:00 | 1wd  | 2020-02-03
2020-01-22 09:00 | 5wd  | 2020-02-06
2020-01-25 09:00 | 1wd  | 2020-02-03
2020-01-20 09:00 | 30wd | 2020-03-10
2020-04-03 09:00 | 1wd  | 2020-04-07
2020-04-24 09:00 | 1wd  | 2020-04-26
2020-04-26 09:00 | 5wd  | 2020-05-06
2020-04-30 09:00 | 1wd  | 2020-05-06
2020-05-08 09:00 | 1wd  | 2020-05-09
2020-05-08 09:00 | 2wd  | 2020-05-11
2020-06-24 09:00 | 1wd  | 2020-06-28
2020-06-24 09:00 | 3wd  | 2020-06-30
2020-09-25 09:00 | 1wd  | 2020-09-27
2020-09-27 09:00 | 3wd  | 2020-09-30
2020-09-28 16:20 | 5wd  | 2020-10-12
2020-09-30 09:00 | 1wd  | 2020-10-09
2020-09-30 09:00 | 2wd  | 2020-10-10
2020-10-01 09:00 | 3wd  | 2020-10-12
2020-12-31 09:00 | 1wd  | 2021-01-04
2020-12-30 09:00 | 5wd  | 2021-01-07
2021-02-10 09:00 | 1wd  | 2021-02-18
2021-02-10 09:00 | 3wd  | 2021-02-20
2020-11-02 09:00 | 7d   | 2020-11-09
2020-11-06 09:00 | 7d   | 2020-11-13
2020-11-07 09:00 | 7d   | 2020-11-16
2020-11-01 09:00 | 7d   | 2020-11-09
2020-11-02 09:00 | 15d  | 2020-11-17
2020-11-06 09:00 | 15d  | 2020-11-23
2020-09-16 09:00 | 15d  | 2020-10-09
2020-09-12 09:00 | 15d  | 2020-09-27
2020-09-25 09:00 | 15d  | 2020-10-10
2020-09-26 09:00 | 15d  | 2020-10-12
2020-08-03 09:00 | 60d  | 2020-10-09
2020-11-02 09:00 | 60d  | 2021-01-04
2020-01-17 09:00 | 7d   | 2020-02-03
2020-01-12 09:00 | 7d   | 2020-01-19
2020-11-02 09:00 | 1m   | 2020-12-02
2020-10-31 09:00 | 1m   | 2020-11-30
2020-01-31 09:00 | 1m   | 2020-03-02
2019-01-31 09:00 | 1m   | 2019-02-28
2020-02-29 09:00 | 1m   | 2020-03-30
2020-08-31 09:00 | 1m   | 2020-09-30
2020-09-05 09:00 | 1m   | 2020-10-09
2020-09-10 09:00 | 1m   | 2020-10-10
2020-11-28 09:00 | 1m   | 2020-12-28
2020-12-03 09:00 | 1m   | 2021-01-04
2020-05-02 09:00 | 6m   | 2020-11-02
2020-08-31 09:00 | 6m   | 2021-03-01
2019-08-29 09:00 | 6m   | 2020-03-02
2020-06-15 09:00 | 12m  | 2021-06-15
2020-02-29 09:00 | 12m  | 2021-03-01
"""
ROWS = [tuple(part.strip() for part in row.split("|")) for row in TABLE.strip().splitlines()]
LONGEST = {Hours: 400, Days: 400, WorkingDays: 260, Months: 24}


@pytest.fixture(scope="module")
def days() -> Calendar:
    return calendar.load(SHIPPED)


def test_the_table_has_enough_rows() -> None:
    assert len(ROWS) >= 60
    assert len(set(ROWS)) == len(ROWS)


@pytest.mark.parametrize(("begins", "period", "ends"), ROWS)
def test_a_deadline_is_as_worked_by_hand(
    begins: str, period: str, ends: str, days: Calendar
) -> None:
    found = due(terms.read_moment(begins), terms.read_period(period), days)
    at = terms.read_moment(ends)
    assert found.at == (at if " " in ends else at + timedelta(days=1))
    assert found.day == at.date()
    assert not found.provisional


def walked(start: datetime, period: Period, days: Calendar) -> date:
    """The last day, found by walking; knows nothing of lists of working days."""
    on, left = start.astimezone(SHANGHAI).date(), period.count
    if isinstance(period, Months):
        month, wanted = on.month, on.day
        for _ in range(left):
            month += 1
            on = (on.replace(day=1) + timedelta(days=31)).replace(day=1)
        while on.day < wanted and (on + timedelta(days=1)).day != 1:
            on += timedelta(days=1)
        left = 0
    while left:
        on += timedelta(days=1)
        left -= isinstance(period, Days) or worked(on, days)
    while not worked(on, days):
        on += timedelta(days=1)
    return on


def worked(on: date, days: Calendar) -> bool:
    return days.adjusted[on].works if on in days.adjusted else on.isoweekday() <= 5


MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))
PERIODS = st.one_of(
    *[st.builds(kind, st.integers(1, most)) for kind, most in LONGEST.items() if kind is not Hours]
)


@given(MOMENTS, PERIODS)
def test_any_deadline_agrees_with_a_walk_day_by_day(start: datetime, period: Period) -> None:
    days = calendar.load(SHIPPED)
    found = due(start, period, days)
    assert found.day == walked(start, period, days)
    assert found.at.astimezone(SHANGHAI) == datetime.combine(
        found.day + timedelta(days=1), time(), SHANGHAI
    )
    assert found.provisional >= (found.day.year not in days.years)
    assert not (found.provisional and found.day.year <= max(days.years))


@given(MOMENTS, PERIODS)
def test_the_way_to_a_deadline_counts_every_day_once(start: datetime, period: Period) -> None:
    days = calendar.load(SHIPPED)
    steps = why(start, period, days)
    between = [step.day for step in steps]
    assert between == [between[0] + timedelta(days=n) for n in range(len(between))]
    assert (steps[0].what, steps[-1].what) == ("begins", "ends")
    if isinstance(period, Days | WorkingDays):
        assert steps[-1].number == period.count


@given(MOMENTS, st.integers(1, 400))
def test_hours_run_through(start: datetime, count: int) -> None:
    found = due(start, Hours(count), calendar.load(SHIPPED))
    assert found.at - start == timedelta(hours=count)
    assert not found.provisional


@pytest.mark.parametrize(
    ("begins", "period", "provisional"),
    [
        ("2026-12-25", "4wd", False),
        ("2026-12-25", "5wd", True),
        ("2026-12-01", "30d", False),
        ("2026-12-02", "30d", True),
        ("2026-11-30", "1m", False),
        ("2026-12-10", "1m", True),
        ("2027-03-01", "1d", True),
        ("2026-12-31 23:00", "24h", False),
    ],
)
def test_a_deadline_in_a_year_without_a_notice_is_provisional(
    begins: str, period: str, provisional: bool, days: Calendar
) -> None:
    assert 2026 in days.years
    assert 2027 not in days.years
    found = due(terms.read_moment(begins), terms.read_period(period), days)
    assert found.provisional is provisional


def test_an_office_that_closes_ends_the_day(days: Calendar) -> None:
    found = due(terms.read_moment("2020-11-02"), WorkingDays(1), days, time(17, 30))
    assert found.at == datetime(2020, 11, 3, 9, 30, tzinfo=UTC)


def test_a_moment_without_a_zone_and_a_period_of_nought_are_refused(days: Calendar) -> None:
    with pytest.raises(NoPeriod):
        due(datetime(2020, 11, 2), Days(1), days)
    with pytest.raises(NoPeriod):
        due(datetime(2020, 11, 2, tzinfo=UTC), Days(0), days)
    with pytest.raises(BeyondCalendar):
        due(datetime(2099, 12, 30, tzinfo=UTC), WorkingDays(9), days)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("24小时", Hours(24)),
        ("15日", Days(15)),
        ("15 天", Days(15)),
        ("5个工作日", WorkingDays(5)),
        ("1 个月", Months(1)),
        ("5 working days", WorkingDays(5)),
    ],
)
def test_a_period_is_read_as_it_is_typed(text: str, period: Period) -> None:
    assert terms.read_period(text) == period
    assert terms.read_period(terms.told_period(period)) == period


@pytest.mark.parametrize("text", ["", "5", "0日", "五日", "5 周", "-1日", "99999日"])
def test_what_is_no_period_is_refused_with_what_one_looks_like(text: str) -> None:
    with pytest.raises(NoPeriod, match="5个工作日"):
        terms.read_period(text)
