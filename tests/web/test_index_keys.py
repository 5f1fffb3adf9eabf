"""The index key: a new one, every index under it, the old one aside; nobody is ever not found, or found twice."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from guanjia.cases.models import Case
from guanjia.concerns.keys import mine, signing_in
from guanjia.concerns.matters import tracking
from guanjia.concerns.matters.contacts import Contact
from guanjia.concerns.tables.contacts import GOOD_FOR, ContactSession
from guanjia.kit import clock, scope
from guanjia.people import actions, intake, queries, registering, seal
from guanjia.people.desk_models import Registration, Transfer
from guanjia.people.models import IndexKey, Person
from guanjia.people.records import NewHousehold, NewPerson
from guanjia.people.registering import Stated
from guanjia.web.commands import keys
from guanjia.web.house import cluster, reindexing, schema
from guanjia.web.house.keyring import LOOK_AGAIN, Keyring, of_the_index
from guanjia.web.house.resealing import StillSealed
from tests import house, town
from tests.committed import Town, _django_db_helper, committed_town
from tests.concerns.residents import OTHER, PHONE
from tests.concerns.residents import asked as told
from tests.forks import forked, shoot
from tests.people.desk import ASKED, DECIDED
from tests.web.test_keys import guards

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KINDS = ["citizen", "passport"]
HERS, OTHERS = Contact("sms", PHONE), Contact("sms", OTHER)
COLUMNS = {
    ("people_person", "document_index"),
    ("people_registration", "document_index"),
    ("concerns_concern", "phone_index"),
    ("concerns_concern", "email_index"),
    ("concerns_contactcode", "contact"),
    ("concerns_contactsession", "contact"),
}


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """A key folder of this test's own, with the key under which the cast is indexed."""
    folder = tmp_path / "keys"
    folder.mkdir()
    shutil.copy(Path(os.environ["GUANJIA_DATA"]) / "keys" / "index", folder)
    held = of_the_index(folder)
    monkeypatch.setattr(settings, "GUANJIA_INDEX_KEYS", held)
    return held


@pytest.fixture
def here(committed_town: Town, ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The cast with one who was registered at a counter and two who asked for something."""
    with scope.hold(town.eyes(committed_town.cast.wang)):
        at_counter(committed_town, committed_town.cast.ho.document)
    told(1)
    told(2)
    url = house.SERVER.url("guanjia_owner", committed_town.database)
    monkeypatch.setenv("DATABASE_OWNER_URL", url)
    monkeypatch.setattr(reindexing, "KNOWN_AFTER", 2 * LOOK_AGAIN)
    yield committed_town


def at_counter(of: Town, number: str) -> int:
    """Somebody with a document is registered at the counter of 长安."""
    stated = Stated("何金水", "1", date(1945, 1, 1), "citizen", number, town.COMMUNITY)
    return registering.register(stated, of.cast.wang.pk, ASKED)


def found(of: Town) -> bool:
    """Whether everybody is found by number, by whoever reaches them, and by nobody else."""
    for eyes, mine_are in (
        (town.eyes(of.cast.wang), [of.cast.li, of.cast.chen]),
        (town.eyes(of.cast.huang), [of.cast.ho]),
    ):
        with scope.hold(eyes):
            for one in (of.cast.li, of.cast.chen, of.cast.ho):
                seen = queries.with_document(one.document, KINDS)
                if seen != ([one.id] if one in mine_are else []):
                    return False
    return True


def under(number: int) -> dict[tuple[str, str], int]:
    """How many values of each column stand under an index key, by raw SQL of the owner without row security."""
    held = {}
    url = house.SERVER.url(cluster.SUPERUSER, connection.settings_dict["NAME"])
    with psycopg.connect(url) as raw:
        for table, column in COLUMNS:
            query = (
                f"SELECT count(*) FROM {table} WHERE length({column}) > 0 "
                f"AND people_index_key({column}) = {number}"
            )
            held[table, column] = raw.execute(query.encode()).fetchall()[0][0]
    return held


def test_every_index_of_the_database_is_known(committed_town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND (column_name LIKE '%\\_index' OR (table_name LIKE 'concerns\\_contact%' "
            "AND column_name = 'contact'))"
        )
        assert set(cursor.fetchall()) == COLUMNS
    named = {(one.table, one.column) for one in reindexing.columns()}
    assert named | {(table, "contact") for table in reindexing.OF_CONTACTS} == COLUMNS


def rotating(pause: float, stop_at: int = 0) -> int:
    """A process that takes one value after another under the new key; it sleeps for good at `stop_at`."""

    def rotate() -> None:
        count = 0

        def slow(_table: str, _done: int) -> None:
            nonlocal count
            count += 1
            time.sleep(60 if count == stop_at else pause)

        with schema.as_owner(os.environ["DATABASE_OWNER_URL"]):
            reindexing.rotate(slow)

    return forked(rotate)


def test_everybody_is_found_before_while_and_after_the_key_changes(
    here: Town, ring: Keyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stood, before = guards(), sum(under(1).values())
    assert found(here) and before > 6
    assert keys.main(["new", "index"]) == 0
    assert found(here) and sum(under(2).values()) == 0
    with pytest.raises(StillSealed, match="guanjia keys rotate"):
        keys.main(["retire", "index-k1"])
    with pytest.raises(reindexing.Unfinished, match="guanjia keys rotate"):
        keys.main(["new", "index"])
    monkeypatch.setattr(reindexing, "BATCH", 1)
    child, half, looked = rotating(0.02), 0, 0
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        assert found(here)
        looked, half = looked + 1, half + (0 < sum(under(2).values()) < before)
    assert looked > 5 and half > 2, "it was looked at while both keys stood"
    assert sum(under(1).values()) == 0 and found(here) and guards() == stood
    assert keys.main(["rotate"]) == 0
    assert "guanjia keys retire index-k1" in capsys.readouterr().out
    with pytest.raises(StillSealed, match="正在用的密钥"):
        keys.main(["retire", "index-k2"])
    assert keys.main(["retire", "index-k1"]) == 0
    assert list(ring) == ["k2"] and (ring.folder / "retired-index-k1").exists()
    assert sum(under(1).values()) == 0 and sum(under(2).values()) == before
    assert found(here) and guards() == stood
    capsys.readouterr()
    assert keys.main(["list"]) == 0
    assert "index-k2（正在用）：检索 " in capsys.readouterr().out


def test_killed_in_the_middle_all_are_found_and_it_goes_on_where_it_stood(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood, before = guards(), sum(under(1).values())
    assert keys.main(["new", "index"]) == 0
    monkeypatch.setattr(reindexing, "BATCH", 1)
    child = rotating(0, stop_at=3)
    until = time.monotonic() + 30
    while time.monotonic() < until and sum(under(2).values()) < 3:
        time.sleep(0.05)
    shoot(child)
    assert (sum(under(2).values()), sum(under(1).values())) == (3, before - 3)
    assert found(here) and guards() == stood
    with pytest.raises(StillSealed):
        keys.main(["retire", "index-k1"])
    assert keys.main(["rotate"]) == 0 and keys.main(["retire", "index-k1"]) == 0
    assert sum(under(1).values()) == 0 and sum(under(2).values()) == before and found(here)


def test_one_killed_as_it_brought_the_key_is_made_good_by_the_next(
    here: Town, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(reindexing, "_settle", dies)
        with pytest.raises(KeyboardInterrupt):
            keys.main(["new", "index"])
    assert list(ring) == ["k1", "k2"] and IndexKey.objects.get().newest == 1 and found(here)
    assert keys.main(["rotate"]) == 0
    assert IndexKey.objects.get().newest == 2 and sum(under(1).values()) == 0 and found(here)


def test_nobody_is_written_twice_while_two_keys_stand(here: Town) -> None:
    assert keys.main(["new", "index"]) == 0
    known, new = here.cast.ho.document, town.number(date(1950, 1, 1), 77)
    # An import of 长安 does not see whom 虎门 has, and the register does.
    people = [
        NewPerson("何金水", "1", date(1945, 1, 1), known),
        NewPerson("何新", "1", date(1950, 1, 1), new),
    ]
    with scope.hold(town.eyes(here.cast.wang)):
        written = intake.register_persons(people, town.CHANGAN, town.TODAY, DECIDED)
        assert written == {people[1].id}
    home = NewHousehold("二", town.COMMUNITY, [NewPerson("何", "1", date(1945, 1, 1), known)])
    with here.as_job(), pytest.raises(IntegrityError, match="one_person_a_document"):
        actions.register([home], "test", DECIDED)
    # At the counter both are answered alike, and the desk that has him agrees to one and the same person.
    with scope.hold(town.eyes(here.cast.wang)):
        second = at_counter(here, known)
        assert Registration.objects.get(pk=second).person_id is None
    with scope.hold(town.eyes(here.cast.huang)):
        both = list(Transfer.objects.order_by("id"))
        assert [one.person_id for one in both] == [here.cast.ho.id] * 2
        for one in both:
            registering.agree(one.pk, here.cast.huang.pk, DECIDED, town.TODAY)
    with here.as_job():
        assert Person.objects.filter(document_index__in=seal.indexes(known)).count() == 1


def test_the_database_refuses_a_document_under_the_older_key(here: Town, ring: Keyring) -> None:
    assert keys.main(["new", "index"]) == 0
    number = town.number(date(1950, 1, 1), 78)
    for value, refused in ((seal.indexes(number)[1], True), (seal.indexes(number)[0], False)):
        with here.connect() as raw:
            insert = (
                "INSERT INTO people_person (name, initials, sex, born_on, document_kind, "
                "document_sealed, document_mask, document_index) "
                "VALUES ('何', 'h', '1', '1950-01-01', 'citizen', 'x', '', %s)"
            )
            if not refused:
                raw.execute(insert.encode(), [value])
                continue
            with pytest.raises(psycopg.Error, match="a_document_is_indexed_under_the_newest_key"):
                raw.execute(insert.encode(), [value])
            raw.rollback()
            for theft in ("UPDATE people_indexkey SET newest = 1", "DELETE FROM people_indexkey"):
                with pytest.raises(psycopg.Error, match="permission denied"):
                    raw.execute(theft.encode())
                raw.rollback()


def test_a_new_key_waits_until_nobody_writes_persons(
    here: Town, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "PATIENCE", 0.3)
    with here.connect() as writer:
        writer.execute("SELECT pg_advisory_xact_lock_shared(hashtext('people_index'))")
        with pytest.raises(reindexing.Unfinished, match="请过一会儿再试"):
            keys.main(["new", "index"])
        assert list(ring) == ["k1"]
        writer.commit()
    assert keys.main(["new", "index"]) == 0


def test_matters_are_listed_whole_and_opened_by_their_codes(here: Town) -> None:
    older = session()
    assert len(listed(older)) == 2
    assert keys.main(["new", "index"]) == 0
    third, key = told(3), session()
    with scope.hold(mine.eyes(older)):
        assert not HERS.is_of(ContactSession.objects.get().contact), (
            "signed out: it would list a part"
        )
    assert third.pk in listed(key) and len(listed(key)) == 3
    assert keys.main(["rotate"]) == 0
    assert len(listed(key)) == 3
    assert keys.main(["retire", "index-k1"]) == 0
    assert len(listed(key)) == 3 and listed(older) == []
    with scope.hold(mine.eyes(key)):
        assert HERS.is_of(ContactSession.objects.get().contact), "still signed in"
    code = tracking.code_of(f"{1:032x}")
    with scope.hold(scope.Scope(kind="case", key=tracking.key_of(code, PHONE))):
        assert Case.objects.count() == 1, "a ticket stays good"


def test_a_code_that_is_under_way_lasts_while_the_key_changes(
    here: Town, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = clock.now()
    nonces = [signing_in.ask(HERS, at) for _browser in range(4)]
    sent = {nonce: signing_in.code_of(nonce) for nonce in nonces}
    assert keys.main(["new", "index"]) == 0
    assert {nonce: signing_in.code_of(nonce) for nonce in nonces} == sent
    begins(nonces[0], sent)
    assert signing_in.show(OTHERS, nonces[1], sent[nonces[1]], False, at).said == "over"
    assert signing_in.show(HERS, nonces[1], "0000000", False, at).said == signing_in.WRONG
    assert keys.main(["rotate"]) == 0
    begins(nonces[1], sent)
    with pytest.raises(reindexing.Unfinished, match="还有 2 个有效，没有停用"):
        keys.main(["retire", "index-k1"])
    begins(nonces[2], sent)
    newer, later = signing_in.ask(HERS, at + GOOD_FOR / 2), at + GOOD_FOR
    sent[newer] = signing_in.code_of(newer)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert keys.main(["retire", "index-k1"]) == 0, (
        "none is good any more that stands under it alone"
    )
    begins(newer, sent)


def begins(nonce: str, sent: dict[str, str]) -> None:
    """The code that was sent begins a session that is signed in and told of everything."""
    shown = signing_in.show(HERS, nonce, sent[nonce], False, clock.now())
    assert shown.said == signing_in.IN
    key = signing_in.key_of(shown.token)
    with scope.hold(mine.eyes(key)):
        assert HERS.is_of(ContactSession.objects.get().contact)
    assert len(listed(key)) == 2


def session() -> str:
    """A session that a right code began; returns its key."""
    at = clock.now()
    nonce = signing_in.ask(HERS, at)
    shown = signing_in.show(HERS, nonce, signing_in.code_of(nonce), False, at)
    assert shown.said == signing_in.IN
    return signing_in.key_of(shown.token)


def listed(key: str) -> list[int]:
    """The numbers of the matters that a session is told of."""
    with scope.hold(mine.eyes(key)), connection.cursor() as cursor:
        cursor.execute("SELECT number FROM concerns_matters(%s, 0, 100)", [clock.now()])
        return [number for (number,) in cursor.fetchall()]
