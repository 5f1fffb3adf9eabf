"""What pages show of the ledger: accounts by place, an account's statement, an entry with its moves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum, prefetch_related_objects
from django.utils.translation import gettext_lazy

from guanjia.kit import days
from guanjia.ledger import queries
from guanjia.ledger.models import Account, Entry, Transfer
from guanjia.places.models import Place
from guanjia.staff import lists
from guanjia.staff.lists import Column, Key, Sight

PAGE, BATCH = 50, 2000
IN_A_FILE = ("source", "target", "fen", "entry__on", "entry__kind", "entry__award__payee")
CAME, WENT = "came", "went"
COLUMNS = (
    Column("on", gettext_lazy("记账日"), by="entry__on", kind="day", fixed=True),
    Column("reason", gettext_lazy("事由"), fixed=True),
    Column("other", gettext_lazy("对方账户")),
    Column("came", gettext_lazy("收入"), kind="number", fixed=True),
    Column("went", gettext_lazy("支出"), kind="number", fixed=True),
    Column("fen", gettext_lazy("金额"), by="fen", kind="number", unseen=True),
)
BALANCE = Column(
    "balance", gettext_lazy("余额"), kind="number"
)  # told only where all stand in order
AS_POSTED = Column("posted", gettext_lazy("记账次序"), by="pk", kind="number")


@dataclass(frozen=True, slots=True)
class Desk:
    """The accounts of one place, in the order of the columns; None where it has no such account."""

    place: Place
    accounts: tuple[Account | None, ...]


@dataclass(slots=True)
class Line:
    """One transfer as an account's statement shows it: fen in or out, and the balance after it.

    `other` is None where the other side's account is out of the post's sight; `balance` where not
    all transfers are told in their order.
    """

    transfer: Transfer
    other: Account | None
    came: int | None
    went: int | None
    balance: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which transfers of an account; empty words and no month filter nothing."""

    way: str = ""
    kind: str = ""
    month: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One transfer of an entry; a side is None where its account is out of the post's sight."""

    transfer: Transfer
    source: Account | None
    target: Account | None


def column_of(account: Account) -> tuple[str, str]:
    """Kind and benefit of an account: `budget/441900119/dibao` -> ('budget', 'dibao')."""
    kind, _place, *benefit = account.path.split("/")
    return kind, "/".join(benefit)


def desks() -> tuple[list[tuple[str, str]], list[Desk]]:
    """The columns (kind, benefit), budgets first, and the accounts of every visible place by code."""
    accounts = list(Account.objects.select_related("place").order_by("place_id", "path"))
    order = {"budget": 0, "bank": 1, "treasury": 2}
    columns = sorted({column_of(a) for a in accounts}, key=lambda c: (order.get(c[0], 9), c))
    by_place: dict[Place, dict[tuple[str, str], Account]] = {}
    for account in accounts:
        by_place.setdefault(account.place, {})[column_of(account)] = account
    found = [Desk(p, tuple(held.get(c) for c in columns)) for p, held in by_place.items()]
    return columns, found


def statement(account: Account, before: int | None = None) -> tuple[list[Line], int | None]:
    """Transfers of an account, newest first, from below the number `before`; then where to go on."""
    moved = _newest(account, before)
    balance = account.balance - (_moved_since(account, before) if before is not None else 0)
    lines = _lines(account, moved[:PAGE])
    for line in lines:
        line.balance = balance
        balance += (line.went or 0) - (line.came or 0)
    return lines, moved[PAGE - 1].pk if len(moved) > PAGE else None


def picked(account: Account, wanted: Wanted) -> QuerySet[Transfer]:
    """The transfers of an account that a filter wants."""
    sides = {CAME: Q(target=account), WENT: Q(source=account)}
    found = Transfer.objects.filter(sides.get(wanted.way, Q(target=account) | Q(source=account)))
    if wanted.kind:
        found = found.filter(entry__kind=wanted.kind)
    if wanted.month is not None:
        found = found.filter(
            entry__on__gte=wanted.month, entry__on__lt=days.add_months(wanted.month, 1)
        )
    return found.select_related("entry__award")


def selection(
    account: Account, wanted: Wanted, seen: Sight
) -> tuple[list[Line], tuple[Key, int] | None]:
    """A page of some of an account's transfers, or of all in another order: without balances."""
    moved, mark = lists.page(picked(account, wanted), seen, PAGE)
    return _lines(account, moved), mark


def everything(account: Account, wanted: Wanted, seen: Sight, whole: bool) -> Iterator[Line]:
    """All transfers that a filter wants, a batch at a time, for a file.

    The `whole` account, newest first, is told with its balances.
    """
    needed = picked(account, wanted).only(*IN_A_FILE)
    balance: int | None = None
    for batch in lists.everything(needed, seen, BATCH):
        lines = _lines(account, batch)
        if whole and balance is None:  # after the first line, whatever is posted meanwhile
            balance = _moved(account, Transfer.objects.filter(pk__lte=batch[0].pk))
        for line in lines:
            if balance is not None:
                line.balance = balance
                balance += (line.went or 0) - (line.came or 0)
        yield from lines


def _lines(account: Account, moved: Sequence[Transfer]) -> list[Line]:
    others, lines = _accounts(moved), []
    for transfer in moved:
        came = transfer.target_id == account.pk
        other = others.get(transfer.source_id if came else transfer.target_id)
        fen = transfer.fen
        lines.append(Line(transfer, other, fen if came else None, None if came else fen))
    return lines


def _newest(account: Account, before: int | None) -> list[Transfer]:
    """Both sides of the account, each a walk along its index; one more than a page."""
    kept = Transfer.objects.select_related("entry__award").order_by("-pk")
    if before is not None:
        kept = kept.filter(pk__lt=before)
    out, into = kept.filter(source=account), kept.filter(target=account)
    both = [*out[: PAGE + 1], *into[: PAGE + 1]]
    return sorted(both, key=lambda move: -move.pk)[: PAGE + 1]


def _accounts(moved: Iterable[Transfer]) -> dict[int, Account]:
    """The accounts of these transfers that the post sees, with their places.

    Never by a join: it would lose the transfers whose other side is out of sight.
    """
    wanted = {number for move in moved for number in (move.source_id, move.target_id)}
    return Account.objects.select_related("place").in_bulk(wanted)


def _moved_since(account: Account, number: int) -> int:
    """By how many fen transfers from `number` on changed the balance."""
    return _moved(account, Transfer.objects.filter(pk__gte=number))


def _moved(account: Account, transfers: QuerySet[Transfer]) -> int:
    """By how many fen these transfers changed the balance."""
    came = transfers.filter(target=account).aggregate(fen=Sum("fen", default=0))["fen"]
    went = transfers.filter(source=account).aggregate(fen=Sum("fen", default=0))["fen"]
    return int(came - went)


def entry(number: int) -> Entry:
    """One entry with what it stands on and whom it paid. Raises Entry.DoesNotExist."""
    found = queries.entry(number)
    prefetch_related_objects([found], "award__person", "award__household")
    return found


def moves_of(entry: Entry) -> list[Move]:
    """The moves of an entry, in order."""
    moved = list(entry.transfers.order_by("pk"))
    seen = _accounts(moved)
    return [Move(t, seen.get(t.source_id), seen.get(t.target_id)) for t in moved]
