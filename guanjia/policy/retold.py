"""A book in another language: the same rules and the same revision, told in other words."""

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, TypeVar

from guanjia.policy import words
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Example, FigureRow, Sentence
from guanjia.policy.facts import Fact, Facts
from guanjia.policy.nodes import Node

SomeSentence = TypeVar("SomeSentence", bound=Sentence)


def in_words(book: Book) -> Book:
    """The book in the reader's language. Laws, codes and expressions stay as they are."""
    language = words.language()
    return _told(book, language) if language else book


def label_of(fact: Fact) -> str:
    """A fact's label in the reader's language."""
    return words.told(fact.label, fact.en)


@lru_cache(maxsize=12)
def _told(book: Book, _language: str) -> Book:
    retelling = _Retelling(book)
    chapters = tuple(retelling.chapter(chapter) for chapter in book.chapters)
    return replace(book, facts=retelling.all_facts, chapters=chapters)


class _Retelling:
    """One book on its way into other words."""

    def __init__(self, book: Book) -> None:
        declared = (*book.facts.person, *book.facts.household)
        self.facts = {fact: self.fact(fact) for fact in declared}
        self.nodes: dict[int, Node] = {}
        self.all_facts = Facts(
            person=tuple(self.facts[fact] for fact in book.facts.person),
            household=tuple(self.facts[fact] for fact in book.facts.household),
        )

    def fact(self, fact: Fact) -> Fact:
        """A declaration: its label, its choices, its question."""
        choices = {code: words.told(word) for code, word in fact.choices.items()}
        return replace(fact, label=label_of(fact), choices=choices, ask=words.told(fact.ask))

    def chapter(self, chapter: Chapter) -> Chapter:
        """A chapter; its text stays as the book writes it."""
        defines = tuple(
            replace(d, label=words.told(d.label), node=self.node(d.node)) for d in chapter.defines
        )
        return replace(
            chapter,
            title=words.told(chapter.title, chapter.en),
            paid_to=words.told(chapter.paid_to),
            apply=words.told(chapter.apply),
            bring=tuple(map(words.told, chapter.bring)),
            summary=words.told(chapter.summary),
            figures={n: tuple(map(self.figure, rows)) for n, rows in chapter.figures.items()},
            defines=defines,
            conditions=tuple(map(self.sentence, chapter.conditions)),
            amounts=tuple(map(self.sentence, chapter.amounts)),
            examples=tuple(map(self.example, chapter.examples)),
        )

    def figure(self, row: FigureRow) -> FigureRow:
        """A figure's name, and its value with the unit in words: `1060 元/人·月`."""
        number, _, unit = row.shown.strip().partition(" ")
        shown = f"{number} {words.told(unit.strip())}"
        return replace(row, label=words.told(row.label), shown=shown)

    def sentence(self, row: SomeSentence) -> SomeSentence:
        """A condition or amount."""
        return replace(row, label=words.told(row.label, row.en), node=self.node(row.node))

    def example(self, example: Example) -> Example:
        """An example's title; the family in it stays."""
        return replace(example, title=words.told(example.title))

    def node(self, node: Node) -> Node:
        """A part of an expression whose facts speak the other language; a shared part once."""
        if id(node) not in self.nodes:
            changed = {f.name: self._part(getattr(node, f.name)) for f in fields(node)}
            self.nodes[id(node)] = replace(node, **changed)
        return self.nodes[id(node)]

    def _part(self, value: Any) -> Any:
        if isinstance(value, Node):
            return self.node(value)
        if isinstance(value, Fact):
            return self.facts.get(value, value)
        if isinstance(value, tuple):
            return tuple(self._part(part) for part in value)
        return value
