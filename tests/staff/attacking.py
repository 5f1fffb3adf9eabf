"""What an attacker with the application's role can ask of the catalogue and of a table."""

from django.db import DatabaseError, connection, transaction

from tests.staff.test_isolation import OPEN


def tables() -> list[str]:
    """Every table behind the gate, as the catalogue has them today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall() if name not in OPEN]


def asked(statement: str) -> list[tuple[object, ...]]:
    """The rows of a question."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def columns(table: str) -> set[str]:
    """The names of a table's columns."""
    found = asked(
        "SELECT column_name FROM information_schema.columns "
        f"WHERE table_schema = 'public' AND table_name = '{table}'"
    )
    return {str(name) for (name,) in found}


def rows_of(table: str) -> set[str]:
    """Every row that comes out, as text."""
    return {str(row) for (row,) in asked(f"SELECT t::text FROM {table} t")}


def attempted(statement: str) -> int:
    """How many rows a change hit; a change that is forbidden hit none."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            hit = int(cursor.rowcount)
            transaction.set_rollback(True)
    except DatabaseError:
        return 0
    return max(hit, 0)


def copied(table: str) -> list[bytes]:
    """What COPY sends out of a table."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as out:
        return list(out)
