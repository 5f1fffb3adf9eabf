"""Many rows in one statement. COPY is refused under row security; arrays are not.

Arrays are bound by the server and in binary: written into a statement's text, as Django's own
cursors do, thousands of values cost more than the statement itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.pq import Format
from psycopg.types.array import ListBinaryDumper

BATCH = 5000


@contextmanager
def cursor() -> Iterator[Any]:
    """A cursor in the transaction of the default connection; errors are Django's."""
    connection.ensure_connection()
    with Cursor(connection.connection) as bare:
        bare.adapters.register_dumper(list, ListBinaryDumper)
        bare.format = Format.BINARY
        log = connection.queries_logged
        yield (connection.make_debug_cursor if log else connection.make_cursor)(bare)  # type: ignore[arg-type]


def rows(query: str, values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query. Lists among `values` go as arrays: cast them to their type."""
    with cursor() as asked:
        asked.execute(query, values)
        return list(asked.fetchall())


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
    with cursor() as writing:
        while batch := list(islice(feed, BATCH)):
            writing.execute(statement, [list(column) for column in zip(*batch, strict=True)])
            written += writing.rowcount
    return written


def take_ids(table: str, count: int) -> list[int]:
    """`count` fresh numbers of the table's identity sequence, in ascending order."""
    query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    return [number for (number,) in rows(query, [table, count])]
