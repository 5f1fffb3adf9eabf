"""What am I due: which question is next for a family of whom little is known, and what comes out.

Only what still matters is asked: a benefit that one unmet condition has ended asks nothing more.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from guanjia.policy.book import Book
from guanjia.policy.decide import read_reasons, rules
from guanjia.policy.explain import explain_all
from guanjia.policy.explanation import Explanation, FactUse
from guanjia.policy.facts import OPEN_END, UNKNOWN, Fact, Value
from guanjia.policy.family import HOUSEHOLD, Family, blank_household, blank_person, derive
from guanjia.policy.trace import Tracer

SCREENS = (
    *("people", "emergency", "health", "elsewhere", "parents", "insurance", "income"),
    *("property", "support", "spending", "selfcare", "choice"),
)
Asked = Collection[tuple[str, int]]
"""Facts and units that were asked already, answered or not."""


@dataclass(frozen=True, slots=True)
class Question:
    """One fact of one person or of the household, in words."""

    fact: Fact
    unit: int
    text: str


def unknown(fact: Fact) -> Value:
    """Not known yet: throughout, where it is a monthly fact."""
    return ((0, OPEN_END, UNKNOWN),) if fact.by_month else UNKNOWN


def blank(book: Book, people: int, place: str) -> Family:
    """A family of `people` members; what is asked is unknown, all else as its absence reads."""

    def open_up(row: list[Value], declared: Sequence[Fact]) -> list[Value]:
        for fact in declared:
            if fact.ask:
                row[fact.position] = unknown(fact)
        return row

    home = open_up(blank_household(book.facts), book.facts.household)
    members = [open_up(blank_person(book.facts), book.facts.person) for _ in range(people)]
    return Family(place, home, members)


def answer(book: Book, family: Family, fact: Fact, unit: int, value: Value) -> None:
    """Write an answer into the family, in place. A monthly amount holds throughout."""
    row = family.household if unit == HOUSEHOLD else family.people[unit]
    constant = fact.by_month and (value is UNKNOWN or isinstance(value, int))
    row[fact.position] = ((0, OPEN_END, value),) if constant else value  # type: ignore[assignment]
    if unit != HOUSEHOLD:
        derive(book.facts, book.city, row)


def assumed(book: Book) -> list[Fact]:
    """Facts that nobody is asked: they read as if nothing were recorded."""
    return [
        f for f in (*book.facts.person, *book.facts.household) if not f.ask and not f.derived_from
    ]


def next_screen(
    book: Book, month: date, family: Family, names: Sequence[str], asked: Asked = ()
) -> list[Question]:
    """The questions of the next screen; empty when nothing more can change the answer."""
    open_ = {
        (fact.screen, fact.position, unit): Question(
            fact, unit, fact.ask.format(who=names[max(unit, 0)])
        )
        for fact, unit in _unknown(book, month, family, names)
        if (fact.name, unit) not in asked
    }
    for screen in SCREENS:
        found = sorted((key, q) for key, q in open_.items() if key[0] == screen)
        if found:
            return [question for _key, question in sorted(found, key=lambda pair: pair[0][1:])]
    return []


def outcome(
    book: Book, month: date, family: Family, names: Sequence[str], today: date
) -> list[Explanation]:
    """Every decidable benefit of everybody, each reducing the others as if all were granted."""
    return explain_all(book, month, family, names, today, assume_awarded=True)


def _unknown(
    book: Book, month: date, family: Family, names: Sequence[str]
) -> Iterator[tuple[Fact, int]]:
    """Facts that stand between a benefit and its answer, amounts included."""
    now = rules(book, month)
    found = now.results(family)
    nets = {key: gross for key, (_entitled, gross, _reasons) in found.items()}
    deque(now.reductions(family, found, nets, assume_awarded=True), maxlen=0)
    for (benefit, unit), (entitled, gross, reasons) in found.items():
        if entitled is False or nets[benefit, unit] is not None:
            continue
        if gross is not None:
            yield from _choices(book, month, benefit, unit)
        chapter = book.chapter(benefit)
        place = now.place(chapter, family, unit)
        tracer = Tracer(book, chapter, month, family, unit, place, found, names)
        for use in _uses(tracer, reasons, bool(entitled)):
            fact = book.facts.find(use.name)
            if fact is not None and fact.derived_from:
                fact = book.facts.find(fact.derived_from)
            if fact is not None and fact.ask:
                yield fact, use.unit


def _choices(book: Book, month: date, benefit: str, unit: int) -> Iterator[tuple[Fact, int]]:
    """The person's own choices that decide which of two benefits stays."""
    for relation in rules(book, month).relations:
        fact = book.facts.find(relation.chosen_by) if relation.chosen_by else None
        if fact is not None and benefit in (relation.taker, relation.giver):
            yield fact, unit


def _uses(tracer: Tracer, reasons: int, entitled: bool) -> Iterator[FactUse]:
    """What is not known in the sentences that cannot be decided, or in the amounts."""
    month, verdicts = tracer.month, read_reasons(tracer.chapter, reasons)
    open_ = (c for c in tracer.chapter.conditions_on(month) if verdicts[c.code] == "unknown")
    for row in (*open_, *(tracer.chapter.amounts_on(month) if entitled else ())):
        yield from (use for use in tracer.say(row.node).facts if not use.known)
