"""The key of the index: a new one, every index under it a batch at a time, the old one aside.

From the moment a new key is there everything is written under it and looked up under both, so nothing
is ever not found; the database refuses a document under the older. Guards are lifted as for sealing.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from guanjia.concerns.matters import contacts
from guanjia.concerns.tables.contacts import GOOD_FOR
from guanjia.people import seal
from guanjia.people.indexing import TURN
from guanjia.policy.words import word
from guanjia.web.house.keyring import LOOK_AGAIN
from guanjia.web.house.resealing import Look, StillSealed, Told, in_sight, unguarded

BATCH = 1_000
KIND = "index-"
"""Before an index key's id, where keys are named beside those of sealing."""

KNOWN_AFTER = 5 * LOOK_AGAIN
"""Seconds after which every process knows a new key, with time to end what it looked up without it."""

PATIENCE = 60.0
"""Seconds for which a new key waits for a moment in which nobody writes persons."""

CODES = "concerns_contactcode"
OF_CONTACTS = (CODES, "concerns_contactsession")
NEWEST = "(SELECT h FROM unnest(string_to_array(contact, ' ')) AS h WHERE people_index_key(h) = %s)"
"""SQL: of a contact's hashes the one under the newest key."""


class Indexed(NamedTuple):
    """A column of keyed hashes, the sealed texts that they are made from anew, and how."""

    table: str
    key: str
    sealed: str
    column: str
    kind: str
    make: Callable[[str], bytes | str]


class Unfinished(RuntimeError):
    """An index key cannot come or go now; the text says why."""


def columns() -> list[Indexed]:
    """Every column of the house that is an index."""
    document = ("document_sealed", "document_index", "bytea", seal.index)
    concern = ("concerns_concern", "case_id")
    phone, address = (partial(contacts.index_of, way) for way in (contacts.SMS, contacts.EMAIL))
    return [
        Indexed("people_person", "id", *document),
        Indexed("people_registration", "id", *document),
        Indexed(*concern, "phone_sealed", "phone_index", "text", phone),
        Indexed(*concern, "email_sealed", "email_index", "text", address),
    ]


def counts(look: Look = in_sight) -> Counter[str]:
    """How many indexes stand under each key, as `look` sees them."""
    found: Counter[str] = Counter()
    for one in columns():
        with look(one.table) as cursor:
            cursor.execute(
                f"SELECT 'k' || people_index_key({one.column}), count(*) FROM {one.table} "
                f"WHERE length({one.column}) > 0 GROUP BY 1"
            )
            found.update(dict(cursor.fetchall()))
    return found


def begin() -> str:
    """Bring a new index key, under which everything is written from now on; its id. Asked as the owner.

    Raises Unfinished where an older one is still held, or somebody writes persons all the time.
    """
    if len(seal.index_keys()) > 1:
        raise Unfinished(
            word("上一次更换检索密钥还没有做完。请先运行 guanjia keys rotate，再停用旧的检索密钥。")
        )
    with _alone():
        name: str = settings.GUANJIA_INDEX_KEYS.add()
        _settle(name)
    return name


def rotate(told: Told) -> int:
    """Write anew whatever stands under an older key; returns how many. Asked as the owner."""
    newest = seal.index_keys()[0]
    if len(seal.index_keys()) > 1:
        with _alone():
            _settle(newest)  # a process killed as it brought the key may not have come so far
        made = settings.GUANJIA_INDEX_KEYS.file(newest).stat().st_mtime
        time.sleep(max(0.0, KNOWN_AFTER - max(0.0, time.time() - made)))
    done = 0
    for one in columns():
        of_table, last = 0, 0
        while True:
            last, count = _batch(one, newest, last)
            of_table += count
            if count:
                told(one.table, of_table)
            if not last:
                break
        done += of_table
    return done


def retire(name: str, at: datetime) -> None:
    """Put an index key aside. Asked as the owner.

    Raises StillSealed, also of the newest; Unfinished while codes are under way that were asked for
    before the newest came; KeyError.
    """
    newest = seal.index_keys()[0]
    if name == newest:
        raise StillSealed(0)
    left = counts(unguarded)[name]
    if left:
        raise StillSealed(left)
    _refuse_under_way(int(newest[1:]), at)
    for table in OF_CONTACTS:
        _forget(table, int(newest[1:]))
    settings.GUANJIA_INDEX_KEYS.retire(name)


def _refuse_under_way(newest: int, at: datetime) -> None:
    """Whom such a code is for nobody could tell without the older key. Raises Unfinished."""
    with unguarded(CODES) as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {CODES} WHERE over_at IS NULL AND asked_at > %s AND {NEWEST} IS NULL",
            [at - GOOD_FOR, newest],
        )
        (left,) = cursor.fetchone()
    if left:
        raise Unfinished(
            word(
                "新增检索密钥之前发出的验证码还有 {left} 个有效，没有停用旧的。请过 10 分钟再试。",
                left=left,
            )
        )


def _forget(table: str, newest: int) -> None:
    """Of a contact's hashes the newest stays; what has it not is of before, and out or over already."""
    with unguarded(table) as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {NEWEST} IS NULL", [newest])
        cursor.execute(
            f"UPDATE {table} SET contact = {NEWEST} WHERE strpos(contact, ' ') > 0", [newest]
        )


def _batch(one: Indexed, newest: str, last: int) -> tuple[int, int]:
    """Write up to BATCH indexes anew behind the key `last`; returns where it stopped, 0 at the end, and how many."""
    with unguarded(one.table) as cursor:
        cursor.execute(
            f"""SELECT {one.key}, {one.sealed} FROM {one.table} WHERE length({one.column}) > 0
              AND people_index_key({one.column}) <> %s AND {one.key} > %s
            ORDER BY {one.key} LIMIT {BATCH}""",
            [int(newest[1:]), last],
        )
        rows = cursor.fetchall()
        cursor.execute(
            f"""UPDATE {one.table} t SET {one.column} = f.value
            FROM unnest(%s::bigint[], %s::{one.kind}[]) AS f(key, value) WHERE t.{one.key} = f.key""",
            [[key for key, _text in rows], [one.make(seal.unseal(text)) for _key, text in rows]],
        )
    return (rows[-1][0] if len(rows) == BATCH else 0), len(rows)


def _settle(name: str) -> None:
    """From the end of this transaction on the database refuses documents under an older key."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_indexkey SET newest = %s", [int(name[1:])])


@contextmanager
def _alone() -> Iterator[None]:
    """One transaction in which nobody writes persons. Raises Unfinished."""
    until = time.monotonic() + PATIENCE
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_try_advisory_xact_lock({TURN})")
            if cursor.fetchone()[0]:
                yield
                return
        if time.monotonic() > until:
            raise Unfinished(word("正在写入人员资料（例如导入），没有换检索密钥。请过一会儿再试。"))
        time.sleep(LOOK_AGAIN / 4)
