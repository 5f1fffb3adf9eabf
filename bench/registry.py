"""A registry of a million persons in PostgreSQL: a made-up city loaded as ever, then repeated by SQL.

Every repetition has its own keys and document numbers and the names of the first. The indexes and
checks that only writing needs are dropped before; those that reading needs are made again where
asked for.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

APART = 10_000_000
"""Keys of one repetition lie so far from those of the next."""
KEYS = {"id", "person_id", "household_id"}
FACTS = (
    *("people_household", "people_person", "people_membership"),
    *("people_householdfact", "people_personfact", "entitlements_award"),
)
WAYS_IN = ("people_reach", "people_namegram")
"""By whom a person is seen, and by which words found."""
DROPPED = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname || ' CASCADE',
  'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('x', 'f', 'u', 'c')
UNION ALL SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'x', 'u')
WHERE i.indrelid = ANY(%(tables)s::regclass[]) AND c.oid IS NULL
"""
COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""
OTHER = {
    "document_index": "decode(md5(encode(document_index, 'hex') || k), 'hex')",
    "number": "left(md5(number || '-' || k), 24)",
}
"""Columns of which no two rows may have the same value, where these are kept apart."""
READ = ("UNIQUE", "EXCLUDE", "CREATE ")


def fill(persons: int, times: int, indexed: bool = False) -> int:
    """Load so many persons and repeat them; returns how many were loaded.

    `indexed`: what reads by key, name and number goes on to have its indexes.
    """
    from django.conf import settings

    from guanjia.interop import load
    from guanjia.interop.synthetic import scene
    from guanjia.policy import book as books
    from guanjia.staff.models import User

    office = tuple(User.objects.create_user(name, full_name=name) for name in ("zhou", "liang"))
    book = books.load(settings.GUANJIA_CITY)
    loaded = load.load_synthetic(book, scene.read(settings.GUANJIA_CITY), persons, *office)
    repeat(times, indexed)
    return loaded.persons


def repeat(times: int, indexed: bool) -> None:
    """Every household with its people, facts and awards, `times` times in all."""
    tables = (*FACTS, *WAYS_IN) if indexed else FACTS
    with as_owner() as cursor:
        cursor.execute(DROPPED, {"tables": list(tables)})
        steps = cursor.fetchall()
        for drop, _again in steps:
            cursor.execute(drop)
        for table in tables:
            _repeat(cursor, table, times, indexed)
        for _drop, again in steps if indexed else ():
            if any(word in again for word in READ):
                cursor.execute(again)
        cursor.execute("ANALYZE")


def _repeat(cursor: Any, table: str, times: int, apart: bool) -> None:
    cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(COLUMNS, [table])
    names = [name for (name,) in cursor.fetchall()]
    other = OTHER if apart and not table.endswith("fact") else {}
    picked = [f"{n} + k * {APART}" if n in KEYS else other.get(n, n) for n in names]
    cursor.execute(
        f"""INSERT INTO {table} ({", ".join(names)}) OVERRIDING SYSTEM VALUE
        SELECT {", ".join(picked)} FROM generate_series(1, {times - 1}) AS r(k), {table}"""
    )
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


@contextmanager
def as_owner() -> Iterator[Any]:
    """A cursor of the owner, to whom row security does not apply where it is not forced."""
    from django.db import connection

    from guanjia.web.house import schema

    connection.close()
    with schema.as_owner(os.environ["DATABASE_OWNER_URL"]), connection.cursor() as cursor:
        yield cursor
