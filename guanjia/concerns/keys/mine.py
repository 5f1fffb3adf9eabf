"""What the owner of a session asked: told by the database from her contact alone, a page at a time."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from guanjia.kit import scope

PAGE = 20
MOST_NUMBER = 2**62
LIST = "SELECT * FROM concerns_matters(%s, %s, %s)"
ONE = "SELECT * FROM concerns_matter(%s, %s)"


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter in the list. `promise`, `due_at`, `provisional`: what was promised next and is not kept
    yet (ACCEPT or FINISH); `solved`: what its asker said of the answer of this round.
    """

    number: int
    category: str
    category_label: str
    text: str
    spot: str
    place: str
    state: str
    opened_at: datetime
    answered_at: datetime | None
    look_again_at: datetime | None
    promise: str | None
    due_at: datetime | None
    provisional: bool | None
    solved: bool | None


def matters(key: str, at: datetime, after: int = 0) -> tuple[list[Matter], int | None]:
    """A page of the session's matters, the newest first, behind the one numbered `after`; then the number
    behind which the next page begins, None where there is none.
    """
    with scope.hold(eyes(key)), connection.cursor() as cursor:
        cursor.execute(LIST, [at, after, PAGE + 1])
        found = [Matter(*row) for row in cursor.fetchall()]
    more = len(found) > PAGE
    return found[:PAGE], found[PAGE - 1].number if more else None


def opened(key: str, number: int, at: datetime) -> str | None:
    """The key of one matter of the session's; None where it has none of that number."""
    if number > MOST_NUMBER:
        return None
    with scope.hold(eyes(key)), connection.cursor() as cursor:
        cursor.execute(ONE, [at, number])
        row = cursor.fetchone()
    return str(row[0]) if row else None


def eyes(key: str) -> scope.Scope:
    """The scope of a session: it sees its own row, and what these questions tell."""
    return scope.Scope(kind="session", key=key)
