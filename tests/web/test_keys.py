"""Keys: a new one, everything under it, the old one aside; killed in the middle nothing is lost."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection

from guanjia.entitlements.models import Award
from guanjia.people import seal
from guanjia.people.models import Person
from guanjia.staff.models import User
from guanjia.web.commands import keys
from guanjia.web.house import resealing, schema
from guanjia.web.house.keyring import LOOK_AGAIN, Keyring
from guanjia.web.house.resealing import StillSealed
from tests import house
from tests.committed import Town, _django_db_helper, committed_town
from tests.forks import forked, shoot

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

GUARDS = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, t.tgname, t.tgenabled
FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname, t.tgname
"""


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """A key folder of this test's own, with the key under which the cast is sealed."""
    folder = tmp_path / "keys"
    folder.mkdir()
    shutil.copy(Path(os.environ["GUANJIA_DATA"]) / "keys" / "seal-k1", folder)
    held = Keyring(folder)
    monkeypatch.setattr(settings, "GUANJIA_SEAL_KEYS", held)
    return held


@pytest.fixture
def paid(committed_town: Town, ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The cast with awards and a second factor, and the owner's address of their database."""
    committed_town.pay_two_months()
    secret = seal.seal("JBSWY3DPEHPK3PXP").hex()
    user = User.objects.get(username=committed_town.cast.liang.username)
    Authenticator.objects.filter(user=user).delete()
    Authenticator.objects.create(user=user, type="totp", data={"secret": secret})
    url = house.SERVER.url("guanjia_owner", committed_town.database)
    monkeypatch.setenv("DATABASE_OWNER_URL", url)
    yield committed_town


def clear(town: Town) -> list[str]:
    """Every sealed text of the house, read."""
    with town.as_job():
        texts = [
            seal.unseal(p.document_sealed) for p in Person.objects.exclude(document_sealed=None)
        ]
        texts += [seal.unseal(a.account_sealed) for a in Award.objects.all()]
    texts += [seal.unseal(bytes.fromhex(f.data["secret"])) for f in Authenticator.objects.all()]
    return sorted(texts)


def guards() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        return cursor.fetchall()


def test_every_sealed_column_of_the_database_is_known(committed_town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type = 'bytea' AND column_name LIKE '%sealed'"
        )
        held = set(cursor.fetchall())
    assert {(one.table, one.column) for one in resealing.columns()} == held
    assert ("people_person", "document_sealed") in held
    assert ("entitlements_award", "account_sealed") in held


def test_everything_comes_under_the_new_key_and_reads_as_before(
    paid: Town, ring: Keyring, capsys: pytest.CaptureFixture[str]
) -> None:
    before, stood = clear(paid), guards()
    assert len(before) > 5 and set(resealing.counts()) == {"k1"}
    assert keys.main(["new"]) == 0 and seal.newest() == "k2"
    assert clear(paid) == before, "both keys are held"
    with pytest.raises(StillSealed, match="guanjia keys rotate"):
        keys.main(["retire", "k1"])
    assert keys.main(["rotate"]) == 0
    assert clear(paid) == before and guards() == stood
    assert set(resealing.counts()) == {"k2"}
    assert keys.main(["rotate"]) == 0
    assert "已把 0 条资料换到 k2" in capsys.readouterr().out
    with pytest.raises(StillSealed, match="正在用的密钥"):
        keys.main(["retire", "k2"])
    assert keys.main(["retire", "k1"]) == 0
    assert list(ring) == ["k2"] and (ring.folder / "retired-k1").exists()
    assert clear(paid) == before
    capsys.readouterr()
    assert keys.main(["list"]) == 0
    assert capsys.readouterr().out.startswith("k2（正在用）：封存 ")


def test_killed_in_the_middle_it_goes_on_where_it_stood(
    paid: Town, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, stood = clear(paid), guards()
    ring.add()
    monkeypatch.setattr(resealing, "BATCH", 1)

    def rotate() -> None:
        def slow(_table: str, done: int) -> None:
            time.sleep(60 if done == 2 else 0)

        with schema.as_owner(os.environ["DATABASE_OWNER_URL"]):
            resealing.rotate(slow)

    child = forked(rotate)
    until = time.monotonic() + 30
    while time.monotonic() < until and not resealing.counts()["k2"]:
        time.sleep(0.1)
    shoot(child)
    found = resealing.counts()
    assert found["k1"] > 0 and found["k2"] > 0
    assert clear(paid) == before and guards() == stood
    assert keys.main(["rotate"]) == 0
    assert set(resealing.counts()) == {"k2"} and clear(paid) == before


def test_a_key_that_is_gone_is_named_and_the_command_refuses_what_it_does_not_know(
    paid: Town, ring: Keyring, capsys: pytest.CaptureFixture[str]
) -> None:
    ring.add()
    (ring.folder / "seal-k1").rename(ring.folder / "lost")
    time.sleep(LOOK_AGAIN)
    assert keys.main(["list"]) == 0
    assert "k1：不在密钥目录里" in capsys.readouterr().err
    with pytest.raises(seal.KeyGone):
        keys.main(["rotate"])
    for words in (["retire"], ["retire", "k9"], ["list", "k2"]):
        with pytest.raises(SystemExit):
            keys.main(words)


def test_the_application_cannot_lift_the_guards(paid: Town) -> None:
    with (
        pytest.raises(Exception, match="must be owner of table"),
        resealing.unguarded("people_person"),
    ):
        pass
