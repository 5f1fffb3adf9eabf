"""A city out of the registry, decided as a whole, comes out as when each family is decided by itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from guanjia.entitlements.families import export, snapshot
from guanjia.interop import load
from guanjia.kit import scope
from guanjia.people.models import Household
from guanjia.policy.city import deciding, layout, reading
from guanjia.policy.decide import rules
from guanjia.policy.family import HOUSEHOLD
from guanjia.staff.models import User
from tests import town
from tests.interop import cities

KNOWN = datetime(2020, 4, 1, tzinfo=UTC)
MONTHS = [date(2019, 12, 1), date(2020, 3, 1)]
Row = tuple[int, int, str, bool | None, int | None, int | None, int]


@pytest.fixture
def poured(db: None) -> Iterator[load.Summary]:
    """A small city, seen by a job."""
    office: tuple[User, User] = cities.office()
    summary = load.load_synthetic(cities.book(), cities.scene(), 3_000, *office)
    with scope.hold(cities.all_eyes()):
        yield summary


def by_itself(month: date) -> set[Row]:
    """Every result, each family decided by the family's reading."""
    book, found = cities.book(), set()
    for home in snapshot.read(book, _every(), month, KNOWN):
        if home.persons:
            for r in rules(book, month).decide(home.family):
                row = (r.benefit, r.entitled, r.gross, r.net, r.reasons)
                found.add((home.household, r.unit, *row))
    return found


def _every() -> list[int]:
    return list(Household.objects.order_by("pk").values_list("pk", flat=True))


def as_a_whole(month: date, folder: Path, least: int) -> tuple[set[Row], deciding.Results]:
    """Every result, the city decided over its snapshot."""
    laid = export.write(cities.book(), town.CITY, month, KNOWN, folder / "facts", least)
    assert layout.read_index(folder / "facts") == laid
    results = deciding.decide(cities.book(), month, laid, folder / "results")
    assert deciding.read_results(folder / "results") == results
    with layout.engine(folder) as con:
        return set(con.execute(reading.rows(cities.book(), results)).fetchall()), results


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("least", [1, 30, 100_000])
def test_a_whole_city_comes_out_as_its_families(
    poured: load.Summary, tmp_path: Path, month: date, least: int
) -> None:
    alone = by_itself(month)
    whole, results = as_a_whole(month, tmp_path, least)
    assert whole == alone
    paying = {c.code for c in cities.book().chapters if c.amounts_on(month)}
    open_ = {row[0] for row in alone if row[3] is not False and row[2] in paying}
    assert deciding.concerned(results) == sorted(open_)
    assert any(row[1] == HOUSEHOLD and row[3] for row in whole)


def test_the_same_facts_give_the_same_bytes(poured: load.Summary, tmp_path: Path) -> None:
    hashes = set()
    for name in "ab":
        as_a_whole(MONTHS[1], tmp_path / name, least=30)
        hashes.add(deciding.hash_of(tmp_path / name / "results"))
    assert len(hashes) == 1


def test_a_town_is_exported_alone(poured: load.Summary, tmp_path: Path) -> None:
    laid = export.write(cities.book(), town.CHANGAN, MONTHS[1], KNOWN, tmp_path)
    whole = export.write(cities.book(), town.CITY, MONTHS[1], KNOWN, tmp_path / "whole")
    assert 0 < laid.households < whole.households
    lived = [h for h in snapshot.read(cities.book(), _every(), MONTHS[1], KNOWN) if h.persons]
    assert whole.people == sum(len(home.persons) for home in lived)
    assert whole.households == len(lived)
