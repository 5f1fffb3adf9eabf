"""Awards: from which month they are due, what keeps them paid, what ends them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from guanjia.entitlements import queries
from guanjia.entitlements.errors import NoteMissing, NotInBulk, WrongState
from guanjia.entitlements.leads import settling
from guanjia.entitlements.models import Award, Determination, Lead, Run
from guanjia.entitlements.records import NewAward
from guanjia.entitlements.runs import actions
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Entry, Transfer
from guanjia.people import actions as people
from guanjia.people.records import NewFact
from guanjia.policy.starts import first_due
from tests import town
from tests.entitlements import office

MAY = date(2021, 5, 1)


def paid(run: Run) -> dict[tuple[str, date | None], int]:
    """(benefit, month due) -> fen, of one run; what follows those benefits left out."""
    moves = Transfer.objects.filter(entry__run=run).exclude(entry__benefit="price_subsidy")
    moves = moves.select_related("entry")
    return {(m.entry.benefit, m.entry.month): m.fen for m in moves}


def test_low_income_aid_is_due_the_month_after_approval_and_disability_from_application(
    house: town.Cast,
) -> None:
    """低保 granted on 2021-03-15: from 2021-04. 残疾人补贴 applied then, approved in May: from March."""
    applied = date(2021, 3, 15)
    for kind, value in (("disability_level", 1), ("disability_kind", "limb")):
        office.learn(house.chen, NewFact(kind, value, town.START))
    first = first_due("month after approval", applied, applied)
    dibao = replace(
        office.CHEN,
        household=house.chen_home.id,
        **dict.fromkeys(("applied_on", "assessed_on", "approved_on"), applied),
        since=first,
        pays_from=first,
    )
    office.grant(house, dibao, datetime(2021, 3, 15, tzinfo=UTC))
    april = office.pay(house, office.determine(house, date(2021, 4, 1), today=date(2021, 6, 1)))
    since = first_due("month of application", applied, date(2021, 5, 3))
    living = NewAward(
        *("S-1", "disability_living", town.COMMUNITY, applied, applied, date(2021, 5, 3)),
        *("陈大文", "6217001234567890001", 20000, since, since, "month"),
        person=house.chen.id,
    )
    office.grant(house, living, datetime(2021, 5, 3, tzinfo=UTC))
    may = office.pay(house, office.determine(house, MAY, today=date(2021, 6, 1)))
    assert {month for _benefit, month in paid(april)} == {date(2021, 4, 1)}
    assert paid(may) == {
        ("dibao", MAY): 142100,
        **{("disability_living", date(2021, m, 1)): 20000 for m in (3, 4, 5)},
    }
    arrears = office.figures(may)[(town.CHANGAN, "disability_living", "arrears")]
    assert arrears == (2, 40000)
    june = office.pay(house, office.determine(house, date(2021, 6, 1), today=date(2021, 6, 1)))
    assert set(paid(june)) == {("dibao", date(2021, 6, 1)), ("disability_living", date(2021, 6, 1))}
    assert audit() == []


def test_a_month_without_a_run_is_made_up_for_by_the_next(house: town.Cast) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    february = office.pay(house, office.determine(house, office.FEBRUARY))
    assert paid(february) == {("dibao", office.JANUARY): 142100, ("dibao", office.FEBRUARY): 142100}


def earn(house: town.Cast, fen: int, since: date, at: datetime) -> None:
    """陈大文 earns so much from a month on; the office looks again on that day."""
    office.learn(house.chen, NewFact("wages", fen, since), at)
    award = Award.objects.get(benefit="dibao", superseded_at=None)
    Award.objects.filter(pk=award.pk).update(superseded_at=at)
    award.pk, award.assessed_on, award.recorded_at = None, date(2019, 11, 20), at
    award._state.adding = True
    award.save(force_insert=True)


def test_an_award_without_entitlement_is_paid_until_a_named_person_confirms(
    house: town.Cast,
) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    earn(house, 9_000_00, date(2019, 5, 1), office.moment(office.JANUARY, 2))
    january = office.pay(house, office.determine(house, office.JANUARY))
    assert paid(january) == {("dibao", office.JANUARY): 94100}  # as before
    lead = Lead.objects.get(kind="doubtful")
    decided = Determination.objects.get(pk=lead.determination_id)
    assert (decided.entitled, decided.carried, decided.pays) == (False, True, 94100)
    at = office.moment(office.FEBRUARY, 1)
    with pytest.raises(NoteMissing):
        settling.settle_lead(lead.pk, house.wang, "confirmed", "", at, office.FEBRUARY)
    with pytest.raises(NotInBulk, match="1 条"):
        settling.settle_in_bulk([lead.pk], house.wang, "比对", at, office.FEBRUARY)
    settling.settle_lead(lead.pk, house.wang, "confirmed", "入户核实", at, office.FEBRUARY)
    with pytest.raises(WrongState):
        settling.settle_lead(lead.pk, house.wang, "confirmed", "再来", at, office.FEBRUARY)
    assert Award.objects.get(benefit="dibao", superseded_at=None).until == office.FEBRUARY
    february = office.pay(house, office.determine(house, office.FEBRUARY))
    assert paid(february) == {}
    assert office.figures(february)[(town.CHANGAN, "dibao", "stopped")] == (1, 0)
    march = office.determine(house, office.MARCH)
    assert not Determination.objects.filter(run=march, benefit="dibao").exists()
    assert audit() == []


def test_a_doubt_that_was_unfounded_changes_nothing(house: town.Cast) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    earn(house, 9_000_00, date(2019, 5, 1), office.moment(office.JANUARY, 2))
    office.pay(house, office.determine(house, office.JANUARY))
    lead = Lead.objects.get(kind="doubtful")
    at = office.moment(office.FEBRUARY, 1)
    settling.settle_lead(lead.pk, house.wang, "dismissed", "工资是代领的", at, office.FEBRUARY)
    february = office.pay(house, office.determine(house, office.FEBRUARY))
    assert paid(february) == {("dibao", office.FEBRUARY): 94100}
    assert not Lead.objects.filter(kind="doubtful", state="open").exists()


def test_what_is_not_known_is_paid_as_before_and_asked(house: town.Cast) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    office.learn(
        house.chen_home,
        NewFact("deposits", None, office.JANUARY),
        office.moment(office.JANUARY, 2),
    )
    january = office.pay(house, office.determine(house, office.JANUARY))
    assert paid(january) == {("dibao", office.JANUARY): 94100}
    lead = Lead.objects.get(kind="unknown", household=house.chen_home.id, benefit="dibao")
    assert lead.determination.entitled is None and lead.determination.carried
    office.learn(
        house.chen_home, NewFact("deposits", 0, office.FEBRUARY), office.moment(office.FEBRUARY, 2)
    )
    office.months(house, office.FEBRUARY)
    lead.refresh_from_db()
    assert lead.state == "gone"


def test_deaths_are_confirmed_in_bulk(house: town.Cast) -> None:
    office.award_li(house)
    office.months(house, office.DECEMBER)
    office.learn(
        house.li, NewFact("alive", 0, date(2019, 12, 20)), office.moment(office.JANUARY, 2)
    )
    january = office.pay(house, office.determine(house, office.JANUARY))
    assert paid(january) == {("longevity", office.JANUARY): 15000}
    doubts = list(Lead.objects.filter(kind="doubtful").values_list("pk", flat=True))
    at = office.moment(office.FEBRUARY, 1)
    assert settling.settle_in_bulk(doubts, house.wang, "死亡比对", at, office.FEBRUARY) == 1
    february = office.pay(house, office.determine(house, office.FEBRUARY))
    assert paid(february) == {}


def test_one_who_lives_in_no_household_is_paid_as_before_and_asked(house: town.Cast) -> None:
    office.award_li(house)
    office.months(house, office.DECEMBER)
    people.move(house.li, None, date(2019, 12, 20), "test", office.moment(office.JANUARY, 2))
    january = office.pay(house, office.determine(house, office.JANUARY))
    assert paid(january) == {("longevity", office.JANUARY): 15000}
    assert Lead.objects.filter(kind="unknown", person=house.li.id, benefit="longevity").count() == 1


def test_an_ended_award_is_history_and_the_payments_stay(house: town.Cast) -> None:
    office.award_li(house)
    office.months(house, office.DECEMBER)
    award = Award.objects.get(superseded_at=None)
    at = office.moment(office.JANUARY, 2)
    ended = actions.end_award(award, office.JANUARY, at)
    assert ended is not None and ended.number == "L-1"
    assert Award.objects.filter(number="L-1").count() == 2
    office.months(house, office.JANUARY)
    assert Entry.objects.filter(kind="payment").count() == 1
    assert queries.last_paid_run(town.CITY) is not None
