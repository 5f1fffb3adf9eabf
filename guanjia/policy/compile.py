"""The whole city: the same text as SQL, for DuckDB and for Spark.

A snapshot holds one row a household, in one table a household size: the facts of the household as
`h_<fact>`, of member 0, 1, 2 … as `m0_<fact>`, `m1_<fact>` …, so that "over the members" is plain
arithmetic and nothing is joined or grouped. A monthly fact is either *steady* (one number for all
months of the snapshot) or a list of numbers, month by month from the snapshot's first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guanjia.kit import days
from guanjia.policy import nodes as n
from guanjia.policy.book import Book, Relation
from guanjia.policy.chapter import Chapter, Condition
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.nodes import Node

Dialect = Literal["duckdb", "spark"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Which table of a snapshot: members a household; steady or month by month from `first_month`."""

    size: int
    steady: bool
    first_month: int = 0

    @property
    def units(self) -> range:
        """Seats of the members."""
        return range(self.size)


def column(unit: int, name: str) -> str:
    """The column of a household's or a member's value."""
    return f"h_{name}" if unit == HOUSEHOLD else f"m{unit}_{name}"


def statement(
    book: Book, month: date, shape: Shape, source: str, dialect: Dialect = "duckdb"
) -> str:
    """SQL that reads `source` (a table of this shape) and gives every result of every household.

    Columns: household; then for each decidable benefit and unit `<unit>_<benefit>_entitled`,
    `_gross`, `_net` (fen) and `_reasons` (two bits a condition).
    """
    return _Writer(book, month, shape, dialect).statement(source)


class _Writer:
    """Writes one statement as a chain of steps, each reading the columns of those before."""

    def __init__(self, book: Book, month: date, shape: Shape, dialect: Dialect) -> None:
        self.book, self.month, self.shape, self.dialect = book, month, shape, dialect
        self.chapters = [c for c in book.chapters if book.decidable(c.code, month)]
        self.chapter = self.chapters[0] if self.chapters else None
        self.steps: list[str] = []
        self.last = ""
        self.deciding = HOUSEHOLD  # whose assessment the months are counted back from

    def statement(self, source: str) -> str:
        """The whole text."""
        self.last = source
        for chapter in self.chapters:
            self.write_chapter(chapter)
        for relation in self.book.relations:
            if relation.kind != "compatible" and relation.holds(self.month):
                self.write_relation(relation)
        wanted = ", ".join(["household", *self.results()])
        chain = ",\n".join(f"s{k} AS (\n{step}\n)" for k, step in enumerate(self.steps))
        return (
            f"WITH {chain}\nSELECT {wanted} FROM {self.last}"
            if chain
            else f"SELECT household FROM {source}"
        )

    def results(self) -> Iterator[str]:
        """The columns that are handed out."""
        for chapter in self.chapters:
            for unit in self.units(chapter):
                for what in ("entitled", "gross", "net", "reasons"):
                    yield self.result(chapter.code, unit, what)

    def units(self, chapter: Chapter) -> Sequence[int]:
        """Whom a chapter speaks of."""
        return self.shape.units if chapter.unit == "person" else (HOUSEHOLD,)

    @staticmethod
    def result(code: str, unit: int, what: str) -> str:
        return column(unit, f"{code}_{what}")

    def step(self, columns: Sequence[str], drop: str = "") -> None:
        """One more step: all columns so far, and these."""
        if columns:
            body = ",\n  ".join(columns)
            self.steps.append(f"SELECT *{drop},\n  {body}\nFROM {self.last}")
            self.last = f"s{len(self.steps) - 1}"

    def write_chapter(self, chapter: Chapter) -> None:
        """Defines, conditions, then results."""
        self.chapter, self.deciding = chapter, HOUSEHOLD
        units = self.units(chapter)
        for define in self.needed(chapter):
            self.step([f"{self.write(define.node, HOUSEHOLD)} AS {self.defined(define.name)}"])
        conditions = chapter.conditions_on(self.month)
        self.step([self.decided(c, u) for u in units for c in conditions])
        self.step([text for unit in units for text in self.verdict(conditions, unit)])
        self.step([self.gross(unit) for unit in units])

    def decided(self, condition: Condition, unit: int) -> str:
        """One sentence of one unit."""
        self.deciding = unit
        return f"{self.write(condition.node, unit)} AS {self.said(condition, unit)}"

    def needed(self, chapter: Chapter) -> list[n.DefineRef]:
        """The household's defines that are read, each after those that it reads."""
        found: dict[str, n.DefineRef] = {}
        sentences = [*chapter.conditions_on(self.month), *chapter.amounts_on(self.month)]
        for sentence in sentences:
            self.gather(sentence.node, found)
        return list(found.values())

    def gather(self, node: Node, found: dict[str, n.DefineRef]) -> None:
        """Depth first, so that what is read stands before what reads it."""
        for child in node.children():
            self.gather(child, found)
        if isinstance(node, n.DefineRef) and self.stands_alone(node):
            found.setdefault(node.name, node)

    def stands_alone(self, node: n.DefineRef) -> bool:
        """The same for every unit of the chapter, so that it is worked out once."""
        assert self.chapter is not None
        counted_back = any(isinstance(part, n.LastMonths) for part in node.walk())
        of_all = self.chapter.unit == "household" or not counted_back
        return node.of == "household" and not node.by_month and of_all

    def defined(self, name: str) -> str:
        assert self.chapter is not None
        return f"d_{self.chapter.code}_{name}"

    def said(self, condition: Condition, unit: int) -> str:
        assert self.chapter is not None
        return column(unit, f"{self.chapter.code}__{condition.bit}")

    def verdict(self, conditions: Sequence[Condition], unit: int) -> Iterator[str]:
        """Entitled: Kleene's and, which SQL's AND is; reasons: two bits a condition."""
        assert self.chapter is not None
        names = [self.said(c, unit) for c in conditions]
        yield f"{' AND '.join(names)} AS {self.result(self.chapter.code, unit, 'entitled')}"
        bits = [
            f"CASE WHEN {name} THEN {2 << 2 * c.bit} WHEN NOT {name} THEN {1 << 2 * c.bit} "
            f"ELSE {3 << 2 * c.bit} END"
            for name, c in zip(names, conditions, strict=True)
        ]
        yield f"{self.big(' + '.join(bits))} AS {self.result(self.chapter.code, unit, 'reasons')}"

    def gross(self, unit: int) -> str:
        """The amounts where entitled, nought where not; and the same as net, before relations."""
        assert self.chapter is not None
        self.deciding = unit
        entitled = self.result(self.chapter.code, unit, "entitled")
        amounts = [self.write(a.node, unit) for a in self.chapter.amounts_on(self.month)] or ["0"]
        text = self.big(
            f"CASE WHEN {entitled} THEN {' + '.join(amounts)} WHEN NOT {entitled} THEN 0 END"
        )
        return ",\n  ".join(
            f"{text} AS {self.result(self.chapter.code, unit, what)}" for what in ("gross", "net")
        )

    def big(self, text: str) -> str:
        """As a 64-bit whole number."""
        return f"CAST({text} AS BIGINT)"

    def write_relation(self, relation: Relation) -> None:
        """New nets of the taker (and of a giver who has the lower amount)."""
        decided = {c.code: c for c in self.chapters}
        if relation.giver not in decided or relation.taker not in decided:
            return
        columns = [
            text
            for unit in self.units(decided[relation.taker])
            for text in self.reduced(relation, unit, decided[relation.giver])
        ]
        names = [text.rsplit(" AS ", 1)[1] for text in columns]
        word = "EXCLUDE" if self.dialect == "duckdb" else "EXCEPT"
        self.step(columns, drop=f" {word} ({', '.join(names)})")

    def reduced(self, relation: Relation, unit: int, giver: Chapter) -> Iterator[str]:
        """One taker's net after the relation, as decide.py works it out."""
        of = HOUSEHOLD if giver.unit == "household" else unit
        net, other = (
            self.result(code, u, "net") for code, u in ((relation.taker, unit), (giver.code, of))
        )
        entitled, given = (
            self.result(code, u, "entitled")
            for code, u in ((relation.taker, unit), (giver.code, of))
        )
        chosen = "TRUE"
        if relation.chosen_by:
            chosen = f"({column(unit, relation.chosen_by)} = '{giver.code}')"
        same = (
            f"({entitled} IS NOT TRUE OR NOT {column(of, f'held_{giver.code}')} "
            f"OR {given} IS FALSE OR {chosen} IS FALSE OR {net} = 0)"
        )
        unsure = f"({given} IS NULL OR {chosen} IS NULL OR {net} IS NULL OR {other} IS NULL)"
        share = other
        if of != unit:
            size = self.shape.size
            extra = f"CASE WHEN {unit} < {other} % {size} THEN 1 ELSE 0 END"
            share = f"({self.whole(other, str(size))} + {extra})"
        after = {
            "exclude": "0",
            "top_up": f"CASE WHEN {net} > {share} THEN {net} - {share} ELSE 0 END",
            "higher_only": f"CASE WHEN {share} >= {net} THEN 0 ELSE {net} END",
        }[relation.kind]
        head = f"CASE WHEN {same} THEN {net} WHEN {unsure} THEN NULL"
        yield f"{self.big(f'{head} ELSE {after} END')} AS {net}"
        if relation.kind == "higher_only":
            mine = column(unit, f"held_{relation.taker}")
            lost = f"NOT {same} AND NOT {unsure} AND {share} < {net} AND {mine}"
            yield f"{self.big(f'CASE WHEN {lost} THEN 0 ELSE {other} END')} AS {other}"

    def write(self, node: Node, unit: int, month: int | None = None) -> str:
        """Any part for a unit; a monthly fact is read `month` months before the assessment."""
        writers: dict[type[Node], Callable[..., str]] = {
            n.Literal: self.literal,
            n.FactRef: self.fact,
            n.FigureRef: self.figure,
            n.DefineRef: self.define,
            n.HeldRef: lambda x, u, _m: column(self.of(x.of, u), f"held_{x.benefit}"),
            n.OtherRef: lambda x, u, _m: self.result(x.benefit, self.of(x.of, u), x.what),
            n.Arithmetic: lambda x, u, m: (
                f"({self.write(x.left, u, m)} {x.sign} {self.write(x.right, u, m)})"
            ),
            n.Divide: self.divide,
            n.Extreme: self.extreme,
            n.Compare: self.compare,
            n.OneOf: self.one_of,
            n.Logic: lambda x, u, m: (
                "(" + f" {x.word.upper()} ".join(self.write(p, u, m) for p in x.parts) + ")"
            ),
            n.Not: lambda x, u, m: f"(NOT {self.write(x.part, u, m)})",
            n.Choose: self.choose,
            n.Over: lambda x, _u, m: self.over(x, m),
            n.Age: self.age,
            n.LastMonths: self.last_months,
        }
        return writers[type(node)](node, unit, month)

    @staticmethod
    def of(of: str, unit: int) -> int:
        return unit if of == "person" else HOUSEHOLD

    def literal(self, node: n.Literal, _unit: int, _month: int | None) -> str:
        if isinstance(node.value, bool):
            return "TRUE" if node.value else "FALSE"
        return self.big(str(node.value)) if isinstance(node.value, int) else f"'{node.value}'"

    def fact(self, node: n.FactRef, unit: int, month: int | None) -> str:
        name = column(unit if node.fact.of == "person" else HOUSEHOLD, node.fact.name)
        if not node.fact.by_month or self.shape.steady:
            return name
        assert self.chapter is not None
        assessed = column(self.deciding, f"assessed_{self.chapter.code}")
        place = f"{assessed} - {self.shape.first_month} - {month}"
        return (
            f"{name}[CAST({place} + 1 AS INTEGER)]"
            if self.dialect == "duckdb"
            else f"get({name}, CAST({place} AS INT))"
        )

    def figure(self, node: n.FigureRef, unit: int, _month: int | None) -> str:
        assert self.chapter is not None
        rows = [r for r in self.chapter.figures[node.name] if r.holds(self.month)]
        rows.sort(key=lambda row: len(row.where), reverse=True)
        own = [row for row in rows if row.where]
        common = self.big(str(rows[-1].value))
        if not own:
            return common
        place = self.place(unit)
        prefix = "starts_with" if self.dialect == "duckdb" else "startswith"
        cases = " ".join(
            f"WHEN {prefix}({place}, '{r.where}') THEN {self.big(str(r.value))}" for r in own
        )
        return f"CASE {cases} ELSE {common} END"

    def place(self, unit: int) -> str:
        """As decide.py: the 户籍 of the person or of the head, else where the household lives."""
        assert self.chapter is not None
        seat = 0 if self.chapter.unit == "household" else max(unit, 0)
        return (
            "place" if self.chapter.place == "home" else f"coalesce({column(seat, 'hukou')}, place)"
        )

    def define(self, node: n.DefineRef, unit: int, month: int | None) -> str:
        if self.stands_alone(node):
            return self.defined(node.name)
        return self.write(node.node, unit, month)

    def whole(self, left: str, right: str) -> str:
        """Division of numbers that are not negative, towards nought."""
        return f"({left} // {right})" if self.dialect == "duckdb" else f"({left} div {right})"

    def divide(self, node: n.Divide, unit: int, month: int | None) -> str:
        """The engines divide towards nought: the sign decides which way that rounds."""
        a, b = self.write(node.left, unit, month), self.write(node.right, unit, month)
        if node.rounding == "half_up":
            a, b = f"(2 * {a} + {b})", f"(2 * {b})"
        if node.rounding == "up":
            return f"CASE WHEN {a} > 0 THEN {self.whole(f'({a} + {b} - 1)', b)} ELSE -{self.whole(f'(-{a})', b)} END"
        return f"CASE WHEN {a} >= 0 THEN {self.whole(a, b)} ELSE -{self.whole(f'(-{a} + {b} - 1)', b)} END"

    def extreme(self, node: n.Extreme, unit: int, month: int | None) -> str:
        """greatest() and least() skip NULL: unknown must stay unknown."""
        parts = [self.write(part, unit, month) for part in node.parts]
        word = "greatest" if node.which == "max" else "least"
        asked = [
            text
            for part, text in zip(node.parts, parts, strict=True)
            if not isinstance(part, n.Literal | n.FigureRef)
        ]
        unknown = " OR ".join(f"{text} IS NULL" for text in asked)
        body = f"{word}({', '.join(parts)})"
        return f"CASE WHEN {unknown} THEN NULL ELSE {body} END" if asked else body

    def compare(self, node: n.Compare, unit: int, month: int | None) -> str:
        sign = {"==": "=", "!=": "<>"}.get(node.sign, node.sign)
        return (
            f"({self.write(node.left, unit, month)} {sign} {self.write(node.right, unit, month)})"
        )

    def one_of(self, node: n.OneOf, unit: int, month: int | None) -> str:
        codes = ", ".join(f"'{code}'" for code in node.codes)
        return f"({self.write(node.part, unit, month)} IN ({codes}))"

    def choose(self, node: n.Choose, unit: int, month: int | None) -> str:
        """With an unknown condition, known only where both arms agree."""
        asked = self.write(node.condition, unit, month)
        yes, no = self.write(node.yes, unit, month), self.write(node.no, unit, month)
        return f"CASE WHEN {asked} THEN {yes} WHEN NOT {asked} THEN {no} WHEN {yes} = {no} THEN {yes} END"

    def over(self, node: n.Over, month: int | None) -> str:
        """Plain arithmetic over the seats: + hands NULL on, OR and AND are Kleene's."""
        parts = [self.write(node.part, seat, month) for seat in self.shape.units]
        if node.word == "count":
            parts = [f"CAST({part} AS BIGINT)" for part in parts]
        sign = {"count": " + ", "total": " + ", "any": " OR ", "all": " AND "}[node.word]
        return f"({sign.join(parts)})"

    def age(self, node: n.Age, unit: int, month: int | None) -> str:
        years = node.years
        assert self.chapter is not None
        if isinstance(years, n.Literal):
            count = int(years.value)
        else:
            assert isinstance(years, n.FigureRef)
            row = self.chapter.figure_on(years.name, self.month)
            assert row is not None
            count = row.value
        cut = days.born_by(self.month, count)
        sign = "<=" if node.which == "from" else ">"
        return f"({self.write(node.born_on, unit, month)} {sign} DATE '{cut.isoformat()}')"

    def last_months(self, node: n.LastMonths, unit: int, _month: int | None) -> str:
        """The sum of the months before the assessment; where all are alike, one of them times n."""
        count = node.months
        assert self.chapter is not None
        if isinstance(count, n.Literal):
            many = int(count.value)
        else:
            assert isinstance(count, n.FigureRef)
            row = self.chapter.figure_on(count.name, self.month)
            assert row is not None
            many = row.value
        if self.shape.steady:
            return f"({many} * {self.write(node.part, unit, 1)})"
        return (
            "(" + " + ".join(self.write(node.part, unit, back) for back in range(1, many + 1)) + ")"
        )
