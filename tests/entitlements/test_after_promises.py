"""What the schema keeps of money after a run has paid: each promise attacked by raw SQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from guanjia.entitlements.bank import holding, righting
from guanjia.entitlements.bank import settling_overpayments as settling
from guanjia.entitlements.errors import WrongState
from guanjia.entitlements.models import Award, Run
from guanjia.entitlements.tables.after import Overpayment
from guanjia.ledger.models import Entry
from tests import town
from tests.entitlements import office
from tests.entitlements.test_past import overpay

AT = office.moment(office.MARCH)
STEP = (
    "INSERT INTO entitlements_overpaymentstep (overpayment_id, place, step, outcome, note, at,"
    " asked_by_id, by_id) SELECT overpayment_id, place, {}, note, at, {} FROM"
    " entitlements_overpaymentstep ORDER BY id DESC LIMIT 1"
)
OTHER = "(SELECT id FROM staff_user WHERE username = 'liang')"
FOLLOWS = "a step about an overpayment answers the one before"
SECOND = "an_overpayment_is_settled_by_two_people"
OUTCOME = "what_two_people_do_about_an_overpayment_has_an_outcome"


def refused(attack: str, name: str) -> None:
    """The statement is refused by what is named."""
    with (
        pytest.raises(DatabaseError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attack)


@pytest.fixture
def paid(house: town.Cast) -> list[Run]:
    """December and January, paid to the 陈 family."""
    office.award_chen(house)
    return list(office.months(house, office.DECEMBER, office.JANUARY))


@pytest.mark.parametrize(
    ("attack", "name"),
    [
        # the one who asked agrees; somebody agrees to what another asked, or to another outcome
        (STEP.format("'agreed', outcome", "asked_by_id, asked_by_id"), SECOND),
        (STEP.format("'agreed', outcome", f"{OTHER}, asked_by_id"), FOLLOWS),
        (STEP.format("'agreed', 'waived'", f"asked_by_id, {OTHER}"), FOLLOWS),
        # asked twice, asked for nothing, overtaken with an outcome
        (STEP.format("'asked', outcome", "asked_by_id, by_id"), FOLLOWS),
        (STEP.format("'overtaken', outcome", "NULL, NULL"), OUTCOME),
        ("UPDATE entitlements_overpaymentstep SET outcome = 'waived'", "permission denied"),
        ("UPDATE entitlements_overpayment SET due = 0", "permission denied"),
        (
            "INSERT INTO entitlements_overpayment (key, benefit, household_id, award_id, place,"
            " month, run_id, determination_id, paid, due, reason, source) SELECT key, benefit,"
            " household_id, award_id, place, month, run_id, determination_id, paid, due, reason,"
            " source FROM entitlements_overpayment",
            "one_overpayment_a_key",
        ),
    ],
)
def test_an_overpayment_is_settled_by_two_people_in_turn(
    paid: list[Run], house: town.Cast, attack: str, name: str
) -> None:
    overpay(house)
    settling.ask(Overpayment.objects.all()[0].pk, "recovered", "已交回", house.zhou, AT)
    refused(attack, name)


def test_of_two_who_ask_in_one_moment_one_does_and_the_other_is_told(
    paid: list[Run], house: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    overpay(house)
    one = Overpayment.objects.all()[0].pk
    settling.ask(one, "recovered", "已交回", house.zhou, AT)
    look, before = settling.latest, iter([None])  # as it was when the second one looked
    monkeypatch.setattr(settling, "latest", lambda found: next(before, look(found)))
    with pytest.raises(WrongState):
        settling.ask(one, "waived", "免追", house.zhou, AT)
    assert Overpayment.objects.get(pk=one).steps.count() == 1


def test_nothing_is_done_about_an_overpayment_that_is_settled(
    paid: list[Run], house: town.Cast
) -> None:
    overpay(house)
    one = Overpayment.objects.all()[0].pk
    settling.ask(one, "recovered", "已交回", house.zhou, AT)
    settling.decide(one, True, "", house.liang, AT)
    refused(STEP.format("'asked', outcome", "asked_by_id, NULL"), FOLLOWS)
    refused(STEP.format("'declined', outcome", "asked_by_id, by_id"), FOLLOWS)
    refused(STEP.format("'overtaken', ''", "NULL, NULL"), FOLLOWS)
    refused(
        STEP.replace("ORDER BY id DESC LIMIT 1", "").format("'asked', ''", "asked_by_id, NULL"),
        FOLLOWS,
    )


def test_a_hold_is_decided_once_by_a_second_person(paid: list[Run], house: town.Cast) -> None:
    run = paid[0]
    key = Entry.objects.filter(run=run, kind="payment")[0].key
    one = holding.hold(run.pk, key, "来电", house.wang, AT)
    alone = "state = 'released', decided_by_id = held_by_id, decided_at = now()"
    second = "a_hold_is_decided_by_a_second_person"
    refused(f"UPDATE entitlements_hold SET {alone}", second)
    refused("UPDATE entitlements_hold SET state = 'stopped'", second)
    refused("UPDATE entitlements_hold SET reason = 'x'", "entitlements_hold keeps what was asked")
    refused("DELETE FROM entitlements_hold", "permission denied")
    holding.decide(one.pk, False, house.liang, AT, AT.date())
    for again in ("state = 'stopped'", "state = 'held', decided_by_id = NULL, decided_at = NULL"):
        refused(f"UPDATE entitlements_hold SET {again}", "entitlements_hold has ended as released")


def test_an_account_change_is_decided_once(paid: list[Run], house: town.Cast) -> None:
    award = Award.objects.get(number="D-1")
    one = righting.prepare(award, "陈大文", "6217", "更正", house.wang, AT)
    name = "an account change is decided once, and keeps what was asked"
    refused("UPDATE entitlements_accountchange SET payee = '别人'", name)
    righting.decide(one.pk, False, house.liang, AT)
    refused("UPDATE entitlements_accountchange SET agreed = true", name)
    refused("DELETE FROM entitlements_accountchange", "permission denied")


def test_a_file_is_of_its_run_and_is_sent_once_before_it_comes_back(
    paid: list[Run], house: town.Cast
) -> None:
    december, january = paid
    file, other = holding.latest_file(december), holding.latest_file(january)
    assert file is not None and other is not None
    send = (
        "INSERT INTO entitlements_sending (run_id, place, file_id, sent_by_id, sent_at)"
        f" VALUES ({december.pk}, '{december.place_id}', {{}}, {house.zhou.pk}, now())"
    )
    back = (
        "INSERT INTO entitlements_bankreturn (run_id, place, file_id, name, sha256, lines, fen,"
        f" loaded_by_id, loaded_at) VALUES ({december.pk}, '{december.place_id}', {{}}, 'x', 'x',"
        f" 1, 1, {house.zhou.pk}, now())"
    )
    its_own = "what is sent and what comes back is a file of its run and place"
    refused(send.format(other.pk), its_own)
    refused(back.format(other.pk), its_own)
    refused(back.format(file.pk), "nothing comes back that was not sent")
    holding.send(december.pk, house.zhou, AT)
    refused(send.format(file.pk), "entitlements_sending_run_id_key")
