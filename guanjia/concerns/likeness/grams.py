"""Words of a matter as short runs of characters: one way of cutting, for suggestions, likeness and topics."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 2000
BLANK = re.compile(r"\s+")
NO_WORD = re.compile(r"[^\w]+")
# Where these stand, one word ends and another begins.
BETWEEN = re.compile(
    "[的了在是我你他她它有没不冇唔就都还也和到去来请吗呢啊哦能可以被把给跟从这那啲嘅咗佢哋一两三几个]+"
)
MARKS = ("（演示）", "(演示)")


def plain(text: str) -> str:
    """One form of what people type: full-width, small letters, single blanks, without a mark of made-up text."""
    for mark in MARKS:
        text = text.replace(mark, "")
    return BLANK.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST]).lower()).strip()


def runs(text: str, shortest: int, longest: int) -> Iterator[str]:
    """Every run of so many characters, within what no punctuation divides."""
    for part in NO_WORD.split(plain(text)):
        for size in range(shortest, longest + 1):
            for at in range(len(part) - size + 1):
                yield part[at : at + size]


def one_to_three(text: str) -> list[str]:
    """What suggestions look at: runs of one to three characters, as often as they stand there."""
    return list(runs(text, 1, 3))


def pairs(text: str) -> frozenset[str]:
    """What likeness looks at: the pairs of characters."""
    return frozenset(runs(text, 2, 2))


def telling(text: str) -> frozenset[str]:
    """The pairs of characters that stand within words, without what only joins them."""
    return frozenset(runs(BETWEEN.sub(" ", plain(text)), 2, 2))


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """How much two sets share, from 0 to 1 (Dice)."""
    a, b = frozenset(one), frozenset(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
