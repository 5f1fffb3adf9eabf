"""The office of the tests, seen by a job of the city."""

from pathlib import Path

import pytest
from django.conf import settings

from tests import town
from tests.entitlements import desk, office


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A files folder of this test's own."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    return tmp_path


@pytest.fixture
def house(as_job: town.Cast, files: Path) -> town.Cast:
    """The cast with a book, budgets and complete papers; no awards yet."""
    office.open_house(as_job)
    return as_job


@pytest.fixture
def worked(cast: town.Cast, files: Path) -> desk.Worked:
    """Months that were paid and one to approve, for the tests of pages."""
    return desk.work(cast)
