"""The whole city: the same text as SQL, for DuckDB and for Spark.

A snapshot holds one row a household, in tables of households that are alike: of one size, of as
many stretches (months in which nothing monthly changes), and with the same facts recorded. The
facts of the household stand as `h_<fact>`, of member 0, 1, 2 … as `m0_<fact>`, `m1_<fact>` …,
a monthly fact in stretch 0, 1, 2 … as `m0_<fact>_0`, `m0_<fact>_1` …; so "over the members" is
plain arithmetic and nothing is joined or grouped. What nobody in a table has is no column: it is
known when the statement is written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.book import Book
from guanjia.policy.chapter import Chapter, Condition
from guanjia.policy.city import terms as t
from guanjia.policy.city.sheet import Sheet
from guanjia.policy.city.terms import Constant, Dialect, Term
from guanjia.policy.facts import Fact
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.nodes import Node


@dataclass(frozen=True, slots=True)
class Shape:
    """A table of a snapshot: members a household, stretches, its columns, and what is alike in all rows.

    `stored` says of each column whether it may be NULL. A column that is neither stored nor fixed
    reads as the fact's absence does. `<unit>_assessed_<benefit>` is the month number of the
    assessment of the award that is held, NULL where none is, `<unit>_ends_<benefit>` the first
    month in which it is held no more, NULL where it is open. `turn_1`, `turn_2` … are the months
    in which a stretch ends and the next begins, nought where the household has fewer; `latest` is
    the last month of each in any row.
    """

    size: int
    stretches: int
    stored: Mapping[str, bool]
    fixed: Mapping[str, Constant] = field(default_factory=dict)
    latest: Mapping[str, int] = field(default_factory=dict)

    @property
    def units(self) -> range:
        """Seats of the members."""
        return range(self.size)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one benefit comes to for one unit, as terms. Amounts in fen."""

    entitled: Term
    conditions: tuple[tuple[Condition, Term], ...]
    gross: Term
    net: Term


def column(unit: int, name: str) -> str:
    """The column of a household's or a member's value."""
    return f"h_{name}" if unit == HOUSEHOLD else f"m{unit}_{name}"


class City:
    """A book's chapters in one month, written for one table: terms on a sheet."""

    def __init__(
        self,
        book: Book,
        month: date,
        shape: Shape,
        dialect: Dialect = "duckdb",
        sheet: Sheet | None = None,
    ) -> None:
        self.book, self.month, self.shape, self.dialect = book, month, shape, dialect
        self.sheet = sheet or Sheet()
        self.verdicts: dict[tuple[str, int], Verdict] = {}
        self.chapters = [c for c in book.chapters if book.decidable(c.code, month)]
        self._written: dict[tuple[int, int, int, int], Term] = {}
        self._deciding = HOUSEHOLD  # whose assessment the months are counted back from
        self._chapter = book.chapters[0]
        for chapter in self.chapters:
            self._decide(chapter)

    def units(self, chapter: Chapter) -> Sequence[int]:
        """Whom a chapter speaks of."""
        return self.shape.units if chapter.unit == "person" else (HOUSEHOLD,)

    def read(self, name: str, absent: Constant) -> Term:
        """A column of the table, or its one value."""
        nullable = self.shape.stored.get(name)
        if nullable is None:
            return t.literal(self.shape.fixed.get(name, absent))
        return t.source(name, nullable)

    def _decide(self, chapter: Chapter) -> None:
        """Conditions, entitled, gross; net is gross until a relation takes from it."""
        self._chapter = chapter
        for unit in self.units(chapter):
            self._deciding = unit
            said = tuple(
                (c, self.sheet.column(self._write(c.node, unit)))
                for c in chapter.conditions_on(self.month)
            )
            entitled = self.sheet.column(t.joined("and", [term for _condition, term in said]))
            gross = self.sheet.column(self._gross(chapter, entitled, unit))
            self.verdicts[chapter.code, unit] = Verdict(entitled, said, gross, gross)

    def _gross(self, chapter: Chapter, entitled: Term, unit: int) -> Term:
        """The amounts where entitled, nought where not."""
        amounts = t.total([self._write(a.node, unit) for a in chapter.amounts_on(self.month)])
        if entitled.fixed:
            return {True: amounts, False: t.literal(0), None: t.UNKNOWN}[entitled.value]  # type: ignore[index]
        if amounts.value == 0 and not entitled.nullable:
            return t.literal(0)
        text = f"CASE WHEN {entitled.sql} THEN {amounts.sql} WHEN NOT {entitled.sql} THEN {t.literal(0).sql} END"
        return t.made(text, [entitled, amounts], entitled.nullable or amounts.nullable)

    def _write(self, node: Node, unit: int, stretch: int = 0) -> Term:
        """Any part for a unit; a monthly fact is read in a stretch."""
        key = (id(node), unit, stretch, self._deciding)
        found = self._written.get(key)
        if found is None:
            found = self._written[key] = WRITERS[type(node)](self, node, unit, stretch)
        return found

    def _both(self, left: Node, right: Node, unit: int, stretch: int) -> tuple[Term, Term]:
        return self._write(left, unit, stretch), self._write(right, unit, stretch)

    def _named(self, node: Node, unit: int, stretch: int) -> Term:
        return self.sheet.column(self._write(node, unit, stretch))

    def _fact(self, node: n.FactRef, unit: int, stretch: int) -> Term:
        return self.fact_of(node.fact, unit if node.fact.of == "person" else HOUSEHOLD, stretch)

    def fact_of(self, fact: Fact, unit: int, stretch: int) -> Term:
        name = column(unit, fact.name)
        if fact.by_month and self.shape.stretches > 1:
            name = f"{name}_{stretch}"
        assert not isinstance(fact.absent, tuple)
        return self.read(name, fact.absent)

    def _figure(self, node: n.FigureRef, _unit: int, _stretch: int) -> Term:
        return self._by_place(node, t.literal)

    def _by_place(self, node: Node, of: Callable[[int], Term]) -> Term:
        """What follows from a number that the text writes out or names; a town may have its own."""
        if isinstance(node, n.Literal):
            return of(int(node.value))
        assert isinstance(node, n.FigureRef)
        rows = [r for r in self._chapter.figures[node.name] if r.holds(self.month)]
        rows.sort(key=lambda row: len(row.where), reverse=True)
        common = of(rows[-1].value)
        own = [row for row in rows if row.where]
        if not own:
            return common
        place = self._place()
        prefix = "starts_with" if self.dialect == "duckdb" else "startswith"
        cases = " ".join(
            f"WHEN {prefix}({place.sql}, {t.literal(r.where).sql}) THEN {of(r.value).sql}"
            for r in own
        )
        text = f"CASE {cases} ELSE {common.sql} END"
        return self.sheet.column(t.made(text, [place, common], False))

    def _place(self) -> Term:
        """As decide.py: the 户籍 of the person or of the head, else where the household lives."""
        home = t.source("place", False)
        if self._chapter.place == "home":
            return home
        hukou = self.read(column(max(self._deciding, 0), "hukou"), None)
        if hukou.fixed:
            return home if hukou.value is None else hukou
        return self.sheet.column(t.made(f"coalesce({hukou.sql}, place)", [hukou, home], False))

    def _held(self, node: n.HeldRef, unit: int, _stretch: int) -> Term:
        return self.holds((node.benefit, unit if node.of == "person" else HOUSEHOLD))

    def holds(self, key: tuple[str, int]) -> Term:
        """Whether an award is in force: it was assessed once, and has not ended."""
        assessed = self._award(*key)
        if assessed.fixed:
            return t.literal(assessed.value is not None)
        return t.made(f"({assessed.sql} IS NOT NULL)", [assessed], False)

    def _award(self, benefit: str, unit: int) -> Term:
        """The month of the assessment of the award in force; NULL where there is none."""
        assessed = self.read(column(unit, f"assessed_{benefit}"), None)
        ends = self.read(column(unit, f"ends_{benefit}"), None)
        if assessed.value is None or ends.value is None:
            return assessed
        text = f"CASE WHEN coalesce({ends.sql} > {days.number(self.month)}, TRUE) THEN {assessed.sql} END"
        return self.sheet.column(t.made(text, [assessed, ends], True))

    def _other(self, node: n.OtherRef, unit: int, _stretch: int) -> Term:
        verdict = self.verdicts[node.benefit, unit if node.of == "person" else HOUSEHOLD]
        return verdict.entitled if node.what == "entitled" else verdict.gross

    def _choose(self, node: n.Choose, unit: int, stretch: int) -> Term:
        asked = self._named(node.condition, unit, stretch)
        if asked.fixed and asked.value is not None:
            return self._write(node.yes if asked.value else node.no, unit, stretch)
        yes, no = self._both(node.yes, node.no, unit, stretch)
        if asked.nullable:
            yes, no = self.sheet.column(yes), self.sheet.column(no)
        return t.chosen(asked, yes, no)

    def _divide(self, node: n.Divide, unit: int, stretch: int) -> Term:
        left = self._named(node.left, unit, stretch)
        right = self._named(node.right, unit, stretch)
        positive = node.left.bounds is not None and node.left.bounds[0] >= 0
        return t.divided(node.rounding, left, right, positive, self.dialect)

    def _over(self, node: n.Over, _unit: int, stretch: int) -> Term:
        """Plain arithmetic over the seats: + hands NULL on, OR and AND are Kleene's."""
        parts = [self._write(node.part, seat, stretch) for seat in self.shape.units]
        if node.word == "any":
            return t.joined("or", parts)
        if node.word == "all":
            return t.joined("and", parts)
        return t.total([_counted(part) for part in parts] if node.word == "count" else parts)

    def _age(self, node: n.Age, unit: int, stretch: int) -> Term:
        sign = "<=" if node.which == "from" else ">"
        born_on = self._write(node.born_on, unit, stretch)

        cut = self._by_place(node.years, lambda years: t.literal(days.born_by(self.month, years)))
        return t.compared(sign, born_on, cut)

    def _last_months(self, node: n.LastMonths, unit: int, _stretch: int) -> Term:
        """The sum of the months before the assessment: of each stretch, as many as fall among them."""
        many = self._by_place(node.months, t.literal)
        if self.shape.stretches == 1:
            return t.plus("*", self._write(node.part, unit, 0), many)
        parts = [self._write(node.part, unit, k) for k in range(self.shape.stretches)]
        starts = [k for k in range(len(parts)) if not k or parts[k].sql != parts[k - 1].sql]
        ends = [*starts[1:], len(parts)]
        months = [self._months_of(*span, many) for span in zip(starts, ends, strict=True)]
        return t.total(
            [
                _of_months(of, parts[start])
                for start, of in zip(starts, months, strict=True)
                if of.value != 0
            ]
        )

    def _months_of(self, start: int, end: int, many: Term) -> Term:
        """How many of the months before the assessment lie in the stretches from one to before another."""
        last = self._assessed()
        first = t.plus("-", last, many)
        if end < self.shape.stretches:
            if self._before(end, first):
                return t.literal(0)
            last = t.extreme("min", [last, self.read(f"turn_{end}", None)])
        if start and not self._before(start, first):
            first = t.extreme("max", [first, self.read(f"turn_{start}", None)])
        return self.sheet.column(t.extreme("max", [t.plus("-", last, first), t.literal(0)]))

    def _before(self, turn: int, month: Term) -> bool:
        """Whether a turn lies before a month in every row."""
        latest = self.shape.latest.get(f"turn_{turn}")
        return latest is not None and isinstance(month.value, int) and latest <= month.value

    def _assessed(self) -> Term:
        """The month of the assessment: of the award, or this month."""
        told, now = self._award(self._chapter.code, self._deciding), days.number(self.month)
        if told.fixed:
            return t.literal(now) if told.value is None else told
        return self.sheet.column(t.made(f"coalesce({told.sql}, {now})", [told], False))


def _counted(part: Term) -> Term:
    """Yes as one, no as nought."""
    if part.fixed:
        return t.literal(None if part.value is None else int(bool(part.value)))
    return t.made(f"CAST({part.sql} AS BIGINT)", [part])


def _of_months(months: Term, part: Term) -> Term:
    """So many months of an amount; an unknown one does not matter where there is no month of it."""
    if months.fixed or not part.nullable:
        return t.plus("*", part, months)
    text = f"CASE WHEN {months.sql} = 0 THEN 0 ELSE {months.sql} * {part.sql} END"
    return t.made(text, [months, part], True)


WRITERS: dict[type[Node], Callable[[City, Any, int, int], Term]] = {
    n.Literal: lambda _c, x, _u, _s: t.literal(x.value),
    n.FactRef: City._fact,
    n.FigureRef: City._figure,
    n.DefineRef: lambda c, x, u, s: c._named(x.node, u, s),
    n.HeldRef: City._held,
    n.OtherRef: City._other,
    n.Arithmetic: lambda c, x, u, s: t.plus(x.sign, *c._both(x.left, x.right, u, s)),
    n.Divide: City._divide,
    n.Extreme: lambda c, x, u, s: t.extreme(x.which, [c._named(p, u, s) for p in x.parts]),
    n.Compare: lambda c, x, u, s: t.compared(x.sign, *c._both(x.left, x.right, u, s)),
    n.OneOf: lambda c, x, u, s: t.one_of(c._write(x.part, u, s), x.codes),
    n.Logic: lambda c, x, u, s: t.joined(x.word, [c._write(p, u, s) for p in x.parts]),
    n.Not: lambda c, x, u, s: t.negated(c._write(x.part, u, s)),
    n.Choose: City._choose,
    n.Over: City._over,
    n.Age: City._age,
    n.LastMonths: City._last_months,
}
