"""Posting money: appropriations, payments, reversals. The only writer of the ledger.

Accounts are paths; a payment is one statement a batch, entries and transfers together, so that
no crash leaves the one without the other. A key that exists already posts nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import IntegrityError, transaction

from guanjia.kit import bulk
from guanjia.ledger import queries
from guanjia.ledger.errors import NothingToMove, Overdrawn, SamePerson
from guanjia.ledger.models import Account, Entry, EntryKind, Transfer
from guanjia.ledger.records import Because, NewPayment, Posted

OVERDRAWN = "account_is_not_overdrawn"

PAY = """
WITH asked AS (
  SELECT * FROM unnest(%s::text[], %s::text[], %s::date[], %s::text[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[])
    AS t(key, benefit, month, place, award, determination, fen, source, target)
), fresh AS (
  INSERT INTO ledger_entry (key, "on", kind, benefit, month, place, run_id, award_id,
    determination_id, prepared_by_id, approved_by_id, note)
  SELECT key, %s::date, 'payment', benefit, month, place, %s::bigint, award, determination,
    %s::bigint, %s::bigint, ''
  FROM asked ON CONFLICT (key) DO NOTHING
  RETURNING id, key, place
), moved AS (
  INSERT INTO ledger_transfer (entry_id, place, source_id, target_id, fen)
  SELECT fresh.id, fresh.place, source, target, fen FROM fresh JOIN asked USING (key)
  RETURNING fen
)
SELECT count(*), coalesce(sum(fen), 0)::bigint FROM moved
"""


def treasury(city: str) -> str:
    """The path of the account that money comes from."""
    return f"treasury/{city}"


def budget(place: str, benefit: str) -> str:
    """The path of what a town may spend on a benefit."""
    return f"budget/{place[:9]}/{benefit}"


def bank(place: str) -> str:
    """The path of what a town has handed to the bank."""
    return f"bank/{place[:9]}"


def suspense(place: str) -> str:
    """The path of what a bank sent back to a town and what waits to be paid again."""
    return f"suspense/{place[:9]}"


@transaction.atomic
def open_accounts(paths: Iterable[str]) -> dict[str, int]:
    """The accounts of these paths, opened where missing: path -> id."""
    wanted = sorted(set(paths))
    Account.objects.bulk_create(
        [
            Account(
                path=path,
                place_id=path.split("/")[1],
                may_go_negative=path.startswith("treasury/"),
            )
            for path in wanted
        ],
        ignore_conflicts=True,
    )
    return dict(Account.objects.filter(path__in=wanted).values_list("path", "id"))


@transaction.atomic
def appropriate(
    place: str, benefit: str, fen: int, reference: str, because: Because, note: str = ""
) -> Entry:
    """Fund what `place` may spend on `benefit`. The same `reference` twice funds once.

    Raises NothingToMove, SamePerson.
    """
    _check(because, fen)
    source, target = treasury(place[:6]), budget(place, benefit)
    accounts = open_accounts([source, target])
    key = f"appropriation/{place[:9]}/{benefit}/{reference}"
    known = Entry.objects.filter(key=key).first()
    if known is not None:
        return known
    entry = _entry(EntryKind.APPROPRIATION, key, place[:9], because, benefit=benefit, note=note)
    Transfer.objects.create(
        entry=entry,
        place_id=entry.place_id,
        source_id=accounts[source],
        target_id=accounts[target],
        fen=fen,
    )
    return entry


@transaction.atomic
def post_payments(payments: Sequence[NewPayment], because: Because) -> Posted:
    """Post payments from their towns' budgets to their towns' bank accounts, each key once.

    Raises Overdrawn (nothing of these payments is written), NothingToMove, SamePerson.
    """
    if not payments:
        return Posted(0, 0)
    _check(because, min(payment.fen for payment in payments))
    sources = [budget(p.place, p.benefit) for p in payments]
    targets = [bank(p.place) for p in payments]
    accounts = open_accounts([*sources, *targets])
    columns = (
        [p.key for p in payments],
        [p.benefit for p in payments],
        [p.month for p in payments],
        [p.place for p in payments],
        [p.award for p in payments],
        [p.determination for p in payments],
        [p.fen for p in payments],
        [accounts[path] for path in sources],
        [accounts[path] for path in targets],
    )
    shared = (because.on, because.run, because.prepared_by, because.approved_by)
    try:
        with transaction.atomic():
            count, fen = bulk.rows(PAY, [*columns, *shared])[0]
    except IntegrityError as problem:
        if _constraint(problem) == OVERDRAWN:
            raise _overdrawn(payments, sources) from problem
        raise
    return Posted(count, fen)


@transaction.atomic
def reverse(entry: Entry, because: Because, note: str) -> Entry:
    """Move an entry's money back, by a new entry. An entry is reversed once (IntegrityError).

    Raises SamePerson; Overdrawn where the money is no longer where it went.
    """
    _check(because, 1)
    moves = list(entry.transfers.select_related("target__place"))
    back = _entry(
        *(EntryKind.REVERSAL, f"reversal/{entry.key}", entry.place_id, because),
        benefit=entry.benefit,
        month=entry.month,
        reverses=entry,
        note=note,
    )
    try:
        with transaction.atomic():
            for move in moves:
                Transfer.objects.create(
                    entry=back,
                    place_id=back.place_id,
                    source_id=move.target_id,
                    target_id=move.source_id,
                    fen=move.fen,
                )
    except IntegrityError as problem:
        if _constraint(problem) == OVERDRAWN:
            held = moves[0].target
            need = sum(move.fen for move in moves)
            raise Overdrawn(held.path, held.place.name, held.balance, need) from problem
        raise
    return back


def _check(because: Because, least: int) -> None:
    if because.prepared_by == because.approved_by:
        raise SamePerson
    if least <= 0:
        raise NothingToMove(least)


def _entry(
    kind: EntryKind,
    key: str,
    place: str,
    because: Because,
    benefit: str = "",
    month: date | None = None,
    reverses: Entry | None = None,
    note: str = "",
) -> Entry:
    return Entry.objects.create(
        key=key,
        on=because.on,
        kind=kind,
        benefit=benefit,
        month=month,
        place_id=place,
        prepared_by_id=because.prepared_by,
        approved_by_id=because.approved_by,
        reverses=reverses,
        note=note,
    )


def _constraint(problem: IntegrityError) -> str:
    """The constraint that refused, by its name."""
    return getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None) or ""


def _overdrawn(payments: Sequence[NewPayment], sources: Sequence[str]) -> Overdrawn:
    """The budget that is shortest, with what it holds and what was asked of it."""
    needs: dict[str, int] = {}
    posted = queries.posted_keys([payment.key for payment in payments])
    for payment, source in zip(payments, sources, strict=True):
        if payment.key not in posted:
            needs[source] = needs.get(source, 0) + payment.fen
    accounts = Account.objects.filter(path__in=needs).select_related("place")
    account = max(accounts, key=lambda held: needs[held.path] - held.balance)
    return Overdrawn(account.path, account.place.name, account.balance, needs[account.path])
