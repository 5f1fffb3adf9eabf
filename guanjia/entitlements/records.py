"""What the office hands over when it grants a benefit: a plain record, before any table."""

from dataclasses import dataclass
from datetime import date

from guanjia.policy.chapter import Cadence


@dataclass(slots=True)
class NewAward:
    """One award. Of `person` and `household` exactly one is given; `account` is in clear text.

    `granted` in fen a period of its `cadence`; `since` the first day of the first month due,
    `pays_from` the first month that this ledger owes: of a yearly award, the month of its next
    payment. `id` is filled when the record has been written.
    """

    number: str
    benefit: str
    place: str
    applied_on: date
    assessed_on: date
    approved_on: date
    payee: str
    account: str
    granted: int
    since: date
    pays_from: date
    cadence: Cadence
    person: int | None = None
    household: int | None = None
    until: date | None = None
    synthetic: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class NewBankFile:
    """A file that was written for the bank: its name, hash, lines and total in fen."""

    name: str
    sha256: str
    lines: int
    fen: int
