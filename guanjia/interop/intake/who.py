"""Whom a row means: the numbers of an office's files, or a document's, to persons and households.

Asked with the eyes of the post that imports: what it cannot see is not found.
"""

from collections.abc import Iterable
from typing import NamedTuple

from guanjia.interop.intake.lines import Work
from guanjia.kit import bulk
from guanjia.people import documents, seal
from guanjia.people.queries import looks_like_a_number


class Home(NamedTuple):
    """A household as a row means it; `key` below nought where it is new and not yet written."""

    key: int
    place: str


def persons(numbers: Iterable[str], work: Work) -> dict[str, int]:
    """Number to key of the persons that are known, or are new in this file."""
    wanted = {number for number in numbers if number}
    found = {n: work.people[n] for n in wanted if n in work.people}
    rows = bulk.rows(
        """SELECT n.number, n.person_id FROM interop_personnumber n
        JOIN people_person p ON p.id = n.person_id WHERE n.place = %s AND n.number = ANY(%s::text[])""",
        [work.desk, list(wanted - set(found))],
    )
    found.update(rows)
    return found | _by_document(wanted - set(found), work)


def _by_document(numbers: set[str], work: Work) -> dict[str, int]:
    """Those that are document numbers of persons in sight."""
    found: dict[str, int] = {}
    indexes: dict[bytes, str] = {}
    for number in filter(looks_like_a_number, numbers):
        full = _full(number)
        if full in work.documents:
            found[number] = work.people[work.documents[full]]
        else:
            indexes |= dict.fromkeys(seal.indexes(full), number)
    rows = bulk.rows(
        """SELECT document_index, id FROM people_person WHERE document_index = ANY(%s::bytea[])
        AND document_kind IN ('citizen', 'hk_mo_tw_residence', 'permanent_residence', 'passport')""",
        [list(indexes)],
    )
    return found | {indexes[bytes(index)]: key for index, key in rows}


def _full(number: str) -> str:
    try:
        return documents.citizen_number(number)
    except documents.BadDocument:
        return number.upper()


def households(numbers: Iterable[str], work: Work) -> dict[str, Home]:
    """Number to household, of those that are known or new in this file."""
    wanted = {number for number in numbers if number}
    rows = bulk.rows(
        "SELECT number, id, place FROM people_household WHERE number = ANY(%s::text[])",
        [list(wanted)],
    )
    new = {n: Home(*work.homes[n]) for n in wanted if n in work.homes}
    return new | {number: Home(key, place) for number, key, place in rows}
