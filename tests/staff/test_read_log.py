"""The read log: what is written, who reads it, and that nobody changes it unseen."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanjia.kit import scope
from guanjia.staff import read_tasks, reading, roles
from guanjia.staff.models import Read
from tests import town
from tests.doors import at_desk, text_of


def rows() -> list[Read]:
    with scope.hold(read_tasks.EYES):
        return list(Read.objects.order_by("id"))


def test_a_persons_page_is_logged_with_who_when_and_from_where(cast: town.Cast) -> None:
    text_of(at_desk(cast.wang), reverse("person", args=[cast.chen.id]))
    (row,) = rows()
    assert (row.kind, row.person, row.user_id) == ("person", cast.chen.id, cast.wang.pk)
    assert (row.place, row.address, row.status) == (town.CHANGAN, "127.0.0.1", 200)


def test_a_page_that_is_refused_is_logged_too(cast: town.Cast) -> None:
    text_of(at_desk(cast.huang), reverse("person", args=[cast.chen.id]), status=404)
    assert [(r.person, r.status) for r in rows()] == [(cast.chen.id, 404)]


def test_a_page_that_failed_is_logged_though_its_transaction_is_undone(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = at_desk(cast.wang)
    client.raise_request_exception = False

    def broken(*_words: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr("guanjia.web.people.pages.person_page", broken)
    assert client.get(reverse("person", args=[cast.chen.id])).status_code == 500
    assert [(r.kind, r.status) for r in rows()] == [("person", 500)]


def test_words_looked_for_are_sealed_and_counted(cast: town.Cast) -> None:
    at_desk(cast.wang).get(reverse("people"), {"q": "陈大文"})
    (row,) = rows()
    assert row.found == 1
    assert "陈大文".encode() not in bytes(row.words_sealed or b"")
    assert reading.words_of(bytes(row.words_sealed or b"")) == "陈大文"


def test_a_persons_page_takes_at_most_fifteen_queries_with_its_log(cast: town.Cast) -> None:
    """Beside them stand the steps of its two transactions: savepoints here, and scopes set."""
    url = reverse("person", args=[cast.chen.id])
    client = at_desk(cast.wang)
    text_of(client, url)
    with CaptureQueriesContext(connection) as seen:
        text_of(client, url)
    steps = ("SAVEPOINT", "RELEASE", "SELECT set_config", "SELECT coalesce(current_setting")
    asked = [q["sql"] for q in seen.captured_queries if not q["sql"].startswith(steps)]
    assert len(asked) <= 15
    assert sum("INSERT INTO staff_read" in sql for sql in asked) == 1


def test_whoever_sees_the_person_sees_who_looked_and_nobody_else(cast: town.Cast) -> None:
    text_of(at_desk(cast.zhou), reverse("person", args=[cast.chen.id]))
    for user, seen in ((cast.wang, 1), (cast.huang, 0), (cast.zhou, 1)):
        with scope.hold(town.eyes(user)):
            assert Read.objects.count() == seen, user


def test_an_auditor_reads_within_his_place(cast: town.Cast) -> None:
    at_desk(cast.wang).get(reverse("people"), {"q": "陈大文"})
    for place, seen in ((town.CHANGAN, 1), (town.HUMEN, 0), (town.CITY, 1)):
        auditor = town.desk(f"audit{place}", "审", roles.AUDITOR, place)
        with scope.hold(town.eyes(auditor)):
            assert Read.objects.count() == seen, place


@pytest.mark.parametrize(
    ("attack", "match"),
    [
        ("UPDATE staff_read SET found = 9", "permission denied"),
        ("DELETE FROM staff_read", "permission denied"),
        ("UPDATE staff_readbatch SET rows = 9", "permission denied"),
        ("TRUNCATE staff_read", "permission denied"),
    ],
)
def test_nobody_changes_the_log(cast: town.Cast, attack: str, match: str) -> None:
    for eyes in (town.eyes(cast.zhou), read_tasks.EYES):
        with (
            scope.hold(eyes),
            pytest.raises(DatabaseError, match=match),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attack)


def test_nobody_logs_in_the_name_of_another_post(cast: town.Cast) -> None:
    post = cast.huang.posts.get()
    values = [post.user_id, post.pk, post.place_id, "person", 1, None, "", ""]
    values += [None, None, None, "", ""]
    with (
        scope.hold(town.eyes(cast.wang)),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(reading.INSERT, [*values, "", 200])


def test_an_export_is_logged_at_its_start_and_with_its_rows_at_its_end(cast: town.Cast) -> None:
    client = at_desk(cast.zhou)
    response = client.get("/leads/?form=csv")
    assert [r.kind for r in rows()] == ["export"]
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    last = rows()[-1]
    assert (last.kind, last.found) == ("exported", len(lines) - 1)
    assert last.what.startswith("/leads/ text/csv")
    assert last.filters == "form=csv"
