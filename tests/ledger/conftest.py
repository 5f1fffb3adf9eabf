"""A town's books in the tests: two funded budgets, one paid month, and a second connection."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from guanjia.ledger.models import Transfer
from tests import town
from tests.entitlements import office


@pytest.fixture
def paid(
    as_job: town.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[town.Cast, Transfer]]:
    """December 2019 is posted to the 陈 family: the cast, and the one transfer."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    office.open_house(as_job, budget=1_000_000_00)
    office.award_chen(as_job)
    run = office.post(as_job, office.determine(as_job, office.DECEMBER))
    yield as_job, Transfer.objects.get(entry__run=run, entry__benefit="dibao")
