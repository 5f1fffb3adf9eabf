"""Today is the city's day, or in a demonstration the day that it lives in; this moment never is."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.conf import settings

from guanjia.kit import clock


def test_the_day_begins_at_midnight_in_the_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GUANJIA_DEMO_DAY", None)
    with time_machine.travel(datetime(2026, 3, 1, 15, 59, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 3, 1)
    with time_machine.travel(datetime(2026, 3, 1, 16, 0, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 3, 2)


def test_a_demonstration_lives_in_its_own_day_and_records_in_real_time() -> None:
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        assert clock.today() == date(2020, 4, 1)
        assert clock.now() == datetime(2026, 3, 1, tzinfo=UTC)
