"""The bank's return: failures in suspense, put right by two people, paid again once; the rest listed."""

import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from guanjia.entitlements.after_errors import (
    NotSent,
    NotWhole,
    ReturnError,
    Tampered,
    UnknownFile,
    WrongTotal,
)
from guanjia.entitlements.bank import holding, reconciling, returning, righting
from guanjia.entitlements.errors import SamePerson
from guanjia.entitlements.models import Award, Run
from guanjia.entitlements.tables.after import BankAnswer, BankReturn, Sending
from guanjia.interop import bank, returns
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Account, Entry
from tests import town
from tests.entitlements import office

CHEN = "dibao/h{}/D-1/2019-12/payment/0"
NEW_ACCOUNT = "6217009999999990001"


def sent(run: Run, cast: town.Cast) -> tuple[str, bytes]:
    """The run's file, handed to the bank: its name, its bytes."""
    holding.send(run.pk, cast.zhou, office.moment(run.month, 7))
    file = holding.latest_file(run)
    assert file is not None
    return file.name, (bank.folder_of(run.month) / file.name).read_bytes()


def back(run: Run, cast: town.Cast, failures: dict[str, str]) -> BankReturn:
    name, content = sent(run, cast)
    read = returns.read("back.csv", returns.answer(content, name, failures))
    at = office.moment(run.month, 8)
    return returning.take_over(read, cast.zhou, at, at.date())[0]


@pytest.fixture
def december(house: town.Cast) -> Run:
    office.award_chen(house)
    office.award_li(house)
    return office.pay(house, office.determine(house, office.DECEMBER))


def attack(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def balance(path: str) -> int:
    account = Account.objects.filter(path=path).first()
    return account.balance if account else 0


def put_right(cast: town.Cast, number: str = "D-1") -> None:
    award = Award.objects.get(number=number, superseded_at__isnull=True)
    at = office.moment(office.JANUARY, 2)
    change = righting.prepare(award, "陈大文", NEW_ACCOUNT, "本人更正", cast.wang, at)
    righting.decide(change.pk, True, cast.liang, at)


def test_what_failed_stands_in_suspense_and_the_sums_agree(december: Run, house: town.Cast) -> None:
    key = CHEN.format(house.chen_home.id)
    taken = back(december, house, {key: "账户不存在"})
    assert balance("suspense/441900119") == 94100
    failure = Entry.objects.get(kind="failure")
    assert (failure.note, failure.key) == ("账户不存在", f"{key}/failed")
    ((_sending, told),) = reconciling.of_sendings(list(Sending.objects.all()))
    assert told.sent.fen == told.paid.fen + told.failed.fen == taken.fen
    assert told.waiting == (0, 0)
    assert audit() == []


def test_the_same_return_again_changes_nothing(december: Run, house: town.Cast) -> None:
    failures = {CHEN.format(house.chen_home.id): "已销户"}
    first = back(december, house, failures)
    assert back(december, house, failures).pk == first.pk
    assert BankReturn.objects.count() == Entry.objects.filter(kind="failure").count() == 1
    assert balance("suspense/441900119") == 94100


def test_what_failed_is_paid_once_after_two_people_put_it_right(
    december: Run, house: town.Cast
) -> None:
    key = CHEN.format(house.chen_home.id)
    back(december, house, {key: "户名不符"})
    put_right(house)
    (january,) = office.months(house, office.JANUARY)
    again = Entry.objects.get(kind="repayment")
    assert (again.key, again.run_id) == (f"{key}/again/1", january.pk)
    assert balance("suspense/441900119") == 0
    lines = list(bank.lines_of(january.pk, {}))
    assert [line.account for line in lines if line.key == again.key] == [NEW_ACCOUNT]
    office.months(house, office.FEBRUARY)
    assert Entry.objects.filter(kind="repayment").count() == 1
    assert audit() == []


def test_what_fails_again_gets_the_next_key(december: Run, house: town.Cast) -> None:
    key = CHEN.format(house.chen_home.id)
    back(december, house, {key: "户名不符"})
    put_right(house)
    (january,) = office.months(house, office.JANUARY)
    back(january, house, {f"{key}/again/1": "账户不存在"})
    assert balance("suspense/441900119") == 94100
    award = Award.objects.get(number="D-1", superseded_at__isnull=True)
    at = office.moment(office.FEBRUARY, 2)
    change = righting.prepare(award, "陈大文", "6217008888", "再次更正", house.wang, at)
    righting.decide(change.pk, True, house.liang, at)
    office.months(house, office.FEBRUARY)
    kinds = Entry.objects.filter(kind="repayment").order_by("pk")
    assert [entry.key for entry in kinds] == [f"{key}/again/1", f"{key}/again/2"]
    assert balance("suspense/441900119") == 0
    assert audit() == []


def test_what_nobody_put_right_waits(december: Run, house: town.Cast) -> None:
    back(december, house, {CHEN.format(house.chen_home.id): "账户不存在"})
    office.months(house, office.JANUARY)
    assert not Entry.objects.filter(kind="repayment").exists()
    assert balance("suspense/441900119") == 94100


def test_one_person_puts_no_account_right_alone(december: Run, house: town.Cast) -> None:
    award = Award.objects.get(number="D-1")
    at = office.moment(office.JANUARY)
    change = righting.prepare(award, "陈大文", "6217", "更正", house.liang, at)
    with pytest.raises(SamePerson):
        righting.decide(change.pk, True, house.liang, at)
    statement = (
        "UPDATE entitlements_accountchange SET agreed = true, approved_by_id = prepared_by_id, "
        "approved_at = now()"
    )
    with pytest.raises(IntegrityError, match="an_account_is_changed_by_two_people"):
        attack(statement)


def test_lines_that_match_nothing_are_listed_and_move_nothing(
    december: Run, house: town.Cast
) -> None:
    name, content = sent(december, house)
    answered = returns.answer(content, name, {}, "utf-8").decode()
    rows = [line.split(",") for line in answered.splitlines()[1:-2]]
    rows[0][5] = "nobody/p1/X/2019-12/payment/0"
    rows[1][3] = "1.00"
    rows.append(rows[2])
    read = returns.read("back.csv", returns.written(rows, name, "utf-8"))
    taken, _new = returning.take_over(read, house.zhou, office.moment(office.JANUARY), town.TODAY)
    told = reconciling.of_return(taken)
    assert told.unmatched.units == 3
    reasons = BankAnswer.objects.filter(result="unmatched").values_list("reason", flat=True)
    assert sum("这一批没有这个凭证号" in r for r in reasons) == 1
    assert sum("金额不符" in r for r in reasons) == 1
    assert sum("已经答复过" in r for r in reasons) == 1
    assert balance("suspense/441900119") == 0


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda content: content[:-30], NotWhole),
        (lambda content: content[: len(content) // 2], NotWhole),
        (lambda _content: b"", NotWhole),
        (lambda content: content.replace(b"941.00", b"942.00"), Tampered),
        (
            lambda content: content.replace("成功".encode("gb18030"), "失败".encode("gb18030"), 1),
            Tampered,
        ),
        (lambda _content: b"\x00\xff" * 50, NotWhole),
    ],
)
def test_a_changed_or_cut_return_is_refused(
    december: Run, house: town.Cast, spoil: object, error: type[ReturnError]
) -> None:
    assert callable(spoil)
    name, content = sent(december, house)
    with pytest.raises(error):
        returns.read("back.csv", spoil(returns.answer(content, name, {})))


def test_a_total_that_is_not_the_sum_is_refused(december: Run, house: town.Cast) -> None:
    name, content = sent(december, house)
    good = returns.answer(content, name, {}, "utf-8")
    body = good[: good.rindex("校验".encode())].replace(b"1223.30", b"1223.31")
    seal = f"校验,{hashlib.sha256(body).hexdigest()},{name}\r\n".encode()
    with pytest.raises(WrongTotal, match=r"1,223\.31"):
        returns.read("back.csv", body + seal)


def test_a_return_of_no_file_of_ours_or_of_one_not_sent_is_refused(
    december: Run, house: town.Cast
) -> None:
    file = holding.latest_file(december)
    assert file is not None
    content = (bank.folder_of(december.month) / file.name).read_bytes()
    for of, error in (("bank-x.csv", UnknownFile), (file.name, NotSent)):
        read = returns.read("back.csv", returns.answer(content, of, {}))
        with pytest.raises(error):
            returning.take_over(read, house.zhou, office.moment(office.JANUARY), town.TODAY)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (
            'INSERT INTO ledger_entry (key, "on", kind, benefit, month, place, of_id, '
            "prepared_by_id, approved_by_id, note) SELECT key || '/again/9', \"on\", 'failure', "
            "benefit, month, place, id, prepared_by_id, approved_by_id, '' FROM ledger_entry "
            "WHERE kind = 'payment' ORDER BY id DESC LIMIT 1",
            "does not stand on a payment that came back, or has not its key",
        ),
        (
            'INSERT INTO ledger_entry (key, "on", kind, benefit, month, place, of_id, '
            "prepared_by_id, approved_by_id, note) SELECT key || '/failed', \"on\", 'failure', "
            "benefit, month, place, of_id, prepared_by_id, approved_by_id, '' FROM ledger_entry "
            "WHERE kind = 'failure'",
            "what_came_back_came_back_once|does not stand on a payment",
        ),
        (
            'INSERT INTO ledger_entry (key, "on", kind, benefit, month, place, reverses_id, '
            "prepared_by_id, approved_by_id, note) SELECT 'reversal/x', \"on\", 'reversal', "
            "benefit, month, place, of_id, prepared_by_id, approved_by_id, '' FROM ledger_entry "
            "WHERE kind = 'failure'",
            "is of money that has gone on from there",
        ),
        ("UPDATE entitlements_bankanswer SET result = 'paid'", "append-only|permission denied"),
        ("DELETE FROM entitlements_sending", "append-only|permission denied"),
    ],
)
def test_the_schema_keeps_what_came_back(
    december: Run, house: town.Cast, statement: str, name: str
) -> None:
    back(december, house, {CHEN.format(house.chen_home.id): "账户不存在"})
    with (
        pytest.raises(DatabaseError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
