"""What a result means for an award: what is paid, and what changed. Values in, values out.

Entitled is not granted: without an award nothing is paid; with one, a result that says no or not
known changes nothing until a named person has looked.
"""

from datetime import date
from typing import NamedTuple

from guanjia.policy.chapter import Cadence

LEADS = ("missed", "doubtful", "unknown")
ENDED = ("stopped", "gone", "spent")


class Granted(NamedTuple):
    """An award in force. `granted` in fen a period of its cadence; `fresh`: no run paid by it before."""

    id: int
    number: str
    place: str
    granted: int
    assessed_on: date
    pays_from: date
    since: date
    until: date | None
    fresh: bool
    cadence: Cadence

    def in_force(self, month: date) -> bool:
        """Whether it holds on the first day of a month."""
        return self.since <= month and (self.until is None or month < self.until)

    def due(self, month: date) -> bool:
        """Whether this ledger owes something in the month.

        Each month in force; or the first such month of a year; or, once, its first month.
        """
        if month < self.pays_from or not self.in_force(month):
            return False
        if self.cadence == "once":
            return month == self.since
        return self.cadence == "month" or month == max(self.pays_from, month.replace(month=1))

    def spent(self, month: date) -> bool:
        """Whether it was for one payment, in an earlier month: nothing more comes of it."""
        return self.cadence == "once" and self.since < month


class Held(NamedTuple):
    """The determination that held until now. Amounts in fen."""

    id: int
    award: int | None
    number: str | None
    entitled: bool | None
    gross: int | None
    net: int | None
    reasons: int
    pays: int
    carried: bool
    assessed_on: date | None
    what: str


class Weighed(NamedTuple):
    """What changed (a Change), the fen that the award pays, and whether it pays as before."""

    what: str
    pays: int
    carried: bool


def weigh(
    entitled: bool | None,
    net: int | None,
    award: Granted | None,
    before: Held | None,
    month: date,
) -> Weighed:
    """What one unit's result comes to, with its award or without, after what held before."""
    paid = before.pays if before else 0
    if award is None:
        return _without_award(entitled, net, paid)
    if award.spent(month):
        return Weighed("spent", 0, False)
    usual = paid if before and before.number == award.number and paid else award.granted
    if entitled is None or net is None:
        return Weighed("unknown", usual, True)
    if not entitled or net == 0:
        return Weighed("doubtful", usual, True)
    return _paid(net, paid)


def weigh_following(
    entitled: bool | None, net: int | None, award: Granted | None, before: Held | None
) -> Weighed:
    """The same for what follows another benefit's award: it ends by itself, and nobody is missed."""
    paid = before.pays if before else 0
    if award is None or not entitled or not net:
        return Weighed("stopped" if paid else "gone", 0, False)
    return _paid(net, paid)


def _paid(net: int, paid: int) -> Weighed:
    return Weighed("new" if not paid else "same" if paid == net else "changed", net, False)


def _without_award(entitled: bool | None, net: int | None, paid: int) -> Weighed:
    if entitled is None or (entitled and net is None):
        return Weighed("unknown", 0, False)
    if entitled and net:
        return Weighed("missed", 0, False)
    return Weighed("stopped" if paid else "gone", 0, False)


def differs(
    now: Weighed,
    result: tuple[bool | None, int | None, int | None, int],
    award: Granted | None,
    before: Held | None,
) -> bool:
    """Whether a new determination must be written: something is not as it was."""
    if before is None:
        return now.what not in ENDED
    if now.what in ENDED and before.what in ENDED:
        return False
    assessed_on = award.assessed_on if award else None
    is_lead = now.what in LEADS or before.what in LEADS
    return (
        before.award != (award.id if award else None)
        or (before.entitled, before.gross, before.net, before.reasons) != result
        or (before.pays, before.carried, before.assessed_on) != (now.pays, now.carried, assessed_on)
        or (is_lead and now.what != before.what)
    )
