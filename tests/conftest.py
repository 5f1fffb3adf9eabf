"""Fixtures of every room: the application's role, the town and its cast."""

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from hypothesis import settings as chance

from guanjia.kit import scope
from guanjia.kit.database import APP_ROLE
from guanjia.web.house import roles, static_files
from guanjia.web.tongues import catalogues
from tests import house, town

# How long a busy machine takes for one example says nothing of its rightness. Where a change is
# judged, the same examples are drawn each time; at home new ones.
chance.register_profile("house", deadline=None, derandomize="CI" in os.environ)
chance.load_profile("house")

TODAY = date(2020, 4, 1)
DATABASE = {"db", "django_db_setup"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the quick check leaves out: journeys, and tests over a database but the house rules."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)
        elif (
            DATABASE & set(getattr(item, "fixturenames", ()))
            and "house_rules" not in item.path.parts
        ):
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session", autouse=True)
def gathered() -> None:
    """Static files under their hashed names, as pages name them."""
    static_files.gather()
    catalogues.compile_stale()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """The owner made the database; from here on the tests are the application's role."""
    connect_as(roles.LOGIN, {"options": f"-c role={APP_ROLE}"})
    yield
    connect_as(roles.OWNER, {})


def connect_as(user: str, options: dict[str, str]) -> None:
    """Reconnect, as the login role under `guanjia_app` or, to drop the database, as the owner."""
    connection = connections["default"]
    connection.close()
    connection.settings_dict["USER"] = user
    connection.settings_dict["PASSWORD"] = house.SERVER.passwords[user]
    connection.settings_dict["OPTIONS"] = options


@pytest.fixture(autouse=True)
def unspent(settings: Any) -> None:
    """No test uses up the attempts, or the second-factor codes, of another."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture(autouse=True)
def demo_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests live on 1 April 2020."""
    monkeypatch.setattr(settings, "GUANJIA_DEMO_DAY", TODAY)


@pytest.fixture
def cast(db: None) -> town.Cast:
    """The small town and its people, written under a job's scope."""
    return town.settle()


@pytest.fixture
def as_job(cast: town.Cast) -> Iterator[town.Cast]:
    """The cast, seen by a job of the city."""
    with scope.hold(scope.job("test", "441900", TODAY)):
        yield cast
