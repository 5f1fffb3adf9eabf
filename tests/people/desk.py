"""Whom the tests of the desk need besides the cast, and raw SQL in a savepoint of its own."""

from datetime import UTC, datetime

from django.db import connection, transaction

from guanjia.kit import scope
from guanjia.staff import roles
from guanjia.staff.models import User
from tests import town

ASKED = datetime(2020, 3, 20, tzinfo=UTC)
DECIDED = datetime(2020, 3, 21, tzinfo=UTC)
UNDONE = datetime(2020, 3, 25, tzinfo=UTC)


def chief() -> User:
    """The chief of 长安, who approves what 王 prepared."""
    return town.desk("fang", "方", roles.TOWN_CHIEF, town.CHANGAN)


def raw(statement: str, *values: object) -> list[tuple[object, ...]]:
    """Run SQL in a savepoint of its own; its rows, where it has some."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def as_job() -> "scope.Scope":
    """The eyes of a job of the city."""
    return scope.job("test", town.CITY, town.TODAY)
