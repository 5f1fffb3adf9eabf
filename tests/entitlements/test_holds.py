"""Between posting and sending: deaths and moves stop a payment until a second person decides; then it is sent."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from guanjia.entitlements.after_errors import ClockWentBack, HeldStill, NoSuchPayment, SentAlready
from guanjia.entitlements.bank import holding
from guanjia.entitlements.errors import NoteMissing, SamePerson
from guanjia.entitlements.models import Run
from guanjia.entitlements.runs import actions
from guanjia.entitlements.tables.after import Hold, Sending
from guanjia.interop import bank, bank_tasks
from guanjia.kit import scope
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Account, Entry
from guanjia.people.records import NewFact
from tests import town
from tests.entitlements import office

AT = office.moment(office.DECEMBER, 8)


@pytest.fixture
def december(house: town.Cast) -> Run:
    office.award_chen(house)
    office.award_li(house)
    return office.pay(house, office.determine(house, office.DECEMBER))


def dies(cast: town.Cast) -> None:
    """李婆婆 died, and it is known after the run's facts were frozen."""
    office.learn(cast.li, NewFact("alive", 0, office.DECEMBER), office.moment(office.DECEMBER, 6))


def held(run: Run, cast: town.Cast) -> Hold:
    with pytest.raises(HeldStill, match="1"):
        holding.send(run.pk, cast.zhou, AT)
    return Hold.objects.get()


def test_a_death_after_freezing_is_held_and_nothing_is_sent(
    december: Run, house: town.Cast
) -> None:
    dies(house)
    one = held(december, house)
    assert "李月好" in one.reason and "死亡" in one.reason
    assert not Sending.objects.exists()


def test_a_stopped_payment_is_reversed_and_the_file_written_without_it(
    december: Run, house: town.Cast
) -> None:
    dies(house)
    one = held(december, house)
    with pytest.raises(SamePerson):
        holding.decide(one.pk, True, house.zhou, AT, AT.date())
    holding.decide(one.pk, True, house.liang, AT, AT.date())
    assert Entry.objects.get(kind="reversal").reverses_id == one.entry_id
    bank_tasks.write_bank_files_again(None, december.pk)
    bank_tasks.write_bank_files_again(None, december.pk)
    said = holding.send(december.pk, house.zhou, AT)
    assert said.file.name.endswith("-2.csv")
    content = (bank.folder_of(december.month) / said.file.name).read_text("gb18030")
    assert "李月好" not in content and "陈大文" in content
    assert said.file.fen == Account.objects.get(path="bank/441900119").balance
    assert audit() == []


def test_a_released_payment_goes_with_the_others(december: Run, house: town.Cast) -> None:
    dies(house)
    holding.decide(held(december, house).pk, False, house.liang, AT, AT.date())
    said = holding.send(december.pk, house.zhou, AT)
    assert holding.send(december.pk, house.zhou, AT).pk == said.pk
    assert not Entry.objects.filter(kind="reversal").exists()


def test_anybody_holds_a_payment_with_a_reason(december: Run, house: town.Cast) -> None:
    key = Entry.objects.filter(kind="payment", benefit="longevity").get().key
    with pytest.raises(NoteMissing):
        holding.hold(december.pk, key, " ", house.wang, AT)
    with pytest.raises(NoSuchPayment):
        holding.hold(december.pk, "x", "迁出", house.wang, AT)
    holding.hold(december.pk, key, "家属来电，已迁出", house.wang, AT)
    with pytest.raises(HeldStill):
        holding.send(december.pk, house.zhou, AT)


def test_after_sending_nothing_is_held(december: Run, house: town.Cast) -> None:
    holding.send(december.pk, house.zhou, AT)
    entry = Entry.objects.filter(kind="payment")[0]
    with pytest.raises(SentAlready):
        holding.hold(december.pk, entry.key, "迁出", house.wang, AT)
    with (
        pytest.raises(DatabaseError, match="what was sent is not held any more"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO entitlements_hold (entry_id, run_id, place, state, reason, held_by_id, "
            "held_at) VALUES (%s, %s, %s, 'held', 'x', %s, now())",
            [entry.pk, december.pk, entry.place_id, house.wang.pk],
        )


def test_a_town_holds_nothing_that_the_city_sent(december: Run, house: town.Cast) -> None:
    holding.send(december.pk, house.zhou, AT)
    entry = Entry.objects.filter(kind="payment")[0]
    with scope.hold(town.eyes(house.wang)):
        with pytest.raises(SentAlready):
            holding.hold(december.pk, entry.key, "迁出", house.wang, AT)
        with pytest.raises(DatabaseError, match="what was sent is not held any more"):
            Hold.objects.create(
                entry=entry,
                run=december,
                place_id=entry.place_id,
                reason="迁出",
                held_by=house.wang,
                held_at=AT,
            )


def test_nothing_is_sent_by_sql_while_a_payment_is_held(december: Run, house: town.Cast) -> None:
    dies(house)
    held(december, house)
    file = holding.latest_file(december)
    assert file is not None
    with (
        pytest.raises(DatabaseError, match="nothing is sent while a payment is held"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO entitlements_sending (run_id, place, file_id, sent_by_id, sent_at) "
            "VALUES (%s, '441900', %s, %s, now())",
            [december.pk, file.pk, house.zhou.pk],
        )


def test_a_clock_that_went_back_is_told_and_nothing_is_done(
    december: Run, house: town.Cast
) -> None:
    with pytest.raises(ClockWentBack, match="可能被拨回了"):
        holding.send(december.pk, house.zhou, AT - timedelta(days=30))
    with pytest.raises(ClockWentBack):
        actions.ask_run(
            *(office.JANUARY, town.CITY, house.zhou, AT - timedelta(days=30), town.TODAY)
        )
    run = office.determine(house, office.JANUARY)
    with pytest.raises(ClockWentBack, match="没有办理"):
        actions.approve_run(run.pk, house.liang, run.asked_at - timedelta(seconds=1))
    run.refresh_from_db()
    assert run.state == "ready" and not Sending.objects.exists()
