"""One person a document while the index key changes: the unique index compares values of one key alone."""

from collections.abc import Sequence

from guanjia.kit import bulk
from guanjia.people import documents, seal
from guanjia.people.models import DocumentKind
from guanjia.people.records import NewPerson

CHECKED = (DocumentKind.CITIZEN, DocumentKind.HK_MO_TW_RESIDENCE, DocumentKind.PERMANENT_RESIDENCE)

TURN = "hashtext('people_index')"
"""The advisory lock of the index key: whoever writes persons shares it, whoever brings a key has it alone."""


def as_written(kind: str, number: str) -> str:
    """A document's number as it is sealed and indexed. Raises BadDocument."""
    return documents.citizen_number(number) if kind in CHECKED else number


def hold_key() -> None:
    """Until this transaction ends no other index key comes: what it looks up stays what it would write."""
    bulk.rows(f"SELECT pg_advisory_xact_lock_shared({TURN})", [])


def under_older(people: Sequence[NewPerson]) -> set[int]:
    """Ids of those whose documents stand already, under an index key before the newest.

    Asked with the eyes of the register, after `hold_key`.
    """
    if len(seal.index_keys()) == 1:
        return set()
    older = {
        (person.document_kind, value): person.id
        for person in people
        if person.document
        for value in seal.indexes(as_written(person.document_kind, person.document))[1:]
    }
    kinds, values = ([pair[n] for pair in older] for n in (0, 1))
    found = bulk.rows(
        """SELECT p.document_kind, p.document_index FROM people_person p
        JOIN unnest(%s::text[], %s::bytea[]) AS o(kind, value)
          ON p.document_kind = o.kind AND p.document_index = o.value""",
        [kinds, values],
    )
    return {older[kind, bytes(value)] for kind, value in found}
