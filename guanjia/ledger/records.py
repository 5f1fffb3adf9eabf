"""What the rooms above ask the ledger to post: plain records, before any table."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NewPayment:
    """So many fen of a benefit for one unit and one month, by an award and a determination.

    `unit` is 'p12' for a person, 'h7' for a household; `number` is the award's; `n` counts
    corrections of the same month.
    """

    benefit: str
    unit: str
    number: str
    month: date
    place: str
    award: int
    determination: int
    fen: int
    n: int = 0

    @property
    def key(self) -> str:
        """The key that no second payment can have."""
        return f"{self.benefit}/{self.unit}/{self.number}/{self.month:%Y-%m}/payment/{self.n}"


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
