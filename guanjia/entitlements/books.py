"""The book by which pages name benefits."""

from guanjia.entitlements import queries
from guanjia.policy.book import Book
from guanjia.policy.retold import in_words


def newest() -> Book | None:
    """The book adopted last; None before any was."""
    found = queries.newest_revision()
    return queries.book_of(found.revision) if found else None


def titles() -> dict[str, str]:
    """Benefit code to title in the language of the page, by the newest book, in decision order."""
    book = newest()
    return {c.code: c.title for c in in_words(book).chapters} if book else {}
