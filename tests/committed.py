"""A town whose rows are committed, in a database of its own: for second connections and killed workers."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from guanjia.kit import scope
from guanjia.kit.database import APP_ROLE
from guanjia.ledger.models import Transfer
from guanjia.web.house import roles
from tests import house, town
from tests.entitlements import office
from tests.journeys.houses import own_database


@dataclass(frozen=True, slots=True)
class Town:
    """The committed town: its database, its cast, its files."""

    database: str
    cast: town.Cast
    files: Path

    def as_job(self) -> AbstractContextManager[None]:
        """A transaction with the eyes of the city's job."""
        return scope.hold(scope.job("test", town.CITY, town.TODAY))

    def pay_two_months(self) -> None:
        """December and January are paid to the 陈 family and to 李婆婆."""
        with self.as_job():
            office.open_house(self.cast)
            office.award_chen(self.cast)
            office.award_li(self.cast)
        with self.as_job():
            office.months(self.cast, office.DECEMBER, office.JANUARY)

    def one_payment(self) -> tuple[int, int, int, str]:
        """Budget, bank account, entry and place of one payment."""
        with self.as_job():
            move = Transfer.objects.filter(entry__kind="payment").order_by("pk")[0]
            return move.source_id, move.target_id, move.entry_id, move.place_id

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of the application's role with the eyes of the city's job."""
        url = house.SERVER.url(roles.LOGIN, self.database)
        connection = psycopg.connect(url, options=f"-c role={APP_ROLE}")
        lo, hi = scope.place_range(town.CITY)
        connection.execute(
            "SELECT set_config('guanjia.kind', 'job', false), set_config('guanjia.lo', %s, false), "
            "set_config('guanjia.hi', %s, false)",
            [lo, hi],
        )
        connection.commit()
        return connection


@pytest.fixture
def _django_db_helper() -> None:
    """No transaction around these tests: what they write, others must see. Imported where used."""


@pytest.fixture
def committed_town(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Town]:
    """The cast in a database of its own."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    with django_db_blocker.unblock(), own_database() as name:
        yield Town(name, town.settle(), tmp_path)


def race(
    first: psycopg.Connection[Any],
    second: psycopg.Connection[Any],
    statement: str,
    values: Sequence[object],
) -> None:
    """Both run the statement; the second waits for the first to commit. Raises what it raises."""
    first.execute(statement.encode(), values)
    raised: list[BaseException] = []

    def run() -> None:
        try:
            second.execute(statement.encode(), values)
            second.commit()
        except psycopg.Error as problem:
            raised.append(problem)

    waiting = threading.Thread(target=run)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive(), "the second did not wait for the first"
    first.commit()
    waiting.join()
    if raised:
        raise raised[0]
