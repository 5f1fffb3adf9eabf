"""Everything sealed is put under the newest key, a batch at a time; the text stays what it was.

Guards of the tables forbid even this change, and rightly: it is the owner's, who could lift them for
ever, and lifts them for one batch of one table. A process that is killed leaves whole batches.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import BinaryField

from guanjia.kit import scope
from guanjia.people import seal
from guanjia.policy.words import word

BATCH = 1_000
ENDING = "_sealed"
SECRETS = ("secret", "seed")
"""What sign-in keeps sealed of a second factor."""

EVERYWHERE = scope.Scope(kind="job", lo="", hi="~", run="keys")
Look = Callable[[str], AbstractContextManager[Any]]
Told = Callable[[str, int], None]
"""Told of a table and how many of its rows were sealed anew so far."""


class Sealed(NamedTuple):
    """A column of sealed values, and the key of its table."""

    table: str
    key: str
    column: str

    @property
    def under(self) -> str:
        """SQL: the id of the key that a value is sealed under."""
        return f"encode(substring({self.column} FROM 1 FOR position('\\x3a'::bytea IN {self.column}) - 1), 'escape')"


class StillSealed(RuntimeError):
    """A key cannot be put aside: something is sealed under it, or will be."""

    def __init__(self, left: int) -> None:
        if left:
            text = word(
                "还有 {left} 条资料用这把密钥封存，没有停用。请先运行 guanjia keys rotate。",
                left=left,
            )
        else:
            text = word(
                "这是正在用的密钥，没有停用。请先运行 guanjia keys new 和 guanjia keys rotate。"
            )
        super().__init__(text)


def columns() -> list[Sealed]:
    """Every sealed column of the house, as the models have them."""
    return [
        Sealed(model._meta.db_table, model._meta.pk.attname, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and field.attname.endswith(ENDING)
    ]


@contextmanager
def in_sight(_table: str) -> Iterator[Any]:
    """The rows of a table as a job sees them, while everybody works on."""
    with scope.hold(EVERYWHERE), connection.cursor() as cursor:
        yield cursor


def counts(look: Look = in_sight) -> Counter[str]:
    """How many values are sealed under each key, as `look` sees them."""
    found: Counter[str] = Counter()
    for one in columns():
        with look(one.table) as cursor:
            cursor.execute(
                f"SELECT {one.under}, count(*) FROM {one.table} "
                f"WHERE length({one.column}) > 0 GROUP BY 1"
            )
            found.update(dict(cursor.fetchall()))
    for factor in Authenticator.objects.all():
        found.update(_key_of(text) for _name, text in _secrets(factor))
    return found


def rotate(told: Told) -> int:
    """Seal anew whatever is under an older key; returns how many. Asked as the owner."""
    newest, done = seal.newest(), 0
    for one in columns():
        of_table, last = 0, None
        while True:
            last, count = _batch(one, newest, last)
            of_table += count
            if count:
                told(one.table, of_table)
            if last is None:
                break
        done += of_table
    return done + _factors(newest)


def retire(name: str) -> None:
    """Put a key aside. Asked as the owner. Raises StillSealed, also of the newest; KeyError."""
    if name == seal.newest():
        raise StillSealed(0)
    left = counts(unguarded)[name]
    if left:
        raise StillSealed(left)
    settings.GUANJIA_SEAL_KEYS.retire(name)


@contextmanager
def unguarded(table: str) -> Iterator[Any]:
    """One transaction in which a table is open to its owner, and nobody else at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT relforcerowsecurity FROM pg_class WHERE oid = '{table}'::regclass")
        forced = cursor.fetchone()[0]
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER")
        yield cursor
        how = "FORCE" if forced else "NO FORCE"
        cursor.execute(f"ALTER TABLE {table} {how} ROW LEVEL SECURITY, ENABLE TRIGGER USER")


def _batch(one: Sealed, newest: str, last: Any) -> tuple[Any, int]:
    """Seal up to BATCH values anew behind the key `last`; returns where it stopped, None at the end."""
    with unguarded(one.table) as cursor:
        cursor.execute(
            f"""SELECT {one.key}, {one.column} FROM {one.table}
            WHERE length({one.column}) > 0 AND {one.under} <> %(newest)s
              AND (%(last)s::bigint IS NULL OR {one.key} > %(last)s::bigint)
            ORDER BY {one.key} LIMIT {BATCH} FOR UPDATE""",
            {"newest": newest, "last": last},
        )
        rows = cursor.fetchall()
        fresh = [seal.seal(seal.unseal(value)) for _key, value in rows]
        cursor.execute(
            f"""UPDATE {one.table} t SET {one.column} = f.value
            FROM unnest(%s::bigint[], %s::bytea[]) AS f(key, value) WHERE t.{one.key} = f.key""",
            [[key for key, _value in rows], fresh],
        )
    return (rows[-1][0] if len(rows) == BATCH else None), len(rows)


def _factors(newest: str) -> int:
    """Secrets of second factors, which sign-in keeps as text."""
    done = 0
    for factor in Authenticator.objects.all():
        old = [(name, text) for name, text in _secrets(factor) if _key_of(text) != newest]
        for name, text in old:
            factor.data[name] = seal.seal(seal.unseal(bytes.fromhex(text))).hex()
        if old:
            factor.save(update_fields=["data"])
        done += len(old)
    return done


def _secrets(factor: Authenticator) -> Iterator[tuple[str, str]]:
    return ((name, factor.data[name]) for name in SECRETS if factor.data.get(name))


def _key_of(text: str) -> str:
    return bytes.fromhex(text).partition(b":")[0].decode()
