"""The house of the tests: an embedded server of their own, set up before Django reads settings."""

import os
import tempfile
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

if "GUANJIA_TEST_HOME" not in os.environ:
    # One cluster serves all test runs of a clone; every run has its own database. Another clone has
    # its own: pages of one must not be served with the styles of the other.
    root = Path("/var/lib/guanjia") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    clone = sha256(str(Path(__file__).resolve().parents[1]).encode()).hexdigest()[:8]
    os.environ["GUANJIA_TEST_HOME"] = str(root / f"guanjia-tests-{os.geteuid()}-{clone}")
os.environ["LANGUAGE"] = "zh_CN"  # whatever the terminal speaks
os.environ["GUANJIA_DATA"] = os.environ["GUANJIA_TEST_HOME"]

from guanjia.web.house import embedded, home

_open = ExitStack()
SERVER = _open.enter_context(embedded.held(home.ensure()))
os.environ["DATABASE_URL"] = SERVER.app_url
os.environ["DATABASE_OWNER_URL"] = SERVER.owner_url
os.environ["GUANJIA_AS_OWNER"] = "yes"  # the test database is made by the owner


def pytest_unconfigure() -> None:
    """Leave the server; the last of all test runs that use it stops it."""
    _open.close()
