"""The chain over the read log: rows that are committed, and an owner who tampers with them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from guanjia.kit import clock, scope
from guanjia.staff import read_chain, read_tasks, reading
from guanjia.staff.models import Read, ReadBatch
from guanjia.web.house import roles as database_roles
from tests import house
from tests.committed import Town, _django_db_helper, committed_town  # noqa: F401
from tests.doors import at_desk, text_of

pytestmark = pytest.mark.django_db


@contextmanager
def owner(there: Town) -> Iterator[psycopg.Connection]:
    """The owner, with the log's triggers switched off: the worst that may happen to it."""
    url = house.SERVER.url(database_roles.OWNER, there.database)
    with psycopg.connect(url) as opened:
        for table in ("staff_read", "staff_readbatch"):
            opened.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            opened.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY".encode())
        yield opened
        opened.commit()
        for table in ("staff_read", "staff_readbatch"):
            opened.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
            opened.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY".encode())


def look(client: Client, there: Town, times: int) -> None:
    for _turn in range(times):
        text_of(client, reverse("person", args=[there.cast.chen.id]))


def verdict() -> read_chain.Verdict:
    with scope.hold(read_tasks.EYES):
        return read_chain.check()


def sealed() -> int:
    with scope.hold(read_tasks.EYES):
        return read_chain.seal_finished(clock.now())


COPY = (
    "INSERT INTO staff_read (id, at, user_id, post_id, place, kind, person, what, filters, reason,"
    " reason_words, address, status, xid, cluster) OVERRIDING SYSTEM VALUE SELECT 1000, at, user_id,"
    " post_id, place, kind, person, what, filters, reason, reason_words, address, status, xid,"
    " cluster FROM staff_read WHERE id = (SELECT min(id) FROM staff_read)"
)


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (
            "UPDATE staff_read SET person = 1 WHERE id = (SELECT min(id) FROM staff_read)",
            "内容被改动",
        ),
        ("DELETE FROM staff_read WHERE id = (SELECT max(id) FROM staff_read)", "少了 1 行"),
        ("DELETE FROM staff_readbatch WHERE number = 2", "第 2 批的封存记录被删去"),
        (COPY, "多了 1 行"),
    ],
)
def test_the_check_finds_each_tampering(
    committed_town: Town,  # noqa: F811
    tamper: str,
    says: str,
) -> None:
    client = at_desk(committed_town.cast.wang)
    for _batch in range(3):
        look(client, committed_town, 2)
        assert sealed() == 2
    whole = verdict()
    assert (whole.batches, whole.rows, whole.unsealed, whole.broken) == (3, 6, 0, "")
    with owner(committed_town) as opened:
        opened.execute(tamper.encode())
    assert says in verdict().broken


def test_the_end_of_the_chain_is_missed_by_its_witness(committed_town: Town) -> None:  # noqa: F811
    look(at_desk(committed_town.cast.wang), committed_town, 1)
    assert sealed() == 1
    with scope.hold(read_tasks.EYES):
        witness = {b.number: bytes(b.hash).hex() for b in ReadBatch.objects.all()}
    with owner(committed_town) as opened:
        opened.execute(b"DELETE FROM staff_readbatch")
    assert verdict().broken == ""
    with scope.hold(read_tasks.EYES):
        assert "不见了" in read_chain.check(witness).broken


def test_a_row_that_commits_late_with_an_earlier_number_comes_into_a_later_batch(
    committed_town: Town,  # noqa: F811
) -> None:
    post = committed_town.cast.wang.posts.get()
    values = [post.user_id, post.pk, post.place_id, "person", 1, None, "", ""]
    values += [None, None, None, "", ""]
    late = committed_town.connect()
    late.execute(
        "SELECT set_config('guanjia.kind', 'staff', true), set_config('guanjia.post', %s, true)",
        [str(post.pk)],
    )
    late.execute(reading.INSERT.encode(), [*values, "", 200])
    look(at_desk(committed_town.cast.wang), committed_town, 1)
    assert sealed() == 0  # an older transaction still runs: nothing beyond it is sealed
    late.commit()
    late.close()
    with scope.hold(read_tasks.EYES):
        first, second = Read.objects.order_by("id")
    assert first.id < second.id
    assert sealed() == 2
    assert verdict().broken == ""
