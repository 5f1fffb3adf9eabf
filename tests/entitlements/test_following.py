"""The price subsidy: paid person by person under the award that it follows, and never twice."""

from dataclasses import replace
from datetime import date

import pytest

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import replay
from guanjia.entitlements.models import Determination, Lead
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Entry, Transfer
from guanjia.people import actions as people
from guanjia.people.records import NewFact, NewPerson
from tests import town
from tests.entitlements import office

SUBSIDY = "price_subsidy"
OCTOBER, NOVEMBER, YEARS_END = date(2020, 10, 1), date(2020, 11, 1), date(2020, 12, 1)
LATER = date(2021, 3, 1)


def paid(month: date) -> dict[int, int]:
    """Person -> fen that were paid for a month."""
    moves = Transfer.objects.filter(
        entry__benefit=SUBSIDY, entry__month=month, entry__kind="payment"
    )
    return {m.entry.determination.person_id: m.fen for m in moves}  # type: ignore[union-attr,misc]


def everybody(house: town.Cast) -> set[int]:
    return {person.id for person in house.chen_home.members}


def child(house: town.Cast) -> NewPerson:
    return house.chen_home.members[2]


def all_is_well() -> bool:
    """The ledger proves itself, replay agrees, and nobody is asked to visit for a subsidy."""
    report = replay.replay(list(queries.runs()))
    leads = Lead.objects.filter(benefit=SUBSIDY)
    return not (audit() or report.disagreements or leads.exists())


def test_each_member_of_a_household_is_paid_under_its_award(house: town.Cast) -> None:
    award = office.award_chen(house)
    december, january = office.months(house, office.DECEMBER, office.JANUARY)
    assert paid(office.DECEMBER) == dict.fromkeys(everybody(house), 98000 * 45 // 1000)
    assert paid(office.JANUARY) == dict.fromkeys(everybody(house), 106000 * 45 // 1000)
    assert {e.award_id for e in Entry.objects.filter(benefit=SUBSIDY, run=january)} == {award.id}
    assert office.figures(december)[(town.CHANGAN, SUBSIDY, "new")] == (3, 3 * 4410)
    assert office.figures(january)[(town.CHANGAN, SUBSIDY, "changed")] == (3, 3 * 4770)
    assert all_is_well()


def test_one_who_died_is_paid_no_more_and_the_others_are(house: town.Cast) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    dead = child(house)
    office.learn(dead, NewFact("alive", 0, date(2019, 12, 20)), office.moment(office.JANUARY, 2))
    january, _february = office.months(house, office.JANUARY, office.FEBRUARY)
    assert set(paid(office.JANUARY)) == set(paid(office.FEBRUARY)) == everybody(house) - {dead.id}
    assert office.figures(january)[(town.CHANGAN, SUBSIDY, "stopped")] == (1, 0)
    assert all_is_well()


def test_months_without_a_run_are_made_up_for(house: town.Cast) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    march = office.pay(house, office.determine(house, office.MARCH))
    for month, rate in ((office.JANUARY, 45), (office.FEBRUARY, 54), (office.MARCH, 52)):
        assert paid(month) == dict.fromkeys(everybody(house), 106000 * rate // 1000)
    assert office.figures(march)[(town.CHANGAN, SUBSIDY, "arrears")] == (6, 3 * (4770 + 5724))
    assert all_is_well()


def test_whichever_award_pays_a_month_is_paid_once(house: town.Cast) -> None:
    """An award of the child's own, granted back to December, takes over without paying again."""
    office.award_chen(house)
    office.months(house, office.DECEMBER, office.JANUARY)
    own = replace(office.LI, number="O-1", benefit="orphan", person=child(house).id, granted=1)
    office.grant(house, own, office.moment(office.FEBRUARY, 2))
    february, _march = office.months(house, office.FEBRUARY, office.MARCH)
    assert (town.CHANGAN, SUBSIDY, "arrears") not in office.figures(february)
    for month in (office.DECEMBER, office.JANUARY, office.FEBRUARY, office.MARCH):
        assert set(paid(month)) == everybody(house)
    payees = {
        e.determination.person_id: e.award.number  # type: ignore[union-attr]
        for e in Entry.objects.filter(benefit=SUBSIDY, month=office.MARCH)
    }
    assert payees[child(house).id] == "O-1"
    assert set(payees.values()) == {"O-1", "D-1"}
    shown = sum(f.fen for f in queries.figures(february.pk) if f.what == "paid")
    assert shown == sum(t.fen for t in Transfer.objects.filter(entry__run=february))
    assert all_is_well()


def test_below_the_line_it_stops_by_itself_and_without_an_index_nothing_is_paid(
    house: town.Cast,
) -> None:
    office.award_chen(house, pays_from=OCTOBER)
    for month in (OCTOBER, NOVEMBER, YEARS_END):
        office.pay(house, office.determine(house, month, today=LATER))
    assert set(paid(OCTOBER)) == everybody(house)
    assert paid(NOVEMBER) == paid(YEARS_END) == {}
    whats = Determination.objects.filter(benefit=SUBSIDY, since=NOVEMBER)
    assert {d.what for d in whats} == {"stopped"}
    assert all_is_well()


def test_arrears_above_the_line_do_not_go_on_below_it(house: town.Cast) -> None:
    office.award_chen(house, pays_from=OCTOBER)
    office.pay(house, office.determine(house, NOVEMBER, today=LATER))
    office.pay(house, office.determine(house, YEARS_END, today=LATER))
    assert set(paid(OCTOBER)) == everybody(house)
    assert paid(NOVEMBER) == paid(YEARS_END) == {}
    assert all_is_well()


@pytest.mark.parametrize("to", [None, "T-1"])
def test_one_who_leaves_the_household_leaves_its_subsidy(house: town.Cast, to: str | None) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    home = None if to is None else house.chen_home
    if home is not None:
        home = replace(home, id=_home_of(house.li.id))
    gone = child(house)
    people.move(gone, home, date(2019, 12, 20), "test", office.moment(office.JANUARY, 2))
    office.months(house, office.JANUARY, office.FEBRUARY)
    assert set(paid(office.JANUARY)) == set(paid(office.FEBRUARY)) == everybody(house) - {gone.id}
    assert audit() == []
    assert not Lead.objects.filter(benefit=SUBSIDY).exists()


def _home_of(person: int) -> int:
    from guanjia.people.models import Membership

    return Membership.objects.get(person=person, superseded_at=None).household_id
