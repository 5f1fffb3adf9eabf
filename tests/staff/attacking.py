"""What an attacker with the application's role can ask of the catalogue and of a table."""

from django.db import DatabaseError, connection, transaction

from tests.staff.test_isolation import OPEN

# A policy or a missing right, and a promise that a trigger keeps; not a key that is there already.
FORBIDDEN = {"42501", "23000"}


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


def records(table: str, most: int = 3) -> list[str]:
    """Some rows of a table, each as a JSON object."""
    return [str(row) for (row,) in asked(f"SELECT to_jsonb(t)::text FROM {table} t LIMIT {most}")]


def why_refused(table: str, record: str) -> str:
    """The state of the error that a row meets when it is added to a table; '' where it was added."""
    made = asked(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
        f"AND table_name = '{table}' AND is_generated = 'NEVER' ORDER BY ordinal_position"
    )
    named = ", ".join(f'"{name}"' for (name,) in made)
    statement = (
        f"INSERT INTO {table} ({named}) OVERRIDING SYSTEM VALUE "
        f"SELECT {named} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)"
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [record])
            transaction.set_rollback(True)
    except DatabaseError as refused:
        return str(getattr(refused.__cause__, "sqlstate", ""))
    return ""


def copied(table: str) -> list[bytes]:
    """What COPY sends out of a table."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as out:
        return list(out)
