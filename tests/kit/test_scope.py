"""Scopes stand for one transaction, end with it, and give back what stood before."""

from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as some

from guanjia.kit import scope

TODAY = date(2020, 4, 1)
CODES = some.from_regex(r"\A[0-9]{6}([0-9]{3}){0,2}\Z")


def test_a_scope_stands_within_its_block_and_not_after(transactional: None) -> None:
    eyes = scope.staff(7, "town_clerk", "441900119", TODAY)
    with scope.hold(eyes):
        assert scope.current() == eyes
        with scope.hold(scope.PUBLIC):
            assert scope.current() == scope.PUBLIC
        assert scope.current() == eyes
    assert scope.current() == scope.NOTHING


def test_a_scope_outlives_no_failed_savepoint(transactional: None) -> None:
    eyes = scope.job("run/1", "441900", TODAY)
    with scope.hold(eyes):
        with pytest.raises(ZeroDivisionError), scope.hold(scope.PUBLIC):
            _ = 1 // 0
        assert scope.current() == eyes
        with transaction.atomic():
            assert scope.current() == eyes
    assert scope.current() == scope.NOTHING


def test_an_error_of_the_database_is_the_one_that_is_told(transactional: None) -> None:
    eyes = scope.job("run/1", "441900", TODAY)
    with scope.hold(eyes):
        with (
            pytest.raises(ProgrammingError, match="nowhere"),
            scope.hold(scope.PUBLIC),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1 FROM nowhere")
        assert scope.current() == eyes


def test_the_database_forgets_the_scope_with_the_transaction(transactional: None) -> None:
    with scope.hold(scope.job("run/1", "441900", TODAY)):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('guanjia.kind', true), '')")
        assert cursor.fetchone() == (None,)


@given(CODES, CODES)
def test_a_place_range_holds_what_begins_with_the_code_and_nothing_else(
    code: str, other: str
) -> None:
    low, high = scope.place_range(code)
    assert (low <= other < high) == other.startswith(code)


@pytest.fixture
def transactional(db: None) -> None:
    """A database."""
