"""What-if figures added up: what costs money at once, and what each month, town or benefit comes to."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from guanjia.entitlements.tables.books import WhatIfFigure
from guanjia.policy.book import Book


class Tally(NamedTuple):
    """Units and fen before and after, and how many gain and lose."""

    before_units: int = 0
    after_units: int = 0
    gainers: int = 0
    losers: int = 0
    before_fen: int = 0
    after_fen: int = 0

    @property
    def more(self) -> int:
        """Fen more than before; less where negative."""
        return self.after_fen - self.before_fen

    @property
    def moves(self) -> bool:
        """Whether anything is not as before."""
        return bool(self.gainers or self.losers or self.more)


class Counted(NamedTuple):
    """How many households and how many persons."""

    households: int
    persons: int


def costs(book: Book, figure: WhatIfFigure) -> bool:
    """Whether a change is paid at once: under an award of its own, or under those it follows."""
    chapter = book.chapter(figure.benefit)
    return figure.held or bool(chapter.follows)


def monthly(book: Book, figures: Iterable[WhatIfFigure]) -> list[WhatIfFigure]:
    """Of what costs money at once, that which is paid every month."""
    return [f for f in figures if costs(book, f) and book.chapter(f.benefit).cadence == "month"]


def total(figures: Iterable[WhatIfFigure]) -> Tally:
    """All added up."""
    rows = [
        (f.before_units, f.after_units, f.gainers, f.losers, f.before_fen, f.after_fen)
        for f in figures
    ]
    return Tally(*map(sum, zip(*rows, strict=True))) if rows else Tally()


def by(
    figures: Sequence[WhatIfFigure], key: Callable[[WhatIfFigure], Any]
) -> list[tuple[Any, list[WhatIfFigure]]]:
    """Figures in groups, in order of what they have in common."""
    groups: dict[Any, list[WhatIfFigure]] = {}
    for figure in figures:
        groups.setdefault(key(figure), []).append(figure)
    return [(k, groups[k]) for k in sorted(groups)]


def counted(
    book: Book, figures: Iterable[WhatIfFigure], what: Callable[[WhatIfFigure], int]
) -> Counted:
    """How many households and persons, by what the chapters are of."""
    counts = {"household": 0, "person": 0}
    for figure in figures:
        counts[book.chapter(figure.benefit).unit] += what(figure)
    return Counted(counts["household"], counts["person"])
