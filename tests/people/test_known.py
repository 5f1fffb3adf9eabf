"""A page as it was known on a day, and corrections with before, when, by whom, from which source."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from guanjia.kit import scope
from guanjia.people import actions, belief, queries
from guanjia.people.models import Membership, PersonFact
from guanjia.people.records import NewFact, NewHousehold
from tests import town
from tests.doors import asked_of, at_desk, text_of

LEARNT = datetime(2020, 3, 1, 4, tzinfo=UTC)
MIDNIGHT = datetime(2020, 2, 29, 16, tzinfo=UTC)
"""24:00 of 29 February in Shanghai."""


@pytest.fixture
def corrected(cast: town.Cast) -> town.Cast:
    """王 raised the wages of 陈 from January on, and learnt it on 1 March."""
    with scope.hold(town.eyes(cast.wang)):
        fact = NewFact("wages", 250000, date(2020, 1, 1))
        actions.correct_fact(cast.chen, fact, "test", LEARNT)
    return cast


def test_each_row_says_who_recorded_it_and_a_register_says_nobody(corrected: town.Cast) -> None:
    with scope.hold(town.eyes(corrected.wang)):
        rows = PersonFact.objects.filter(person_id=corrected.chen.id, kind="wages")
        said = {(r.number, r.superseded_at): r.recorded_by_id for r in rows}
    mine = corrected.wang.posts.get().pk
    assert said == {(199900, LEARNT): None, (250000, None): mine, (199900, None): mine}


def test_before_the_correction_was_learnt_the_old_value_was_believed(corrected: town.Cast) -> None:
    client, url = at_desk(corrected.wang), reverse("person", args=[corrected.chen.id])
    now, then = text_of(client, url), text_of(client, f"{url}?known=2020-02-29")
    assert "2,500.00" in now
    assert "更正记录" in now
    assert "2,500.00" not in then
    assert "1,999.00" in then
    assert "更正记录" not in then
    assert "24时掌握的情况显示" in then
    assert "2,500.00" in text_of(client, f"{url}?known=2020-03-01")


def test_a_correction_tells_before_after_when_by_whom_and_the_source(corrected: town.Cast) -> None:
    page = text_of(at_desk(corrected.wang), reverse("person", args=[corrected.chen.id]))
    told = page[page.index('id="corrections-title"') :]
    for part in ("1,999.00", "2,500.00", "2020年3月1日", "王", "测试"):
        assert part in told


def test_a_day_ends_at_midnight_in_shanghai(cast: town.Cast) -> None:
    assert belief.end_of(date(2020, 2, 29)) == MIDNIGHT
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        fact = NewFact("wages", 1, date(2020, 1, 1))
        actions.correct_fact(cast.chen, fact, "test", MIDNIGHT)
    client, url = at_desk(cast.wang), reverse("person", args=[cast.chen.id])
    assert "更正记录" not in text_of(client, f"{url}?known=2020-02-29")
    assert "更正记录" in text_of(client, f"{url}?known=2020-03-01")


def test_a_household_is_shown_with_the_members_of_that_day(cast: town.Cast) -> None:
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        home = NewHousehold("T-9", town.COMMUNITY, [])
        actions.register([home], "test", town.KNOWN)
        actions.move(cast.li, home, date(2020, 2, 1), "test", LEARNT)
        assert Membership.objects.filter(person_id=cast.li.id).count() == 3
        then = [m for m, _r in queries.lived_together(cast.li.id, town.TODAY, MIDNIGHT)]
    assert [(h.household.number, h.until) for h in then] == [("T-1", None)]
    client, person = at_desk(cast.wang), reverse("person", args=[cast.li.id])
    assert "T-9" in text_of(client, person)
    page = text_of(client, f"{person}?known=2020-02-10")
    assert "T-9" not in page
    with scope.hold(town.eyes(cast.wang)):
        first = then[0].household_id
    assert f"/people/households/{first}/?known=2020-02-10" in page
    house = text_of(client, f"{reverse('household', args=[home.id])}?known=2020-02-10")
    assert "李月好" not in house


@pytest.mark.parametrize("wrong", ["2020-04-02", "2020-02-30", "x", "0000-00-00"])
def test_a_day_that_is_none_or_has_not_come_is_said_and_shows_now(
    corrected: town.Cast, wrong: str
) -> None:
    url = reverse("person", args=[corrected.chen.id])
    page = text_of(at_desk(corrected.wang), f"{url}?known={wrong}")
    assert "这一天还没有到" in page or "请写一个日期" in page
    assert "24时掌握的情况显示" not in page


def test_a_page_takes_at_most_fifteen_queries_then_and_now(corrected: town.Cast) -> None:
    """Fourteen here: somebody who was paid has one more."""
    client, url = at_desk(corrected.wang), reverse("person", args=[corrected.chen.id])
    assert asked_of(client, url) <= 14
    assert asked_of(client, f"{url}?known=2020-02-29") <= 14
