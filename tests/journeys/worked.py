"""A house in which months were worked out and paid: December to February, with March to approve."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from guanjia.entitlements.models import Run
from guanjia.kit import scope
from guanjia.people.records import NewFact
from tests import town
from tests.entitlements import office
from tests.journeys.houses import House


@dataclass(frozen=True, slots=True)
class Worked:
    """The house, its cast, the paid runs and the one that waits for approval."""

    url: str
    cast: town.Cast
    paid: list[Run]
    ready: Run


@pytest.fixture(scope="module")
def worked(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    """陈 on 低保; 李婆婆 missed for 高龄津贴; 何金水 paid it and then gone from the register."""
    files: Path = settings.GUANJIA_FILES
    settings.GUANJIA_FILES = tmp_path_factory.mktemp("files")
    cast = house.cast
    with scope.hold(scope.job("worked", town.CITY, town.TODAY)):
        office.open_house(cast)
        office.award_chen(cast)
        ho = replace(office.LI, number="L-2", place=town.ELSEWHERE, payee="何金水", granted=10000)
        office.grant(cast, replace(ho, person=cast.ho.id))
        paid = list(office.months(cast, office.DECEMBER, office.JANUARY, office.FEBRUARY))
        dead = NewFact("alive", 0, date(2020, 2, 20))
        office.learn(cast.ho, dead, office.moment(office.MARCH, 1))
        ready = office.determine(cast, office.MARCH)
    yield Worked(house.url, cast, paid, ready)
    settings.GUANJIA_FILES = files
