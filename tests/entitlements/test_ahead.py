"""Helpers on the other cores: the same house and the same eyes; one that dies costs time alone."""

import os
import signal
import time

import pytest

from guanjia.entitlements.deciding import ahead
from guanjia.entitlements.deciding.ahead import Ahead
from guanjia.kit import scope
from guanjia.people.models import Person
from tests import town
from tests.committed import Town, _django_db_helper, committed_town

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def by_whom(_number: int) -> int:
    """The process that works."""
    return os.getpid()


def in_sight(_number: int) -> tuple[int, int]:
    """The process that works, and how many people it sees."""
    return os.getpid(), Person.objects.count()


def refused(number: int) -> int:
    """Work that cannot be done."""
    raise ValueError(number)


def test_a_helper_has_the_same_house_and_the_same_eyes(committed_town: Town) -> None:
    city, elsewhere = (scope.job("test", code, town.TODAY) for code in (town.CITY, town.HUMEN))
    for eyes in (city, elsewhere):
        with scope.hold(eyes):
            mine = Person.objects.count()
        with Ahead(in_sight, eyes, 1) as helpers:
            helpers.ask(1)
            process, seen = helpers.take(1)
            assert process != os.getpid() and seen == mine > 0


def test_what_no_helper_was_asked_for_or_delivers_is_done_here(committed_town: Town) -> None:
    with Ahead(by_whom, scope.job("test", town.CITY, town.TODAY), 1) as helpers:
        assert helpers.take(1) == os.getpid()
        helpers.ask(2)
        helper = helpers.take(2)
        assert helper != os.getpid()
        os.kill(helper, signal.SIGKILL)
        time.sleep(0.5)
        for number in range(3, 6):
            helpers.ask(number)
        assert {helpers.take(number) for number in range(3, 6)} == {os.getpid()}


def test_what_a_helper_cannot_do_is_said_here(committed_town: Town) -> None:
    with Ahead(refused, scope.job("test", town.CITY, town.TODAY), 1) as helpers:
        helpers.ask(7)
        with pytest.raises(ValueError, match="7"):
            helpers.take(7)


def test_little_work_and_a_single_core_have_no_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1}, raising=False)
    assert ahead.helpers_for(ahead.WORTH_IT) == 2
    assert ahead.helpers_for(ahead.WORTH_IT - 1) == 0
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0}, raising=False)
    assert ahead.helpers_for(1000) == 0
