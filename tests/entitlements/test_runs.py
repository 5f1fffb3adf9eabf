"""A month from asking to paying: what is paid, what changes, what is only a lead."""

import pytest

from guanjia.entitlements import queries
from guanjia.entitlements.models import Determination, Lead, Run, RunState
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Account, Entry, Transfer
from tests import town
from tests.entitlements import office


def test_a_month_goes_from_asking_to_money_and_every_fen_is_traced(house: town.Cast) -> None:
    office.award_chen(house)
    run = office.pay(house, office.determine(house, office.DECEMBER))
    assert (run.state, run.done, run.people) == (RunState.PAID, 1, 5)
    transfer = Transfer.objects.get(entry__run=run, entry__benefit="dibao")
    decided = transfer.entry.determination
    assert decided is not None
    assert (decided.entitled, decided.net, decided.what) == (True, 94100, "new")
    assert transfer.fen == 94100
    assert transfer.entry.key == f"dibao/h{house.chen_home.id}/D-1/2019-12/payment/0"
    subsidies = 3 * 98000 * 45 // 1000  # which follow it, one for each of the three
    assert Account.objects.get(path="bank/441900119").balance == 94100 + subsidies
    assert audit() == []


def test_the_rate_of_january_shows_as_a_change_and_nothing_else_is_written_again(
    house: town.Cast,
) -> None:
    office.award_chen(house)
    december, january, february = office.months(
        house, office.DECEMBER, office.JANUARY, office.FEBRUARY
    )
    key = (town.CHANGAN, "dibao")
    assert office.figures(december)[(*key, "new")] == (1, 94100)
    # (6 × 1,060 × 3 − 6 × 1,999) ÷ 6 + 3 × 80
    assert office.figures(january)[(*key, "changed")] == (1, 118100 + 24000)
    assert office.figures(february)[(*key, "same")] == (1, 142100)
    changed = Determination.objects.get(run=january, benefit="dibao")
    assert changed.previous is not None and changed.previous.pays == 94100
    assert not Determination.objects.filter(run=february, benefit="dibao").exists()
    paid = Entry.objects.get(run=february, benefit="dibao")
    assert paid.determination == changed
    assert audit() == []


def test_entitled_without_award_is_a_lead_and_never_paid(house: town.Cast) -> None:
    run = office.pay(house, office.determine(house, office.MARCH))
    missed = {(lead.benefit, lead.person_id) for lead in Lead.objects.filter(kind="missed")}
    assert {("longevity", house.li.id), ("longevity", house.ho.id), ("dibao", None)} == missed
    assert not Entry.objects.filter(run=run).exists()
    assert not any(lead.benefit == "bianyuan" for lead in Lead.objects.all())


@pytest.mark.parametrize("month", [office.DECEMBER, office.MARCH])
def test_two_asks_for_one_month_are_one_run(house: town.Cast, month: object) -> None:
    first = office.determine(house, office.MARCH)
    assert office.determine(house, office.MARCH) == first
    assert Run.objects.count() == 1


def test_what_is_paid_is_what_was_shown(house: town.Cast) -> None:
    office.award_chen(house)
    office.award_li(house)
    for run in office.months(house, office.DECEMBER, office.JANUARY):
        shown = sum(f.fen for f in queries.figures(run.pk) if f.what == "paid")
        moved = sum(t.fen for t in Transfer.objects.filter(entry__run=run))
        assert shown == moved > 0
