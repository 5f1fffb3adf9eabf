"""Months that were paid, decided again as now known: arrears pay the difference, too much is written down."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db.models import Sum

from guanjia.entitlements.bank import settling_overpayments as settling
from guanjia.entitlements.deciding import replay
from guanjia.entitlements.errors import SamePerson, WrongState
from guanjia.entitlements.models import Determination, Run
from guanjia.entitlements.runs import actions
from guanjia.entitlements.tables.after import Overpayment
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Entry
from guanjia.people.records import NewFact
from guanjia.policy import book as books
from guanjia.policy.redraft import NewRow, with_row
from tests import town
from tests.entitlements import office

APRIL = date(2020, 4, 1)


def wages(cast: town.Cast, fen: int, since: date, until: date | None, at: datetime) -> None:
    office.learn(cast.chen, NewFact("wages", fen, since, until), at)


def paid(month: date, benefit: str = "dibao") -> list[tuple[str, int]]:
    """The payments of a month: number, fen."""
    rows = Entry.objects.filter(kind="payment", month=month, benefit=benefit).order_by("pk")
    sums = rows.annotate(fen=Sum("transfers__fen"))
    return [(entry.key.rpartition("/")[2], entry.fen) for entry in sums]


@pytest.fixture
def two(house: town.Cast) -> town.Cast:
    """December and January are paid to the 陈 family."""
    office.award_chen(house)
    office.months(house, office.DECEMBER, office.JANUARY)
    return house


def replays(run: Run) -> None:
    report = replay.replay([run])
    assert report.checked and report.disagreements == []


def test_nothing_is_decided_again_where_nothing_reaches_back(two: town.Cast) -> None:
    wages(two, 250000, office.FEBRUARY, None, office.moment(office.FEBRUARY, 1))
    run = office.determine(two, office.FEBRUARY)
    assert not Determination.objects.filter(run=run, since__lt=office.FEBRUARY).exists()


def test_a_month_that_was_paid_too_little_is_made_up_once(two: town.Cast) -> None:
    before = paid(office.JANUARY)
    assessed = NewFact("wages", 150000, date(2019, 5, 1), date(2019, 11, 1))
    office.learn(two.chen, assessed, office.moment(office.FEBRUARY, 1))
    run = office.pay(two, office.determine(two, office.FEBRUARY))
    (first, correction) = paid(office.JANUARY)
    assert [first] == before and correction[0] == "1" and correction[1] > 0
    decided = Determination.objects.get(
        run=run, since=office.JANUARY, benefit="dibao", what="arrears"
    )
    assert first[1] + correction[1] == decided.pays
    replays(run)
    office.months(two, office.MARCH)
    assert len(paid(office.JANUARY)) == 2
    assert audit() == []


def test_arrears_wait_for_approval(two: town.Cast) -> None:
    office.learn(
        two.chen,
        NewFact("wages", 150000, date(2019, 5, 1), date(2019, 11, 1)),
        office.moment(office.FEBRUARY, 1),
    )
    run = office.determine(two, office.FEBRUARY)
    assert len(paid(office.JANUARY)) == 1
    figures = office.figures(run)
    assert figures[town.CHANGAN, "dibao", "arrears"][1] > 0


def overpay(cast: town.Cast) -> Run:
    """陈 earned more than was known, from May to October 2019."""
    office.learn(
        cast.chen,
        NewFact("wages", 230000, date(2019, 5, 1), date(2019, 11, 1)),
        office.moment(office.FEBRUARY, 1),
    )
    return office.pay(cast, office.determine(cast, office.FEBRUARY))


def test_too_much_is_written_down_and_nothing_moves(two: town.Cast) -> None:
    run = overpay(two)
    found = Overpayment.objects.filter(benefit="dibao").order_by("month")
    assert [one.month for one in found] == [office.DECEMBER, office.JANUARY]
    (january,) = [one for one in found if one.month == office.JANUARY]
    assert (january.reason, january.source) == ("wages", "test")
    assert january.paid == paid(office.JANUARY)[0][1]
    assert 0 < january.due < january.paid
    assert len(paid(office.JANUARY)) == len(paid(office.DECEMBER)) == 1
    assert not Entry.objects.filter(kind="reversal").exists()
    replays(run)
    assert audit() == []


def test_too_much_is_written_down_once(two: town.Cast) -> None:
    overpay(two)
    count = Overpayment.objects.count()
    office.learn(
        two.chen_home, NewFact("deposits", 100, town.START), office.moment(office.MARCH, 1)
    )
    office.months(two, office.MARCH)
    assert Overpayment.objects.count() == count


def test_a_correction_taken_back_closes_the_record(two: town.Cast) -> None:
    overpay(two)
    office.learn(
        two.chen,
        NewFact("wages", 199900, date(2019, 5, 1), date(2019, 11, 1)),
        office.moment(office.MARCH, 1),
    )
    office.months(two, office.MARCH)
    steps = {s.step for one in Overpayment.objects.all() for s in one.steps.all()}
    assert steps == {"overtaken"}
    assert len(paid(office.JANUARY)) == 1
    assert audit() == []


def test_two_people_settle_what_was_too_much(two: town.Cast) -> None:
    overpay(two)
    one, at = Overpayment.objects.filter(month=office.JANUARY)[0], office.moment(office.MARCH)
    settling.ask(one.pk, "recovered", "本人已交回", two.zhou, at)
    with pytest.raises(SamePerson):
        settling.decide(one.pk, True, "", two.zhou, at)
    settling.decide(one.pk, True, "", two.liang, at)
    with pytest.raises(WrongState):
        settling.ask(one.pk, "waived", "困难", two.zhou, at)
    assert [s.step for s in one.steps.order_by("pk")] == ["asked", "agreed"]


def test_a_correction_of_one_month_leaves_the_next_as_it_was(two: town.Cast) -> None:
    """The month after a corrected one says again what holds: nothing else is paid by the correction."""
    office.learn(
        two.chen_home,
        NewFact("deposits", 99_999_999, office.DECEMBER, office.JANUARY),
        office.moment(office.FEBRUARY, 1),
    )
    run = office.pay(two, office.determine(two, office.FEBRUARY))
    months = set(Overpayment.objects.filter(benefit="dibao").values_list("month", flat=True))
    assert months == {office.DECEMBER}
    assert len(paid(office.JANUARY)) == 1
    usual = paid(office.JANUARY)[0][1]
    assert paid(office.FEBRUARY) == [("0", usual)]
    replays(run)


def test_a_death_learnt_late_is_too_much_and_no_transfer(house: town.Cast) -> None:
    office.award_li(house)
    office.months(house, office.DECEMBER, office.JANUARY, office.FEBRUARY)
    dead = NewFact("alive", 0, date(2019, 12, 20))
    office.learn(house.li, dead, office.moment(office.MARCH, 1))
    run = office.determine(house, office.MARCH)
    found = Overpayment.objects.order_by("month").values_list("month", "paid", "due", "reason")
    assert list(found) == [
        (office.JANUARY, 15000, 0, "alive"),
        (office.FEBRUARY, 15000, 0, "alive"),
    ]
    assert Determination.objects.filter(run=run, what="doubtful", since=office.MARCH).exists()
    replays(run)


def raised(since: date) -> books.Book:
    """The book with the 高龄津贴 from eighty on raised from a day on."""
    whole = json.loads(office.BOOK.text)
    (name,) = [n for n in whole["files"] if n.endswith("longevity/chapter.toml")]
    row = NewRow("second", since, "", "200 元/月", "测试通知", "assumption")
    whole["files"][name] = with_row(whole["files"][name], row)
    return books.from_text(json.dumps(whole, ensure_ascii=False, sort_keys=True))


def test_a_rate_raised_for_past_months_is_paid_back(house: town.Cast) -> None:
    office.award_li(house)
    office.months(house, office.DECEMBER, office.JANUARY, office.FEBRUARY)
    at = office.moment(office.MARCH, 1)
    actions.adopt_book(raised(office.JANUARY), house.zhou, house.liang, at)
    run = office.pay(house, office.determine(house, office.MARCH))
    assert paid(office.DECEMBER, "longevity") == [("0", 15000)]
    for month in (office.JANUARY, office.FEBRUARY):
        assert paid(month, "longevity") == [("0", 15000), ("1", 5000)]
    assert paid(office.MARCH, "longevity") == [("0", 20000)]
    replays(run)
    assert audit() == []


def test_a_month_across_a_rate_change_says_what_its_own_text_said(house: town.Cast) -> None:
    """Decided again a year later, December pays the old rate and January the new one."""
    at = office.moment(office.DECEMBER, 1)
    actions.adopt_book(raised(office.JANUARY), house.zhou, house.liang, at)
    office.award_li(house)
    office.months(house, office.DECEMBER, office.JANUARY)
    later, today = datetime(2020, 12, 5, 2, tzinfo=UTC), date(2020, 12, 5)
    known = later.replace(day=1)
    office.learn(house.li, NewFact("supporters", "able", date(2018, 1, 1), town.START), known)
    office.learn(house.li, NewFact("supporters", "none", town.START), known)
    run = office.determine(house, date(2020, 12, 1), later, today=today)
    assert not Overpayment.objects.exists()
    assert not Determination.objects.filter(run=run, what="overpaid").exists()
    assert paid(office.DECEMBER, "longevity") == [("0", 15000)]
    assert paid(office.JANUARY, "longevity") == [("0", 20000)]


def test_months_longer_ago_than_the_house_looks_stay_as_they_are(
    two: town.Cast, settings: object
) -> None:
    settings.GUANJIA_MONTHS_BACK = 1  # type: ignore[attr-defined]
    overpay(two)
    assert set(Overpayment.objects.values_list("month", flat=True)) == {office.JANUARY}
