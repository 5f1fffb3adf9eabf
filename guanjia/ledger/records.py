"""What the rooms above ask the ledger to post: plain records, before any table."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from guanjia.policy.chapter import Cadence

FOLLOWS = "follows"
"""In the place of an award's number: whichever award pays, a month of such a benefit is paid once."""


def payment_key(
    benefit: str, unit: str, number: str, month: date, cadence: Cadence, n: int = 0
) -> str:
    """The key of a payment: a month, a year, or an award that is paid once, has one for each `n`.

    The database works it out as well, from the determination and the award.
    """
    return f"{benefit}/{unit}/{number}/{_period(month, cadence)}/payment/{n}"


@lru_cache(maxsize=1024)
def _period(month: date, cadence: Cadence) -> str:
    return {"month": f"{month:%Y-%m}", "year": f"{month:%Y}", "once": "once"}[cadence]


@dataclass(frozen=True, slots=True)
class NewPayment:
    """So many fen of a benefit for one unit and one month, by an award and a determination.

    `unit` is 'p12' for a person, 'h7' for a household; `number` is the award's, or FOLLOWS where
    the benefit is paid under the award of another; `n` counts corrections of the same period.
    """

    benefit: str
    unit: str
    number: str
    month: date
    place: str
    award: int
    determination: int
    fen: int
    cadence: Cadence
    n: int = 0

    @property
    def key(self) -> str:
        """The key that no second payment can have."""
        return payment_key(self.benefit, self.unit, self.number, self.month, self.cadence, self.n)


@dataclass(frozen=True, slots=True)
class Because:
    """What all entries of one posting share: the day, the run, and who stands for it."""

    on: date
    prepared_by: int
    approved_by: int
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What a posting wrote. Nothing, where it had been written before."""

    entries: int
    fen: int
