"""Persons and households that should never have been written: what was believed of them is kept,
they themselves are out of sight, and their document and number are free again.
"""

from collections.abc import Sequence

from guanjia.kit import bulk
from guanjia.people import hand, intake


def forget_persons(keys: Sequence[int]) -> None:
    """Nobody sees these persons any more; whoever bears their documents may be registered anew."""
    wanted = [list(keys)]
    with hand.of_the_register():
        bulk.rows(
            """UPDATE people_person SET document_kind = 'none', document_sealed = NULL,
              document_index = NULL, document_mask = '' WHERE id = ANY(%s::bigint[]) RETURNING 1""",
            wanted,
        )
    for table in ("people_namegram", "people_reach"):
        bulk.rows(
            f"DELETE FROM {table} WHERE person_id = ANY(%s::bigint[]) RETURNING 1",
            wanted,
        )


def forget_households(keys: Sequence[int]) -> None:
    """These households have no number that an office uses; theirs may be given anew."""
    bulk.rows(
        "UPDATE people_household SET number = '~' || id WHERE id = ANY(%s::bigint[]) RETURNING 1",
        [list(keys)],
    )


def names_again(keys: Sequence[int]) -> None:
    """Persons whose names were put back are found by them."""
    rows = bulk.rows(
        "SELECT id, name, sex, born_on FROM people_person WHERE id = ANY(%s::bigint[])",
        [list(keys)],
    )
    if rows:
        intake.change_persons(rows)
