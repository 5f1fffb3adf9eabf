"""A city's results one row a unit and benefit, as other programs want them."""

from collections.abc import Iterator

from guanjia.policy.book import Book
from guanjia.policy.city.compile import column
from guanjia.policy.city.deciding import Decided, Results
from guanjia.policy.city.packing import spots
from guanjia.policy.city.terms import literal
from guanjia.policy.family import HOUSEHOLD

ODD = 0x15555555_55555555
"""The lower bit of each sentence's two."""


def rows(book: Book, results: Results) -> str:
    """SQL for all results: household, unit (-1: the household), benefit, entitled, gross, net, reasons.

    Amounts in fen; NULL is unknown; reasons hold two bits a sentence. Only what the book had a rule
    for in that month.
    """
    parts = [part for table in results.tables for part in _of_table(book, results, table)]
    return " UNION ALL ".join(parts)


def _of_table(book: Book, results: Results, table: Decided) -> Iterator[str]:
    decidable = [c for c in book.chapters if book.decidable(c.code, results.month)]
    for chapter in decidable:
        of_person = chapter.unit == "person"
        spot = spots(book, chapter.unit)[chapter.code]
        for unit in range(table.size) if of_person else (HOUSEHOLD,):
            word = _read(table, column(unit, f"reasons_{spot.word}"))
            net = _read(table, column(unit, f"{chapter.code}_net"))
            gross_name = column(unit, f"{chapter.code}_gross")
            known = gross_name in table.columns or gross_name in table.fixed
            gross = _read(table, gross_name) if known else net
            yield (
                f"SELECT household, {unit} AS unit, '{chapter.code}' AS benefit, "
                f"{_entitled('reasons')} AS entitled, gross, net, reasons FROM ("
                f"SELECT household, {gross} AS gross, {net} AS net, "
                f"({word} >> {spot.shift}) & {spot.mask} AS reasons FROM {results.source(table)})"
            )


def _read(table: Decided, name: str) -> str:
    return name if name in table.columns else literal(table.fixed[name]).sql


def _entitled(reasons: str) -> str:
    """One sentence unmet (01): no; else one unknown (11): not known; else yes."""
    low, high = f"({reasons} & {ODD})", f"(({reasons} >> 1) & {ODD})"
    return f"CASE WHEN {low} & ~{high} <> 0 THEN FALSE WHEN {low} & {high} <> 0 THEN NULL ELSE TRUE END"
