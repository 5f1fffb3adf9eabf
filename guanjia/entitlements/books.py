"""The book by which pages name benefits."""

from guanjia.entitlements import queries
from guanjia.entitlements.models import Revision
from guanjia.policy.book import Book
from guanjia.policy.retold import in_words


def newest() -> Book | None:
    """The book adopted last; None before any was."""
    adopted = Revision.objects.order_by("-adopted_at", "-pk").values_list("revision", flat=True)
    found = adopted.first()
    return queries.book_of(found) if found else None


def title(code: str) -> str:
    """What the newest book that has a benefit calls it; its code where none ever had it."""
    for revision in Revision.objects.order_by("-adopted_at", "-pk").values_list("pk", flat=True):
        found = {c.code: c.title for c in in_words(queries.book_of(revision)).chapters}
        if code in found:
            return found[code]
    return code


def titles() -> dict[str, str]:
    """Benefit code to title in the language of the page, by the newest book, in decision order."""
    book = newest()
    return {c.code: c.title for c in in_words(book).chapters} if book else {}
