"""Killed with kill -9 while a concern is taken in: nothing is left of it, and sent again it is one case."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.test import Client

from guanjia.cases.models import Case, Clock, Event, Notice
from guanjia.concerns import tracking
from guanjia.concerns.models import Concern
from guanjia.web import roles
from tests import house
from tests.committed import Town, _django_db_helper, committed_town
from tests.concerns.test_ask import SAID

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROOMS = (Case, Concern, Event, Clock, Notice)


def counts(committed: Town) -> list[int]:
    """How many rows stand in each table that taking in writes."""
    with committed.as_job():
        return [room.objects.count() for room in ROOMS]


@pytest.fixture
def dying(committed_town: Town) -> Iterator[subprocess.Popen[str]]:
    """A process that sends the form and stops when all is written and nothing is committed."""
    kept = {k: v for k, v in os.environ.items() if k != "GUANJIA_AS_OWNER"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.concerns.dying_intake"],
        env={
            **kept,
            "DATABASE_URL": house.SERVER.url(roles.LOGIN, committed_town.database),
            "DJANGO_SETTINGS_MODULE": "guanjia.web.settings",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()


def test_a_form_whose_process_is_killed_leaves_nothing_and_sent_again_is_one_case(
    committed_town: Town, dying: subprocess.Popen[str]
) -> None:
    assert dying.stdout is not None
    assert dying.stdout.readline() == "in the middle\n"
    dying.send_signal(signal.SIGKILL)
    assert dying.wait() == -signal.SIGKILL
    assert counts(committed_town) == [0, 0, 0, 0, 0]
    for _again in range(2):
        client = Client()
        sent = client.post("/ask/", {**SAID, "step": "3", "go": "send"})
        assert sent["Location"] == "/case/slip/"
        assert tracking.code_of(SAID["form"]) in client.get("/case/slip/").content.decode()
    assert counts(committed_town) == [1, 1, 1, 1, 1]
