"""The audit finds what the schema would never let in: the owner tampers, the audit tells."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from guanjia.ledger.audit import CHECKS, audit
from guanjia.ledger.models import Account
from tests import house
from tests.committed import Town, _django_db_helper, committed_town, race

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@contextmanager
def owner(town: Town) -> Iterator[psycopg.Connection]:
    """Tamper as the superuser, whom nothing binds, with triggers off."""
    url = house.SERVER.url("guanjia_admin", town.database)
    with psycopg.connect(url, autocommit=True) as tampering:
        tampering.execute("SET session_replication_role = replica")
        yield tampering


CAME_BACK = [
    "INSERT INTO ledger_account (path, place, balance, may_go_negative) "
    "VALUES ('suspense/441900119', '441900119', 0, false)",
    'INSERT INTO ledger_entry (key, "on", kind, benefit, month, place, of_id, prepared_by_id, '
    "approved_by_id, note) SELECT key || '/failed', \"on\", 'failure', benefit, month, place, id, "
    "prepared_by_id, approved_by_id, '' FROM ledger_entry WHERE kind = 'payment' ORDER BY id LIMIT 1",
    "INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen) "
    "SELECT e.id, m.place, m.target_id, s.id, m.fen FROM ledger_entry e "
    "JOIN ledger_transfer m ON m.entry_id = e.of_id "
    "JOIN ledger_account s ON s.path LIKE 'suspense/%' WHERE e.kind = 'failure'",
]
TAMPERINGS = {
    "balance": ["UPDATE ledger_account SET balance = balance + 1 WHERE path LIKE 'budget/%'"],
    "nought": ["UPDATE ledger_account SET balance = balance + 1 WHERE path LIKE 'bank/%'"],
    "overdraft": [
        "ALTER TABLE ledger_account DROP CONSTRAINT account_is_not_overdrawn",
        "UPDATE ledger_account SET balance = -5 WHERE path LIKE 'bank/%'",
    ],
    "payment": ["DELETE FROM ledger_transfer WHERE place = '441900119002'"],
    "amount": ["UPDATE entitlements_determination SET pays = pays + 1 WHERE pays > 0"],
    "shape": ["UPDATE ledger_transfer SET place = '441900121' WHERE place = '441900119002'"],
    "twice": [
        "UPDATE ledger_entry SET month = '2019-12-01' WHERE kind = 'payment'",
    ],
    "returned": [
        *CAME_BACK,
        "UPDATE ledger_transfer SET fen = fen + 1 WHERE entry_id IN "
        "(SELECT id FROM ledger_entry WHERE kind = 'failure')",
    ],
    "suspense": [
        *CAME_BACK,
        "UPDATE ledger_account SET balance = balance + 1 WHERE path LIKE 'suspense/%'",
    ],
    "sum": [
        "UPDATE ledger_entry SET key = replace(replace(key, '2020-01', '2019-12'), '/payment/0', "
        "'/payment/1') WHERE kind = 'payment' AND key LIKE '%2020-01%'",
    ],
    "people": [
        "ALTER TABLE ledger_entry DROP CONSTRAINT entry_was_prepared_and_approved_by_two_people",
        "UPDATE ledger_entry SET approved_by_id = prepared_by_id WHERE kind = 'payment'",
    ],
}


def test_every_check_is_tampered_with() -> None:
    assert set(TAMPERINGS) == set(CHECKS)


@pytest.mark.parametrize("check", sorted(TAMPERINGS))
def test_the_audit_tells_of_tampering(committed_town: Town, check: str) -> None:
    committed_town.pay_two_months()
    with committed_town.as_job():
        assert audit() == []
    with owner(committed_town) as tampering:
        for statement in TAMPERINGS[check]:
            tampering.execute(statement.encode())
    with committed_town.as_job():
        assert check in {finding.check for finding in audit()}


def test_two_connections_cannot_overdraw_together(committed_town: Town) -> None:
    """Each alone is covered; together they are not: the second waits and is refused."""
    committed_town.pay_two_months()
    budget, bank, entry, place = committed_town.one_payment()
    with committed_town.as_job():
        held = Account.objects.get(pk=budget).balance
    move = (
        "INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen) "
        "VALUES (%s, %s, %s, %s, %s)"
    )
    values = (entry, place, budget, bank, held - 1)
    with committed_town.connect() as first, committed_town.connect() as second:
        with pytest.raises(psycopg.errors.CheckViolation, match="account_is_not_overdrawn"):
            race(first, second, move, values)
        second.rollback()
    with committed_town.as_job():
        assert Account.objects.get(pk=budget).balance == 1
