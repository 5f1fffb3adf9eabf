"""Reconciled to the fen: what was sent is what was paid, what failed and what waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Sum

from guanjia.entitlements.tables.after import BankAnswer, BankReturn, Result, Sending


class Sums(NamedTuple):
    """How many lines, and how many fen."""

    units: int = 0
    fen: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a bank has answered, of a file that was sent or in one return."""

    sent: Sums
    paid: Sums
    failed: Sums
    unmatched: Sums

    @property
    def waiting(self) -> Sums:
        """What the bank has not answered yet."""
        units = self.sent.units - self.paid.units - self.failed.units
        return Sums(units, self.sent.fen - self.paid.fen - self.failed.fen)


def of_sendings(sendings: Sequence[Sending]) -> list[tuple[Sending, Told]]:
    """Each file that was sent with what came back of it, in one read."""
    rows = (
        BankAnswer.objects.filter(back__run__in=[s.run_id for s in sendings])
        .order_by()
        .values_list("back__run", "result")
        .annotate(n=Count("id"), fen=Sum("fen"))
    )
    found = {(run, result): Sums(n, fen) for run, result, n, fen in rows}
    return [(one, _told(Sums(one.file.lines, one.file.fen), found, one.run_id)) for one in sendings]


def of_return(back: BankReturn) -> Told:
    """What one return says."""
    rows = BankAnswer.objects.filter(back=back).order_by().values_list("result")
    found = {(0, r): Sums(n, fen) for r, n, fen in rows.annotate(n=Count("id"), fen=Sum("fen"))}
    return _told(Sums(back.lines, back.fen), found, 0)


def _told(sent: Sums, found: dict[tuple[int, str], Sums], key: int) -> Told:
    return Told(sent, *(found.get((key, one.value), Sums()) for one in Result))
