"""The keeper of programs: gives up on one that cannot stay up, and ends one that will not end."""

import os
import signal
import threading
from pathlib import Path

import pytest

from guanjia.web.house import keeper
from tests.web.running import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules children can run."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "stays.py").write_text("import time\ntime.sleep(600)\n")
    (tmp_path / "falls.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "deaf.py").write_text(
        "import pathlib, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(tmp_path / 'deaf.up')!r}).touch()\ntime.sleep(600)\n"
    )
    return tmp_path


def test_a_program_that_cannot_stay_up_is_given_up_and_the_others_end(programs: Path) -> None:
    stays, falls = keeper.Child("页面", ["stays"]), keeper.Child("任务", ["falls"])
    with pytest.raises(keeper.ChildFailed, match="任务一启动就退出"):
        keeper.keep([stays, falls], lambda: None, lambda: False)
    assert falls.starts == keeper.MOST_STARTS
    assert not stays.alive
    assert stays.process is not None
    assert stays.process.returncode == -signal.SIGTERM


def test_a_program_that_will_not_end_is_ended(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "PATIENCE", 0.5)
    deaf = keeper.Child("任务", ["deaf"])
    deaf.start()
    wait_until(lambda: (programs / "deaf.up").exists())
    deaf.end()
    assert deaf.process is not None
    assert deaf.process.returncode == -signal.SIGKILL


def test_it_says_once_that_all_is_up_and_stops_when_asked(programs: Path) -> None:
    told: list[str] = []
    timer = threading.Timer(1.5, os.kill, [os.getpid(), signal.SIGTERM])
    timer.start()
    before = signal.getsignal(signal.SIGTERM)
    keeper.keep([keeper.Child("页面", ["stays"])], lambda: told.append("up"), lambda: True)
    assert told == ["up"]
    assert signal.getsignal(signal.SIGTERM) is before
