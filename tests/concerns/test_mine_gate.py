"""What a contact and a session may read, attacked with raw SQL: another's cases, another's codes, made-up sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from guanjia.cases.models import Case
from guanjia.concerns.keys import mine, signing_in
from guanjia.concerns.matters import contacts
from guanjia.concerns.matters.contacts import Contact
from guanjia.concerns.tables.contacts import ContactCode, ContactSession
from guanjia.kit import clock, scope
from guanjia.kit.scope import Scope
from tests import town
from tests.concerns.residents import EYES, OTHER, PHONE
from tests.concerns.residents import asked as told
from tests.staff.attacking import asked, attempted, columns, rows_of, tables

HERS, THEIRS = Contact("sms", PHONE), Contact("sms", OTHER)
OWN = {"concerns_contactcode", "concerns_contactsession"}


@pytest.fixture(autouse=True)
def _files_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)


@pytest.fixture
def two(cast: town.Cast) -> tuple[Case, Case]:
    """One matter of hers, one of another phone, both with an open code and a session."""
    return told(1), told(2, phone=OTHER)


def session(contact: Contact = HERS, remembered: bool = False) -> str:
    """A session that a right code began; returns its key."""
    at = clock.now()
    nonce = signing_in.ask(contact, at)
    shown = signing_in.show(contact, nonce, signing_in.code_of(nonce), remembered, at)
    assert shown.said == signing_in.IN
    return signing_in.key_of(shown.token)


def of_contact(contact: Contact) -> Scope:
    """The scope in which a code is asked for."""
    return Scope(kind="contact", key=contact.index)


def listed() -> list[int]:
    """The numbers that the list tells in the scope at hand."""
    found = asked("SELECT number FROM concerns_matters(now(), 0, 100)")
    return [int(str(number)) for (number,) in found]


def opened(number: int) -> list[tuple[object, ...]]:
    """The key that one number is opened by."""
    return asked(f"SELECT * FROM concerns_matter(now(), {number})")


@contextmanager
def refused(match: str) -> Iterator[None]:
    """The statement inside is refused, and nothing of it stays."""
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        yield


def run(statement: str) -> None:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_session_tells_of_its_own_contact_alone(two: tuple[Case, Case]) -> None:
    hers, theirs = two
    with scope.hold(mine.eyes(session())):
        assert listed() == [hers.pk]
        assert opened(hers.pk) == [(hers.track,)]
        assert opened(theirs.pk) == []
        assert asked(f"SELECT * FROM concerns_matters(now(), {theirs.pk}, 100)") == []
        assert scope.current().kind == "session", "its eyes are its own again"
    with scope.hold(mine.eyes(session(THEIRS))):
        assert listed() == [theirs.pk]


def test_a_session_sees_no_row_of_any_table_but_its_own(two: tuple[Case, Case]) -> None:
    other = session(THEIRS)
    with scope.hold(mine.eyes(session())):
        for table in tables():
            assert len(rows_of(table)) == (table == "concerns_contactsession"), table
            if table in OWN:
                continue
            assert attempted(f"DELETE FROM {table}") == 0, table
            for column in columns(table):
                assert attempted(f'UPDATE {table} SET "{column}" = "{column}"') == 0, table
        assert not ContactSession.objects.filter(token=other).exists()


def test_a_contact_that_showed_no_code_sees_nothing(two: tuple[Case, Case]) -> None:
    hers, theirs = two
    signing_in.ask(THEIRS, clock.now())
    signing_in.ask(HERS, clock.now())
    with scope.hold(of_contact(HERS)):
        assert listed() == opened(hers.pk) == opened(theirs.pk) == []
        for table in tables():
            assert len(rows_of(table)) == (table == "concerns_contactcode"), table
            if table not in OWN:
                assert attempted(f"DELETE FROM {table}") == 0, table


def test_nobody_without_a_session_is_told_anything(two: tuple[Case, Case]) -> None:
    hers, _theirs = two
    key = session()
    scopes = [
        scope.NOTHING,
        scope.PUBLIC,
        Scope(kind="case", key=key),
        Scope(kind="intake", key=key),
    ]
    scopes += [Scope(kind="session"), Scope(kind="session", key="x" * 32), EYES]
    scopes += [Scope(kind="session", key=HERS.index), Scope(kind="contact", key=key)]
    for one in scopes:
        with scope.hold(one):
            assert listed() == [], one
            assert opened(hers.pk) == [], one


def test_a_case_that_was_opened_shows_no_other(two: tuple[Case, Case]) -> None:
    hers, theirs = two
    key = mine.opened(session(), hers.pk, clock.now())
    assert key == hers.track
    with scope.hold(Scope(kind="case", key=key)):
        assert list(Case.objects.values_list("pk", flat=True)) == [hers.pk]
        assert attempted(f"UPDATE cases_case SET step = step WHERE id = {theirs.pk}") == 0
        assert listed() == []


def test_a_session_is_begun_by_a_right_code_and_by_nothing_else(two: tuple[Case, Case]) -> None:
    insert = (
        "INSERT INTO concerns_contactsession (token, way, contact, remembered, begun_at, seen_at, until) "
        f"VALUES ('{'f' * 32}', 'sms', '{HERS.index}', true, now(), now(), now() + interval '1 day')"
    )
    scopes = [EYES, of_contact(HERS), Scope(kind="session", key="f" * 32), scope.NOTHING]
    for one in scopes:
        with scope.hold(one), refused("permission denied"):
            run(insert)
    key = session()
    for change in (
        f"contact = '{THEIRS.index}'",
        "token = 'x'",
        "remembered = true",
        "begun_at = now()",
    ):
        for one in (EYES, mine.eyes(key)):
            with scope.hold(one), refused("permission denied"):
                run(f"UPDATE concerns_contactsession SET {change}")


def test_a_session_is_not_prolonged_and_what_ended_stays_ended(two: tuple[Case, Case]) -> None:
    key = session()
    with scope.hold(mine.eyes(key)):
        with refused("a_session_ends_by_itself"):
            run("UPDATE concerns_contactsession SET until = until + interval '1 minute'")
        with refused("a_session_stays_whose_it_was"):
            run("UPDATE concerns_contactsession SET seen_at = seen_at - interval '1 minute'")
    remembered = session(remembered=True)
    with scope.hold(mine.eyes(remembered)), refused("a_session_ends_by_itself"):
        run("UPDATE concerns_contactsession SET until = until + interval '1 minute'")
    signing_in.leave(key, clock.now())
    with scope.hold(mine.eyes(key)):
        assert listed() == []
        with refused("a_session_that_ended_stays_ended"):
            run("UPDATE concerns_contactsession SET ended_at = NULL")


@pytest.mark.parametrize("minutes", [31, 60 * 24, -2, -60])
def test_a_session_tells_nothing_at_another_moment_than_its_own(
    two: tuple[Case, Case], minutes: int
) -> None:
    with scope.hold(mine.eyes(session())):
        at = clock.now() + timedelta(minutes=minutes)
        told_then = asked(f"SELECT * FROM concerns_matters('{at.isoformat()}', 0, 100)")
    assert told_then == []


def test_codes_are_tried_for_their_own_contact_and_counted_by_nobody_else(
    two: tuple[Case, Case],
) -> None:
    nonce = signing_in.ask(HERS, clock.now())
    right = signing_in.hash_of(nonce, signing_in.code_of(nonce))
    prove = f"SELECT concerns_prove('{nonce}', '%s', '{'e' * 32}', true, now())"
    for one in (scope.NOTHING, scope.PUBLIC, EYES, Scope(kind="session", key=HERS.index)):
        with scope.hold(one), refused("tried for its own contact"):
            run(prove % right)
    with scope.hold(of_contact(THEIRS)):
        assert asked(prove % right) == [("over",)], "as one that is not"
        assert ContactCode.objects.count() == 0
    with scope.hold(of_contact(HERS)):
        assert attempted("UPDATE concerns_contactcode SET tries = 0") == 0
        assert attempted("UPDATE concerns_contactcode SET over_at = NULL") == 0
        assert attempted("DELETE FROM concerns_contactcode") == 0
        assert [asked(prove % "0")[0][0] for _n in range(6)] == ["wrong"] * 4 + ["over"] * 2
        assert asked(prove % right) == [("over",)]


def test_a_code_that_is_over_stays_over_for_jobs_too(two: tuple[Case, Case]) -> None:
    session()
    with scope.hold(EYES):
        run("UPDATE concerns_contactcode SET tries = 1")
        for change in (
            "over_at = NULL",
            "tries = 0",
            "asked_at = now()",
            "hash = 'x'",
            "contact = 'x'",
        ):
            assert attempted(f"UPDATE concerns_contactcode SET {change}") == 0, change


def test_what_is_not_known_is_no_code(two: tuple[Case, Case]) -> None:
    nonce = signing_in.ask(HERS, clock.now())
    with scope.hold(of_contact(HERS)):
        for said in (f"'{nonce}', NULL, 't', true, now()", f"'{nonce}', 'x', 't', true, NULL"):
            assert asked(f"SELECT concerns_prove({said})") == [(None,)]
    with scope.hold(EYES):
        assert asked("SELECT count(*) FROM concerns_contactsession") == [(0,)]


def test_a_code_is_asked_for_ones_own_contact(two: tuple[Case, Case]) -> None:
    row = f"'{'a' * 32}', 'sms', '{THEIRS.index}', '', 'x', now(), 0, 0"
    names = "nonce, way, contact, contact_sealed, hash, asked_at, tries, sends"
    with scope.hold(of_contact(HERS)), refused("row-level security"):
        run(f"INSERT INTO concerns_contactcode ({names}) VALUES ({row})")


def test_a_desk_and_who_runs_the_system_see_none_of_it(
    two: tuple[Case, Case], cast: town.Cast
) -> None:
    session()
    post = cast.wang.posts.get()
    for role in (post.role, "administrator", "provider", "auditor"):
        eyes = scope.staff(post.pk, role, town.CITY, town.TODAY)
        with scope.hold(eyes):
            for table in OWN:
                assert rows_of(table) == set(), (role, table)
            assert listed() == []


def test_who_left_no_contact_stands_in_nobodys_list(cast: town.Cast) -> None:
    told(1, phone="")
    assert contacts.index_of("sms", "") == contacts.index_of("email", "") == ""
    with scope.hold(mine.eyes(session())):
        assert listed() == []


def test_a_phone_and_an_address_of_the_same_letters_are_two(cast: town.Cast) -> None:
    assert contacts.index_of("sms", "1") != contacts.index_of("email", "1")
    case = told(1, email="lihua@example.com")
    with scope.hold(mine.eyes(session(Contact("email", "lihua@example.com")))):
        assert listed() == [case.pk]


def test_the_codes_of_one_contact_asked_at_once_are_counted_one_after_the_other(
    cast: town.Cast,
) -> None:
    """The lock is taken before the count: a second waits until the first is committed."""
    with scope.hold(of_contact(HERS)):
        signing_in.ask(HERS, clock.now())
        held = asked("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        assert int(str(held[0][0])) >= 1


def test_a_list_finds_its_matters_by_index_whatever_the_contact(cast: town.Cast) -> None:
    """Prepared once for all contacts, as a function's questions may be."""
    told(1)
    with scope.hold(EYES):
        run("SET LOCAL enable_seqscan = off")
        run("SET LOCAL plan_cache_mode = force_generic_plan")
        run(
            "PREPARE of_contact(text, text) AS SELECT 1 FROM concerns_concern k WHERE "
            "($1 = 'sms' AND k.phone_index <> '' AND k.phone_index = $2)"
            " OR ($1 = 'email' AND k.email_index <> '' AND k.email_index = $2)"
        )
        plan = str(asked(f"EXPLAIN EXECUTE of_contact('sms', '{HERS.index}')"))
        run("DEALLOCATE of_contact")
    assert "concern_phone" in plan, plan
    assert "concern_email" in plan, plan
