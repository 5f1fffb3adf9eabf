"""Killed with kill -9 between sending and marking: it is tried again, and one message lies there."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from guanjia.cases import askers, tasks
from guanjia.cases.models import Notice
from tests.cases import office
from tests.cases.office import MORNING
from tests.committed import Town, _django_db_helper, committed_town
from tests.concerns.test_killed import begun

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_message_whose_sender_is_killed_goes_once(
    committed_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(askers.PHONES, "concern", lambda _case: "13800001234")
    case = office.ask()
    office.make(committed_town.cast.wang, case, "accept", MORNING)
    process = begun(committed_town, "tests.cases.dying_sender", str(tmp_path), MORNING.isoformat())
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    with committed_town.as_job():
        one = Notice.objects.get(way="sms")
    assert (one.tries, one.sent_at) == (1, None)
    assert tasks.send_at(MORNING) == 0, "it waits for its next try"
    assert tasks.send_at(MORNING + timedelta(minutes=3)) == 1
    with committed_town.as_job():
        assert Notice.objects.get(way="sms").sent_at is not None
    assert len(list((tmp_path / "messages" / "sms").iterdir())) == 1
