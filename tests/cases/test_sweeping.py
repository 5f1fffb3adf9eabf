"""Two workers on one late case: one escalation; two clerks with one move: one move."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from guanjia.cases import actions, tasks
from guanjia.cases.errors import MovedMeanwhile, NotNow
from guanjia.cases.models import Case, Event
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.committed import Town, _django_db_helper, committed_town

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WORKERS = 4


def at_once(work: Callable[[], object]) -> list[object]:
    """Several threads, each with a connection of its own, begin together; what each came to."""
    ready, found = threading.Barrier(WORKERS), []

    def run() -> None:
        ready.wait()
        try:
            found.append(work())
        except (MovedMeanwhile, NotNow) as refused:
            found.append(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def test_several_sweeps_make_one_escalation(committed_town: Town) -> None:
    case = office.ask()
    assert case.due_at is not None
    at = case.due_at + timedelta(days=2)
    assert sorted(at_once(lambda: tasks.sweep_at(at)), key=str) == [0, 0, 0, 1]
    with scope.hold(office.asker()):
        assert Event.objects.filter(verb="escalate").count() == 1
        assert Case.objects.get().level == 1


def test_several_clerks_make_one_move(committed_town: Town) -> None:
    case, wang = office.ask(), committed_town.cast.wang
    by, eyes = office.at_desk(wang), town.eyes(wang)

    def accept() -> str:
        with scope.hold(eyes):
            made = actions.make(
                CONCERN, office.book(), case.pk, 0, "accept", by, office.MORNING + office.HOUR
            )
        return made.state

    found = at_once(accept)
    assert found.count("handling") == 1
    with scope.hold(office.asker()):
        assert Event.objects.filter(verb="accept").count() == 1
