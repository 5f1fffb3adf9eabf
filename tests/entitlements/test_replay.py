"""Replay: stored determinations come out again, and whoever tampered is found out."""

import psycopg
import pytest

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import replay, results
from guanjia.people.records import NewFact
from tests import house, town
from tests.committed import Town, _django_db_helper, committed_town
from tests.entitlements import office

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def disagreements(town: Town) -> set[str]:
    """What does not agree, over all runs."""
    queries.book_of.cache_clear()
    with town.as_job():
        report = replay.replay(list(queries.runs()))
    return {found.what for found in report.disagreements}


def test_what_was_learnt_later_does_not_change_what_was_decided(committed_town: Town) -> None:
    committed_town.pay_two_months()
    with committed_town.as_job():
        at = office.moment(office.JANUARY, 20)
        office.learn(committed_town.cast.chen, NewFact("wages", 0, town.START), at)
    assert disagreements(committed_town) == set()


@pytest.mark.parametrize(
    ("what", "tampering"),
    [
        ("facts", "UPDATE people_personfact SET number = number - 100 WHERE kind = 'wages'"),
        ("result", "UPDATE entitlements_determination SET net = net + 100 WHERE net > 0"),
        ("result", "UPDATE entitlements_determination SET reasons = reasons + 1"),
        ("amount", "UPDATE entitlements_determination SET pays = pays + 100 WHERE pays > 0"),
        ("facts", "UPDATE people_person SET born_on = born_on - 400"),
        ("book", "UPDATE entitlements_revision SET text = replace(text, '980 元', '981 元')"),
        ("file", "UPDATE entitlements_run SET result_hash = 'x'"),
    ],
)
def test_tampering_is_noticed(committed_town: Town, what: str, tampering: str) -> None:
    committed_town.pay_two_months()
    with committed_town.as_job():
        assert replay.replay(list(queries.runs())).checked > 4
    with psycopg.connect(house.SERVER.url("guanjia_admin", committed_town.database)) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(tampering.encode())
    assert what in disagreements(committed_town)


def test_a_result_file_that_was_changed_is_noticed(committed_town: Town) -> None:
    committed_town.pay_two_months()
    with committed_town.as_job():
        run = queries.runs()[0]
    (results.folder_of(run.pk) / "seats.parquet").write_bytes(b"")
    assert disagreements(committed_town) == {"file"}
