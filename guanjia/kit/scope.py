"""Scopes: whose eyes a transaction has. Row security reads them; unset scope is no scope."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date

from django.db import connections, transaction


@dataclass(frozen=True, slots=True)
class Scope:
    """Kind and keys of one scope, as text, as PostgreSQL keeps them.

    `kind`: staff | job | case | intake | contact | session | public. `lo` and `hi` bound place codes:
    lo <= code < hi (collation C). `key` names the one case that its asker sees, or the new one that
    is taken in; the contact for which a code is asked; the session that a right code began.
    """

    kind: str = ""
    post: str = ""
    role: str = ""
    lo: str = ""
    hi: str = ""
    today: str = ""
    run: str = ""
    key: str = ""


NOTHING = Scope()
NAMES = tuple(f.name for f in fields(Scope))


def place_range(code: str) -> tuple[str, str]:
    """All codes that begin with `code`, as a half-open range: '441900' -> ('441900', '441901')."""
    return code, code[:-1] + chr(ord(code[-1]) + 1)


def staff(post: int, role: str, place: str, today: date) -> Scope:
    """The eyes of one post: its place and all below it, on `today`."""
    lo, hi = place_range(place)
    return Scope("staff", str(post), role, lo, hi, today.isoformat())


def job(name: str, place: str, today: date) -> Scope:
    """The eyes of a durable job (a run, an import) over `place` and all below it."""
    lo, hi = place_range(place)
    return Scope("job", "", "", lo, hi, today.isoformat(), name)


PUBLIC = Scope(kind="public")


@contextmanager
def hold(scope: Scope, using: str = "default") -> Iterator[None]:
    """Run a transaction under `scope`; on leaving, the scope before it stands again.

    SET LOCAL outlives a released savepoint, so the old values are put back by hand.
    """
    with transaction.atomic(using=using):
        before = current(using)
        _write(scope, using)
        yield  # what is rolled back takes its scope along
        if not connections[using].needs_rollback:
            _write(before, using)


def current(using: str = "default") -> Scope:
    """The scope in force on this connection."""
    wanted = ", ".join(f"coalesce(current_setting('guanjia.{n}', true), '')" for n in NAMES)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {wanted}")
        row = cursor.fetchone()
    return Scope(*row)


def _write(scope: Scope, using: str) -> None:
    steps = ", ".join(f"set_config('guanjia.{n}', %s, true)" for n in NAMES)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {steps}", [getattr(scope, n) for n in NAMES])
