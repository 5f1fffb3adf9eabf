"""Families as they stood: facts in time, several employers, and the same reading alone or in a batch."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanjia.entitlements.families import snapshot
from guanjia.kit import days
from guanjia.people import actions as people
from guanjia.people.models import Household
from guanjia.people.records import NewFact, NewHousehold
from guanjia.policy.facts import declared
from tests import town
from tests.entitlements import office

FACTS = office.BOOK.facts
JANUARY_5 = office.moment(office.JANUARY, 5)


def value(of: snapshot.Frozen, name: str, seat: int | None = None) -> Any:
    """One fact as the rules read it."""
    fact = declared().find(name)
    assert fact is not None
    return (of.family.household if seat is None else of.family.people[seat])[fact.position]


def chen(cast: town.Cast, on: date = office.JANUARY, at: Any = JANUARY_5) -> snapshot.Frozen:
    """The 陈 family on a day."""
    return snapshot.read(office.BOOK, [cast.chen_home.id], on, at)[0]


def test_members_stand_in_register_order_with_birth_sex_and_place(house: town.Cast) -> None:
    found = chen(house)
    assert found.persons == [p.id for p in house.chen_home.members]
    assert value(found, "born_on", 0) == date(1978, 5, 4)
    assert value(found, "hukou_local", 0) is True
    assert value(found, "deposits") == 0
    assert value(found, "alive", 0) is True
    assert value(found, "able_to_work", 0) is None
    assert value(found, "wages", 0) == ((days.number(town.START), 120_000, 199900),)


def test_a_fact_is_read_as_known_then_and_as_known_now(house: town.Cast) -> None:
    office.learn(house.chen, NewFact("wages", 0, town.START), office.moment(office.JANUARY, 20))
    assert value(chen(house), "wages", 0)[0][2] == 199900
    later = chen(house, at=office.moment(office.FEBRUARY))
    assert value(later, "wages", 0)[0][2] == 0


def test_a_fact_that_is_recorded_as_not_known_is_unknown(house: town.Cast) -> None:
    office.learn(house.chen, NewFact("alive", None, office.DECEMBER))
    assert value(chen(house), "alive", 0) is None
    assert value(chen(house, date(2019, 11, 1)), "alive", 0) is True


def test_two_employers_add_up_month_by_month(house: town.Cast) -> None:
    second = NewFact("wages", 100, date(2019, 10, 1), date(2019, 12, 1), key="饭店")
    office.learn(house.chen, second)
    first, october, december = (
        days.number(d) for d in (town.START, date(2019, 10, 1), date(2019, 12, 1))
    )
    assert value(chen(house), "wages", 0) == (
        (first, october, 199900),
        (october, december, 200000),
        (december, 120_000, 199900),
    )


def test_an_unknown_wage_makes_its_months_unknown(house: town.Cast) -> None:
    office.learn(
        house.chen, NewFact("wages", None, date(2019, 10, 1), date(2019, 11, 1), key="饭店")
    )
    spans = value(chen(house), "wages", 0)
    assert [span[2] for span in spans] == [199900, None, 199900]


def test_amounts_of_one_kind_under_several_keys_add_up(house: town.Cast) -> None:
    office.learn(house.chen_home, NewFact("deposits", 500, town.START, key="农商行"))
    office.learn(house.chen_home, NewFact("deposits", 70, town.START, key="邮储"))
    assert value(chen(house), "deposits") == 570


def test_awards_in_force_are_held_from_their_assessment(house: town.Cast) -> None:
    office.award_chen(house)
    assert chen(house).family.held == {("dibao", -1): days.number(date(2019, 11, 1))}
    assert chen(house, date(2019, 11, 1)).family.held == {}


def test_a_household_reads_the_same_alone_and_among_others(house: town.Cast) -> None:
    office.award_chen(house, assessed_on=date(2019, 2, 1), applied_on=date(2019, 2, 1))
    office.learn(house.li, NewFact("wages", 100, date(2010, 1, 1), date(2016, 6, 1)))
    alone = snapshot.read(office.BOOK, [li_home(house)], office.JANUARY, JANUARY_5)[0]
    ids = list(Household.objects.values_list("pk", flat=True))
    together = snapshot.read(office.BOOK, ids, office.JANUARY, JANUARY_5)
    among = next(h for h in together if h.household == alone.household)
    assert snapshot.fingerprint(alone, FACTS) == snapshot.fingerprint(among, FACTS)


def li_home(cast: town.Cast) -> int:
    """李婆婆's household."""
    found = snapshot.household_of(cast.li.id, office.JANUARY, JANUARY_5)
    assert found is not None
    return found


def test_the_hash_sees_any_fact(house: town.Cast) -> None:
    before = snapshot.fingerprint(chen(house), FACTS)
    for fact in (
        NewFact("serious_illness", 1, office.DECEMBER),
        NewFact("wages", 5, date(2019, 11, 1), date(2019, 12, 1)),
    ):
        office.learn(house.chen, fact)
        after = snapshot.fingerprint(chen(house), FACTS)
        assert after != before
        before = after


@pytest.mark.parametrize("count", [1, 40])
def test_a_batch_takes_eight_queries_however_many_households(house: town.Cast, count: int) -> None:
    homes = [
        NewHousehold(
            f"Q-{n}",
            town.COMMUNITY,
            [town.resident(f"人{n}", date(1970, 1, 1), 101 + 2 * n, town.COMMUNITY, wages=100)],
        )
        for n in range(count)
    ]
    people.register(homes, "test", town.KNOWN)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        snapshot.read(office.BOOK, [h.id for h in homes], office.JANUARY, JANUARY_5)
    assert len(seen) == 8
