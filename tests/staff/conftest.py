"""The two-town house of the attacks: both towns have people, awards, payments and leads."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from guanjia.kit import scope
from guanjia.staff import actions, roles
from tests import town
from tests.entitlements import office
from tests.entitlements.desk import Worked, as_job, work


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A files folder of this test's own."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    return tmp_path


@pytest.fixture
def two_towns(cast: town.Cast, files: Path) -> Worked:
    """Months worked off in both towns, and a post at 虎门 that was handed over."""
    done = work(cast)
    gone = town.desk("gone", "去", roles.TOWN_CLERK, town.HUMEN)
    actions.end_post(
        gone.posts.get().pk,
        town.TODAY,
        cast.zhou,
        town.TODAY,
        to=cast.huang.posts.get().pk,
    )
    with scope.hold(as_job()):
        other = replace(office.LI, number="L-3", place=town.COMMUNITY, payee="陈大文")
        office.grant(cast, replace(other, person=cast.chen.id))
    return done
