"""The book by which pages name benefits."""

from django.utils.translation import get_language

from guanjia.entitlements import queries
from guanjia.entitlements.models import Revision
from guanjia.policy.book import Book


def newest() -> Book | None:
    """The book adopted last; None before any was."""
    adopted = Revision.objects.order_by("-adopted_at", "-pk").values_list("revision", flat=True)
    found = adopted.first()
    return queries.book_of(found) if found else None


def titles() -> dict[str, str]:
    """Benefit code to title in the language of the page, by the newest book, in decision order."""
    book = newest()
    english = (get_language() or "").startswith("en")
    return {c.code: c.en if english else c.title for c in book.chapters} if book else {}
