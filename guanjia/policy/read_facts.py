"""Which facts move money: those that any chapter of a book reads, by the book itself and not by a list."""

from functools import lru_cache

from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Sentence
from guanjia.policy.facts import Fact
from guanjia.policy.nodes import FactRef

PLACE_BY_HUKOU = "hukou"
"""The fact that says whose figures count, where a chapter goes by the 户籍."""


@lru_cache(maxsize=4)
def read_by(book: Book) -> dict[str, tuple[str, ...]]:
    """Each fact that is read, with the codes of the chapters that read it, in decision order.

    A sentence of any time counts: past months are decided again by the text of their day. What is
    read by way of a define or of a fact derived from another counts for what is recorded.
    """
    found: dict[str, dict[str, None]] = {}
    for chapter in book.chapters:
        for name in sorted(_of_chapter(book, chapter)):
            found.setdefault(name, {})[chapter.code] = None
    for relation in book.relations:
        if relation.chosen_by:
            found.setdefault(relation.chosen_by, {}).update({relation.taker: None})
    return {name: tuple(codes) for name, codes in found.items()}


def _of_chapter(book: Book, chapter: Chapter) -> set[str]:
    sentences: list[Sentence] = [*chapter.conditions, *chapter.amounts]
    parts = [part for sentence in sentences for part in sentence.node.walk()]
    names = {_recorded(part.fact) for part in parts if isinstance(part, FactRef)}
    if chapter.place != "home" and book.facts.find(PLACE_BY_HUKOU) and any(chapter.wheres()):
        names.add(PLACE_BY_HUKOU)
    return names


def _recorded(fact: Fact) -> str:
    """The fact that is recorded: the one that a derived fact comes from."""
    return fact.derived_from or fact.name
