"""What a book costs beside another, household by household in plain Python: slow, and right."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from guanjia.entitlements.families.snapshot import Frozen
from guanjia.policy.book import Book
from guanjia.policy.city.comparing import Toll
from guanjia.policy.decide import Result, rules

TOWN = 9


def tolls(old: Book, new: Book, month: date, homes: Iterable[Frozen]) -> list[Toll]:
    """Every benefit's line for these households as they stand in a month, moved or not."""
    sums: dict[tuple[str, str, bool], list[int]] = defaultdict(lambda: [0] * 6)
    for home in homes:
        before, after = decided(old, month, home), decided(new, month, home)
        for key in {**before, **after}:
            one, other = worth(before.get(key)), worth(after.get(key))
            counts = (one[0], other[0], other > one, other < one, one[1], other[1])
            line = sums[home.place[:TOWN], key[0], key in home.awards]
            line[:] = [a + b for a, b in zip(line, counts, strict=True)]
    return [Toll(month, *key, *line) for key, line in sorted(sums.items()) if any(line)]


def decided(book: Book, month: date, home: Frozen) -> dict[tuple[str, int], Result]:
    """Results of a household by benefit and unit."""
    return {(r.benefit, r.unit): r for r in rules(book, month).decide(home.family)}


def worth(result: Result | None) -> tuple[bool, int]:
    """Whether entitled, and fen after relations; what must be asked first counts as nothing."""
    if result is None or not result.entitled:
        return False, 0
    return True, result.net or 0
