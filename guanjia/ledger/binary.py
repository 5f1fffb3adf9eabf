"""Statements that carry many rows: bound by the server, on Django's own connection.

Django's cursors write values into the text of a statement, one by one; psycopg's arrays are made
item by item. For thousands of rows both cost more than the statement itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.pq import Format


@contextmanager
def cursor() -> Iterator[Any]:
    """A cursor in the transaction of the default connection; results in binary, errors Django's."""
    connection.ensure_connection()
    with Cursor(connection.connection) as bare:
        bare.adapters.register_dumper(list, Array)
        bare.format = Format.BINARY
        plain: Any = bare
        if connection.queries_logged:
            yield connection.make_debug_cursor(plain)
        else:
            yield connection.make_cursor(plain)


def rows(query: str, values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query. Lists among `values` go as arrays: cast them to their type."""
    with cursor() as asked:
        asked.execute(query, values)
        return list(asked.fetchall())


def literal(values: Sequence[int | str | bool | date | None]) -> str:
    """A list of one kind of values as PostgreSQL writes an array: '{1,NULL,3}'."""
    kind = type(next((value for value in values if value is not None), None))
    if kind is str:
        texts = [None if v is None else _quoted(v) for v in values]  # type: ignore[arg-type]
    elif kind is date:
        texts = [None if v is None else v.isoformat() for v in values]  # type: ignore[union-attr]
    else:
        texts = [None if v is None else str(v) for v in values]
    return "{" + ",".join(["NULL" if text is None else text for text in texts]) + "}"


class Array(Dumper):
    """A list as the text of an array, whose type the statement names."""

    format = Format.TEXT
    oid = 0

    def dump(self, obj: list[Any]) -> bytes:
        """The text."""
        return literal(obj).encode()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
