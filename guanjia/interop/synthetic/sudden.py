"""Help after an emergency: what the rules of its month say of a person to whom it happened."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from guanjia.entitlements.families.snapshot import Frozen
from guanjia.people.records import NewPerson
from guanjia.policy.book import Book
from guanjia.policy.decide import Result, rules

FACT = "emergency"


def struck(person: NewPerson) -> bool:
    """Whether an emergency is learnt of this person."""
    return any(later.fact.kind == FACT for later in person.later)


def helped(
    book: Book, members: Sequence[NewPerson], frozen: Frozen
) -> Iterator[tuple[Result, date, date]]:
    """Each first emergency of a member that a single payment answers: result, month, day it was told."""
    fact = book.facts.find(FACT)
    once = {c.code for c in book.chapters if c.cadence == "once" and c.unit == "person"}
    for seat, person in enumerate(members):
        told = next((later for later in person.later if later.fact.kind == FACT), None)
        if told is None or fact is None:
            continue
        people = [row.copy() for row in frozen.family.people]
        people[seat][fact.position] = told.fact.value
        month = told.fact.since
        for result in rules(book, month).decide(replace(frozen.family, people=people)):
            if result.benefit in once and result.unit == seat and result.entitled and result.net:
                yield result, month, told.at.date()
