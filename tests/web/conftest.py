"""Ground for houses: short-lived folders that the server's account can walk to."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.running import guanjia, processes_of, wait_until


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder of this test alone; pytest's own are closed to every other account."""
    folder = Path(tempfile.mkdtemp(prefix="guanjia-"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A house as `guanjia init` leaves it."""
    folder = Path(tempfile.mkdtemp(prefix="guanjia-made-"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    done = guanjia(folder / "house", "init")
    assert done.returncode == 0, done.stderr
    yield folder / "house"
    shutil.rmtree(folder)


@pytest.fixture
def ready(made: Path, ground: Path) -> Iterator[Path]:
    """A copy of that house for one test, at whose end nothing of it still runs."""
    subprocess.run(["cp", "-a", str(made), str(ground / "house")], check=True)
    yield ground / "house"
    wait_until(lambda: processes_of(ground) == set(), seconds=10)  # a busy machine ends them late
