"""为什么: a stored decision explained by the book and the facts of its day, or a result of now."""

from dataclasses import dataclass
from datetime import date, datetime

from guanjia.entitlements import books, queries
from guanjia.entitlements.families import snapshot
from guanjia.entitlements.families.snapshot import Frozen
from guanjia.entitlements.models import Determination
from guanjia.people.models import Person
from guanjia.policy.book import Book
from guanjia.policy.explain import explain
from guanjia.policy.explanation import Explanation
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.retold import in_words


class OutOfReach(LookupError):
    """The household, or one of its members, is not within this post's reach on that day."""


class NoRule(OutOfReach):
    """The book of that day does not have the benefit: there are no sentences to tell."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An explanation, and whether the stored decision still follows from book and facts."""

    explanation: Explanation
    known_at: datetime
    agrees: bool


def of_determination(stored: Determination, today: date) -> Answer:
    """Why a stored decision came out as it did, by the text and the facts as then known.

    Raises OutOfReach, NoRule.
    """
    book = in_words(queries.book_of(stored.revision_id))
    if not has_rule(stored):
        raise NoRule
    household = stored.household_id
    if household is None and stored.person_id is not None:
        household = snapshot.household_of(stored.person_id, stored.since, stored.known_at)
    frozen = _frozen(book, household, stored.since, stored.known_at)
    unit = _unit(frozen, stored.person_id)
    said = explain(book, stored.since, frozen.family, stored.benefit, unit, _names(frozen), today)
    same = (said.entitled, said.gross, said.net) == (stored.entitled, stored.gross, stored.net)
    whole = snapshot.fingerprint(frozen, book.facts) == stored.facts_hash
    return Answer(said, stored.known_at, same and whole)


def of_determination_or_none(stored: Determination, today: date) -> Answer | None:
    """The same; None where there is no rule, or the household or its members are out of reach."""
    try:
        return of_determination(stored, today)
    except OutOfReach:
        return None


def has_rule(stored: Determination) -> bool:
    """Whether the book by which it was decided has the benefit at all."""
    chapters = queries.book_of(stored.revision_id).chapters
    return any(chapter.code == stored.benefit for chapter in chapters)


def of_now(person: int, benefit: str, month: date, known_at: datetime, today: date) -> Answer:
    """What the newest book says of a person, or of the person's household, in a month.

    Raises OutOfReach, and KeyError for a benefit that the book does not have.
    """
    newest = books.newest()
    if newest is None:
        raise KeyError(benefit)
    book = in_words(newest)
    chapter = book.chapter(benefit)
    household = snapshot.household_of(person, month, known_at)
    frozen = _frozen(book, household, month, known_at)
    unit = HOUSEHOLD if chapter.unit == "household" else _unit(frozen, person)
    said = explain(book, month, frozen.family, benefit, unit, _names(frozen), today)
    return Answer(said, known_at, True)


def _frozen(book: Book, household: int | None, on: date, known_at: datetime) -> Frozen:
    found = snapshot.read(book, [household], on, known_at) if household is not None else []
    if not found or not found[0].persons:
        raise OutOfReach
    return found[0]


def _unit(frozen: Frozen, person: int | None) -> int:
    if person is None:
        return HOUSEHOLD
    if person not in frozen.persons:
        raise OutOfReach
    return frozen.persons.index(person)


def _names(frozen: Frozen) -> list[str]:
    people = Person.objects.in_bulk(frozen.persons)
    return [people[number].name for number in frozen.persons]
