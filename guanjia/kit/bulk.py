"""Many rows in one statement. COPY is refused under row security; arrays are not."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection

BATCH = 5000


def insert(
    table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]], tail: str = ""
) -> int:
    """Insert `rows` into `table`; `columns` maps names to PostgreSQL types. Returns how many.

    `tail` is appended to each statement (`ON CONFLICT …`).
    """
    names = ", ".join(f'"{name}"' for name in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {tail}"
    feed = iter(rows)
    written = 0
    with connection.cursor() as cursor:
        while batch := list(islice(feed, BATCH)):
            cursor.execute(statement, [list(column) for column in zip(*batch, strict=True)])
            written += cursor.rowcount
    return written


def take_ids(table: str, count: int) -> list[int]:
    """`count` fresh numbers of the table's identity sequence, in ascending order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [number for (number,) in cursor.fetchall()]
