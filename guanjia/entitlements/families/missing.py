"""Who is missed: what would still be due if a family were granted all that it is entitled to.

One who is entitled to two benefits of which the one takes from the other is missed for that alone
which would be paid; one who chose the other is not missed for this one.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from guanjia.entitlements.families.snapshot import Frozen
from guanjia.entitlements.families.weighing import Weighed
from guanjia.kit import days
from guanjia.policy.book import Book
from guanjia.policy.decide import Result, rules

Nets = dict[tuple[str, int], int | None]


def all_granted(book: Book, month: date, home: Frozen, results: Sequence[Result]) -> Nets:
    """(benefit, unit) -> fen, as if every award that the results call for were in force."""
    asked = {chapter.code for chapter in book.chapters if chapter.asked}
    called = {(r.benefit, r.unit) for r in results if r.entitled and r.benefit in asked}
    held = dict.fromkeys(called, days.number(month)) | home.family.held
    again = rules(book, month).decide(replace(home.family, held=held))
    return {(r.benefit, r.unit): 0 if r.entitled is False else r.net for r in again}


def reweigh(fen: int | None) -> Weighed:
    """What becomes of a missed benefit that would come to so many fen among all the others."""
    return Weighed("unknown" if fen is None else "missed" if fen else "gone", 0, False)
