"""The book that pages show: the one adopted last or, before any was, that of the city's folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from guanjia.entitlements import queries as entitlements
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, FigureRow
from guanjia.policy.nodes import DefineRef, FigureRef, Node
from guanjia.policy.retold import in_words

KEPT_IN_MEMORY = 8

# What a reader must be told of before relying on a chapter, in this order.
DOUBTFUL = ("assumption", "known", "seed")
UNREVIEWED = "unreviewed"
FEW = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A book, and when two people adopted it; None where nobody has yet."""

    book: Book
    adopted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Benefit:
    """A chapter on one day: its figures in force, what marks it bears, whether it can be decided.

    `rates` are the figures that the amounts name; where nothing is paid, those the conditions name.
    """

    chapter: Chapter
    rows: list[FigureRow]
    rates: list[FigureRow]
    marks: list[str]
    decidable: bool


def shown() -> Shown:
    """The book in use, in the language of the page. Raises BookError where the city's folder cannot be read."""
    newest = entitlements.newest_revision()
    if newest is not None:
        return Shown(in_words(entitlements.book_of(newest.revision)), newest.adopted_at)
    folder = Path(settings.GUANJIA_CITY)
    written = max(file.stat().st_mtime_ns for file in folder.rglob("*.toml"))
    return Shown(in_words(_of_folder(folder, written)), None)


def benefits(book: Book, today: date) -> list[Benefit]:
    """Every chapter as it stands on a day, in decision order."""
    return [benefit(book, chapter, today) for chapter in book.chapters]


def benefit(book: Book, chapter: Chapter, today: date) -> Benefit:
    """A chapter as it stands on a day, city-wide."""
    found = (chapter.figure_on(name, today) for name in chapter.figures)
    rows = [row for row in found if row is not None]
    said = {row.status for row in rows}
    said |= {condition.status for condition in chapter.conditions_on(today)}
    said |= {amount.status for amount in chapter.amounts_on(today)}
    marks: list[str] = [status for status in DOUBTFUL if status in said]
    late = [UNREVIEWED] if any(row.unreviewed(today) for row in rows) else []
    pays = chapter.amounts_on(today)
    named = {n for s in pays or chapter.conditions_on(today) for n in _named(s.node)}
    rates = [r for r in rows if r.name in named and (r.unit == "fen" or not pays)]
    rates = rates if pays else rates[:FEW]
    return Benefit(chapter, rows, rates, late + marks, book.decidable(chapter.code, today))


def _named(node: Node) -> Iterator[str]:
    """The figures that an expression names itself, not through what its defines stand for."""
    if isinstance(node, FigureRef):
        yield node.name
    elif not isinstance(node, DefineRef):
        for part in node.children():
            yield from _named(part)


@lru_cache(maxsize=KEPT_IN_MEMORY)
def _of_folder(folder: Path, _written: int) -> Book:
    return books.load(folder)
