"""Questions about the ledger: accounts, an entry, what was posted already."""

from collections.abc import Sequence

from django.db.models import F, QuerySet, Sum

from guanjia.ledger.models import Account, Entry


def accounts(under: str = "") -> QuerySet[Account]:
    """The accounts whose path begins with `under`, in the order of their paths."""
    return Account.objects.filter(path__startswith=under).select_related("place").order_by("path")


def entry(entry_id: int) -> Entry:
    """An entry with who prepared and approved it, and its reasons. Raises Entry.DoesNotExist."""
    wanted = ("prepared_by", "approved_by", "place", "award", "determination", "reverses")
    posts = ("run__prepared_post", "run__approved_post")
    return Entry.objects.select_related(*wanted, *posts).get(pk=entry_id)


def payments_of(award_ids: Sequence[int]) -> QuerySet[Entry]:
    """The payments of awards, newest month first, each with its fen."""
    found = Entry.objects.filter(award__in=award_ids, kind="payment")
    return found.annotate(fen=Sum("transfers__fen")).order_by(F("month").desc(), "-pk")


def posted_keys(keys: Sequence[str]) -> set[str]:
    """Which of these keys have an entry."""
    return set(Entry.objects.filter(key__in=keys).values_list("key", flat=True))
