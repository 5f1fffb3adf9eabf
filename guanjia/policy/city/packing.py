"""Where each benefit's reasons lie in the whole numbers that a city's result holds.

A result keeps the reasons of one unit in as few columns as will hold them: two bits a sentence,
sixty-two bits a column. The places depend on the book alone, so results of different months and
tables of one book can be laid side by side.
"""

from dataclasses import dataclass
from functools import lru_cache

from guanjia.policy.book import Book
from guanjia.policy.nodes import Unit

WIDTH = 62


@dataclass(frozen=True, slots=True)
class Spot:
    """The column and the lowest bit of a benefit's reasons, and the bits that they take."""

    word: int
    shift: int
    mask: int

    def read(self, word: int) -> int:
        """The reasons of the benefit out of its column's value."""
        return (word >> self.shift) & self.mask


@lru_cache(maxsize=16)
def spots(book: Book, unit: Unit) -> dict[str, Spot]:
    """Benefit to spot, for the chapters that speak of persons or of households."""
    found: dict[str, Spot] = {}
    word = shift = 0
    for chapter in book.chapters:
        if chapter.unit == unit:
            bits = 2 * len(chapter.codes())
            if shift + bits > WIDTH:
                word, shift = word + 1, 0
            found[chapter.code] = Spot(word, shift, (1 << bits) - 1)
            shift += bits
    return found
