"""The ledger's promises, attacked with raw SQL by the application's own role."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from guanjia.entitlements.models import Run
from guanjia.kit import scope
from guanjia.ledger import actions
from guanjia.ledger.audit import audit
from guanjia.ledger.errors import NothingToMove, Overdrawn, SamePerson
from guanjia.ledger.models import Account, Entry, Transfer
from guanjia.ledger.records import Because, NewPayment
from tests import town

Paid = tuple[town.Cast, Transfer]
DAY = date(2019, 12, 7)


def attack(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET note = 'x'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_transfer SET fen = 1",
        "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer",
        "UPDATE ledger_account SET balance = balance + 1",
        "UPDATE ledger_account SET may_go_negative = true",
        "DELETE FROM ledger_account",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_moves",
        "UPDATE entitlements_determination SET pays = 1",
        "DELETE FROM entitlements_determination",
        "UPDATE entitlements_revision SET text = ''",
        "DELETE FROM entitlements_bankfile",
    ],
)
def test_what_was_posted_stands(paid: Paid, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|append-only|must be owner"):
        attack(statement)
    assert audit() == []


@pytest.mark.parametrize("fen", [0, -1])
def test_a_transfer_moves_something(paid: Paid, fen: int) -> None:
    _cast, move = paid
    with pytest.raises(IntegrityError, match="transfer_moves_something"):
        attack(
            "INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen) "
            "VALUES (%s, %s, %s, %s, %s)",
            *(move.entry_id, move.place_id, move.source_id, move.target_id, fen),
        )


def test_a_transfer_goes_somewhere_else(paid: Paid) -> None:
    _cast, move = paid
    with pytest.raises(IntegrityError, match="transfer_goes_somewhere_else"):
        attack(
            "INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen) "
            "VALUES (%s, %s, %s, %s, 1)",
            *(move.entry_id, move.place_id, move.source_id, move.source_id),
        )


def test_a_transfer_stands_where_its_entry_stands(paid: Paid) -> None:
    _cast, move = paid
    with pytest.raises(IntegrityError, match="a transfer stands where its entry stands"):
        attack(
            "INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen) "
            "VALUES (%s, %s, %s, %s, 1)",
            *(move.entry_id, town.ELSEWHERE, move.source_id, move.target_id),
        )


def test_an_account_opens_empty_and_where_its_path_says(paid: Paid) -> None:
    for path, place, balance, negative, promise in (
        ("budget/441900119/gift", town.CHANGAN, 100, False, "opens empty"),
        ("budget/441900119/gift", town.HUMEN, 0, False, "account_path_names_its_place"),
        ("budget/441900119/gift", town.CHANGAN, 0, True, "only_the_treasury_may_go_negative"),
        ("pocket/441900119", town.CHANGAN, 0, False, "account_path_names_its_place"),
        ("budget/441900119/dibao", town.CHANGAN, 0, False, "one_account_a_path"),
    ):
        with pytest.raises(IntegrityError, match=promise):
            attack(
                "INSERT INTO ledger_account (path, place, balance, may_go_negative) "
                "VALUES (%s, %s, %s, %s)",
                *(path, place, balance, negative),
            )


def test_one_person_cannot_prepare_and_approve(paid: Paid) -> None:
    cast, _move = paid
    alone = Because(DAY, cast.zhou.pk, cast.zhou.pk)
    with pytest.raises(SamePerson):
        actions.appropriate(town.CHANGAN, "dibao", 1, "x", alone)
    with pytest.raises(IntegrityError, match="prepared_and_approved_by_two_people"):
        attack(
            'INSERT INTO ledger_entry (key, "on", kind, benefit, place, prepared_by_id, '
            "approved_by_id, note) VALUES ('k', '2020-01-01', 'appropriation', '', %s, %s, %s, '')",
            *(town.CHANGAN, cast.zhou.pk, cast.zhou.pk),
        )


def test_a_payment_without_its_reasons_is_no_payment(paid: Paid) -> None:
    cast, _move = paid
    with pytest.raises(IntegrityError, match="payment_names_its_run_award_determination"):
        attack(
            'INSERT INTO ledger_entry (key, "on", kind, benefit, place, prepared_by_id, '
            "approved_by_id, note) VALUES ('k', '2020-01-01', 'payment', 'dibao', %s, %s, %s, '')",
            *(town.CHANGAN, cast.zhou.pk, cast.liang.pk),
        )


def payment(move: Transfer, fen: int, n: int) -> NewPayment:
    entry = move.entry
    assert entry.award_id is not None and entry.determination_id is not None
    return NewPayment(
        *("dibao", entry.key.split("/")[1], "D-1", date(2019, 12, 1), town.COMMUNITY),
        entry.award_id,
        *(entry.determination_id, fen, "month", n),
    )


@pytest.mark.parametrize(
    "tampering",
    [
        {"run_id": "run_id + 1"},
        {"determination_id": "determination_id + 1"},
        {"award_id": "award_id + 1"},
        {"month": "date '2019-11-01'"},
        {"benefit": "'longevity'"},
        {"prepared_by_id": "(SELECT id FROM staff_user WHERE username = 'wang')"},
        {"approved_by_id": "(SELECT id FROM staff_user WHERE username = 'wang')"},
    ],
)
def test_a_payment_stands_on_its_approved_run_and_its_awards_determination(
    paid: Paid, tampering: dict[str, str]
) -> None:
    columns = [
        *("on", "kind", "benefit", "month", "place", "run_id", "award_id", "determination_id"),
        *("prepared_by_id", "approved_by_id", "note"),
    ]
    named = ", ".join(f'"{column}"' for column in columns)
    copied = ", ".join(tampering.get(column, f'"{column}"') for column in columns)
    with pytest.raises(IntegrityError, match="does not stand on an approved run"):
        attack(
            f"INSERT INTO ledger_entry (key, {named}) SELECT 'copy', {copied} FROM ledger_entry "
            "WHERE kind = 'payment' AND benefit = 'dibao'"
        )


def test_after_the_bank_files_nothing_more_is_paid_by_a_run(paid: Paid) -> None:
    _cast, move = paid
    Run.objects.filter(pk=move.entry.run_id).update(state="paid")
    with pytest.raises(IntegrityError, match="does not stand on an approved run"):
        actions.post_payments([payment(move, 100, 1)], because(paid))


def because(paid: Paid) -> Because:
    cast, move = paid
    return Because(DAY, cast.zhou.pk, cast.liang.pk, move.entry.run_id)


def test_paying_twice_pays_once_and_balances_move_once(paid: Paid) -> None:
    _cast, move = paid
    budget = Account.objects.get(path="budget/441900119/dibao")
    twice = [payment(move, 500, 1), payment(move, 700, 2)]
    first = actions.post_payments(twice, because(paid))
    again = actions.post_payments(twice, because(paid))
    assert ((first.entries, first.fen), (again.entries, again.fen)) == ((2, 1200), (0, 0))
    assert Account.objects.get(pk=budget.pk).balance == budget.balance - 1200


def test_an_overdraft_is_refused_by_name_and_nothing_of_the_batch_is_written(paid: Paid) -> None:
    _cast, move = paid
    held = Account.objects.get(path="budget/441900119/dibao").balance
    batch = [payment(move, 100, 1), payment(move, held, 2)]
    with pytest.raises(Overdrawn, match="budget/441900119/dibao（长安镇）") as refused:
        actions.post_payments(batch, because(paid))
    assert (refused.value.balance, refused.value.need) == (held, held + 100)
    assert Entry.objects.filter(kind="payment", benefit="dibao").count() == 1
    assert audit() == []


def test_nothing_and_less_cannot_be_paid(paid: Paid) -> None:
    _cast, move = paid
    with pytest.raises(NothingToMove):
        actions.post_payments([payment(move, 0, 1)], because(paid))


def test_an_appropriation_of_one_reference_funds_once(paid: Paid) -> None:
    _cast, _move = paid
    funded = [
        actions.appropriate(town.HUMEN, "dibao", 500, "2020-2", because(paid)) for _ in range(2)
    ]
    assert funded[0] == funded[1]
    assert audit() == []


def test_a_reversal_moves_the_money_back_once(paid: Paid) -> None:
    _cast, move = paid
    before = Account.objects.get(pk=move.source_id).balance
    back = actions.reverse(move.entry, because(paid), "账号已注销，银行退回")
    assert back.reverses == move.entry
    assert Account.objects.get(pk=move.source_id).balance == before + move.fen
    assert audit() == []
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.reverse(move.entry, because(paid), "再来一次")


def test_a_clerk_cannot_move_money_of_another_town(paid: Paid) -> None:
    cast, move = paid
    theirs = Account.objects.get(path="budget/441900121/dibao")
    entry = move.entry
    with scope.hold(town.eyes(cast.wang)):
        assert not Account.objects.filter(pk=theirs.pk).exists()
        with pytest.raises(DatabaseError, match=r"outside this scope|row-level security"):
            attack(
                "INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen) "
                "VALUES (%s, %s, %s, %s, 1)",
                *(entry.pk, entry.place_id, theirs.pk, move.target_id),
            )
    with scope.hold(town.eyes(cast.huang)):
        assert not Entry.objects.filter(pk=entry.pk).exists()
        assert not Transfer.objects.filter(pk=move.pk).exists()
    assert Account.objects.get(pk=theirs.pk).balance == theirs.balance
