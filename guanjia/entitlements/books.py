"""The book by which pages name benefits."""

from collections.abc import Iterable

from guanjia.entitlements import queries
from guanjia.entitlements.tables.books import Revision
from guanjia.policy.book import Book
from guanjia.policy.retold import in_words


def newest() -> Book | None:
    """The book adopted last; None before any was."""
    found = queries.newest_revision()
    return queries.book_of(found.revision) if found else None


def titles(codes: Iterable[str] = ()) -> dict[str, str]:
    """Benefit code to title in the language of the page, by the newest book, in decision order.

    Those of `codes` that it no longer has follow, by the newest book that has them; one that none
    ever had is called by its code. Older books are read only until all are found.
    """
    book = newest()
    found = {c.code: c.title for c in in_words(book).chapters} if book else {}
    gone = sorted(set(codes) - set(found))
    if gone:
        older: dict[str, str] = {}
        every = Revision.objects.order_by("-adopted_at", "-pk").values_list("pk", flat=True)
        for revision in every:
            chapters = in_words(queries.book_of(revision)).chapters
            older = {c.code: c.title for c in chapters} | older
            if older.keys() >= set(gone):
                break
        found |= {code: older.get(code, code) for code in gone}
    return found
