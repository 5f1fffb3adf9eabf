"""Killed with kill -9 while a concern is taken in: nothing is left of it, and sent again it is one case."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanjia.cases import storing, tasks
from guanjia.cases.models import Attachment, Case, Clock, Event, Notice
from guanjia.concerns.matters import tracking
from guanjia.concerns.models import Concern
from guanjia.web.house import roles
from tests import house
from tests.cases.photos import photo
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
    process = begun(committed_town, "tests.concerns.dying_intake")
    yield process
    process.kill()
    process.wait()


def begun(committed_town: Town, module: str, *words: str) -> subprocess.Popen[str]:
    """A process on the town's database."""
    kept = {k: v for k, v in os.environ.items() if k != "GUANJIA_AS_OWNER"}
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        env={
            **kept,
            "DATABASE_URL": house.SERVER.url(roles.LOGIN, committed_town.database),
            "DJANGO_SETTINGS_MODULE": "guanjia.web.settings",
        },
        stdout=subprocess.PIPE,
        text=True,
    )


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


def test_a_photo_whose_process_is_killed_is_neither_lost_nor_kept_twice(
    committed_town: Town, tmp_path: Path
) -> None:
    process = begun(committed_town, "tests.concerns.dying_upload", str(tmp_path))
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    lying = [p for p in (tmp_path / "attachments").rglob("*") if p.is_file()]
    assert len(lying) == 1
    assert counts(committed_town) == [0, 0, 0, 0, 0]
    for _again in range(2):
        given = SimpleUploadedFile("a.jpg", photo())
        Client().post("/ask/", {**SAID, "step": "3", "go": "send", "files": [given]})
    for path in lying:
        os.utime(path, (0, 0))
    tasks.sweep_files(0)
    with committed_town.as_job():
        (kept,) = Attachment.objects.all()
    assert not lying[0].exists()
    assert storing.path_of(kept.stored).stat().st_size == kept.size
