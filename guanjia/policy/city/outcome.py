"""What a city's decision hands out for each household: reasons packed into whole numbers, and amounts.

Columns: household; `concerns`: whether anybody there is entitled to something that pays, or may
be; for each unit `<unit>_reasons_<word>` (see packing), `<unit>_<benefit>_net`, and
`<unit>_<benefit>_gross` where a relation may have taken from it, in fen. What is the same in all
rows of a table is no column: it stands in `fixed`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from guanjia.policy.book import Book
from guanjia.policy.city import terms as t
from guanjia.policy.city.compile import City, Shape, column
from guanjia.policy.city.packing import spots
from guanjia.policy.city.relating import settle
from guanjia.policy.city.terms import Constant, Dialect, Term
from guanjia.policy.family import HOUSEHOLD

CONCERNS = "concerns"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One table's statement: what it selects, and what need not be selected."""

    text: str
    columns: tuple[str, ...]
    fixed: dict[str, Constant]


def outcome(
    book: Book, month: date, shape: Shape, source: str, dialect: Dialect = "duckdb"
) -> Outcome:
    """The statement that reads `source`, a table of this shape, and gives every result of every household."""
    city = settle(City(book, month, shape, dialect))
    every = dict(columns(city))
    wanted = {"household": t.source("household", False)}
    wanted |= {name: term for name, term in every.items() if not term.fixed}
    fixed: dict[str, Constant] = {
        name: term.value  # type: ignore[misc]
        for name, term in every.items()
        if term.fixed
    }
    return Outcome(city.sheet.statement(source, wanted), tuple(wanted), fixed)


def columns(city: City) -> Iterator[tuple[str, Term]]:
    """All that is handed out, whether it varies or not."""
    yield CONCERNS, _concerns(city)
    for unit in (HOUSEHOLD, *city.shape.units):
        yield from _words(city, unit)
    for (benefit, unit), verdict in city.verdicts.items():
        yield column(unit, f"{benefit}_net"), verdict.net
        if verdict.gross.sql != verdict.net.sql:
            yield column(unit, f"{benefit}_gross"), verdict.gross


def _concerns(city: City) -> Term:
    """Whether the household must be looked at: not everything that pays is refused to everybody."""
    paying = {c.code for c in city.chapters if c.amounts_on(city.month)}
    open_ = [v.entitled for (benefit, _unit), v in city.verdicts.items() if benefit in paying]
    if any(term.value in (True, None) for term in open_ if term.fixed):
        return t.YES
    parts = [
        t.made(f"coalesce({term.sql}, TRUE)", [term], False) if term.nullable else term
        for term in open_
    ]
    return t.joined("or", parts)


def _words(city: City, unit: int) -> Iterator[tuple[str, Term]]:
    packed: dict[int, list[tuple[Term, int]]] = {}
    for benefit, spot in spots(city.book, "household" if unit == HOUSEHOLD else "person").items():
        bits = packed.setdefault(spot.word, [])
        verdict = city.verdicts.get((benefit, unit))
        for condition, said in verdict.conditions if verdict else ():
            bits.append((said, 1 << spot.shift + 2 * condition.bit))
    for word, bits in packed.items():
        yield column(unit, f"reasons_{word}"), _word(bits)


def _word(bits: list[tuple[Term, int]]) -> Term:
    """Two bits a sentence: unmet 1, met 2, unknown 3. A sentence of many chapters is read once."""
    known, weights = 0, dict[Term, int]()
    for said, one in bits:
        if said.fixed:
            known += {False: 1, True: 2, None: 3}[said.value] * one  # type: ignore[index]
        else:
            known += one
            weights[said] = weights.get(said, 0) + one
    parts = [t.made(f"{_told(said)} * {weight}", [said], False) for said, weight in weights.items()]
    return t.total([*parts, t.literal(known)])


def _told(said: Term) -> str:
    """Unmet as nought, met as one, unknown as two."""
    number = f"CAST({said.sql} AS BIGINT)"
    return f"coalesce({number}, 2)" if said.nullable else number
