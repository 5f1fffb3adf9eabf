"""Months, ages, and the birthday of 29 February."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.kit import days


@pytest.mark.parametrize(
    ("born_on", "on", "years"),
    [
        (date(1950, 1, 1), date(2020, 1, 1), 70),
        (date(1950, 1, 2), date(2020, 1, 1), 69),
        (date(2000, 2, 29), date(2021, 2, 27), 20),
        (date(2000, 2, 29), date(2021, 2, 28), 21),
        (date(2000, 2, 29), date(2020, 2, 28), 19),
        (date(2000, 2, 29), date(2020, 2, 29), 20),
        (date(2000, 2, 28), date(2021, 2, 28), 21),
        (date(2001, 3, 1), date(2020, 2, 29), 18),
        (date(2020, 1, 1), date(2020, 1, 1), 0),
    ],
)
def test_years_are_completed_on_the_birthday(born_on: date, on: date, years: int) -> None:
    assert days.age(born_on, on) == years


BIRTHS = st.dates(date(1900, 1, 1), date(2019, 12, 31))


@given(BIRTHS, st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_the_cut_off_and_the_age_say_the_same(born_on: date, on: date) -> None:
    age = days.age(born_on, on)
    assert born_on <= days.born_by(on, age)
    assert born_on > days.born_by(on, age + 1)


@given(BIRTHS, st.integers(1, 110))
def test_age_grows_by_one_on_one_day_of_the_year(born_on: date, years: int) -> None:
    year = date(born_on.year + years, 1, 1)
    length = (date(year.year + 1, 1, 1) - year).days
    told = [days.age(born_on, year + timedelta(n)) for n in range(length)]
    assert sorted(set(told)) in ([years - 1, years], [years])
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2020-01", date(2020, 1, 1)),
        ("2020-1", date(2020, 1, 1)),
        (" 2020-12-01", date(2020, 12, 1)),
    ],
)
def test_months_are_read_as_written(text: str, month: date) -> None:
    assert days.read_month(text) == month


@pytest.mark.parametrize("text", ["2020", "2020-13", "2020-00", "一月", "2020-01-02", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"month|月份"):
        days.read_month(text)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(-500, 500))
def test_month_numbers_are_neighbours(on: date, months: int) -> None:
    moved = days.add_months(on, months)
    assert days.number(moved) - days.number(on) == months
    assert moved.day == 1
    assert days.of_number(days.number(on)) == on.replace(day=1)
