"""A person's or household's facts as a page shows them: grouped by meaning, in words, with history."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from guanjia.kit import days
from guanjia.people.acting import named
from guanjia.people.fact_groups import GROUPS, OTHER
from guanjia.people.models import Source
from guanjia.policy import facts, retold, words
from guanjia.policy.facts import Fact, Value

MONTHS_SHOWN = 12
ON_THE_PERSON = {"born_on", "sex"}  # these stand on the person's own row


class Row(Protocol):
    """A fact of a person or of a household."""

    kind: str
    key: str
    number: int | None
    word: str | None
    day: date | None
    since: date
    until: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    source: Source
    recorded_by: Any


@dataclass(frozen=True, slots=True)
class Shown:
    """One value as shown: `fen` for money, else words; neither: it must be asked.

    `by` is who recorded it; empty where a register did.
    """

    words: str
    fen: int | None
    key: str
    since: date
    until: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    source: Source
    by: str

    @property
    def known(self) -> bool:
        """Whether the value is known at all."""
        return bool(self.words) or self.fen is not None

    def in_month(self, month: date) -> bool:
        """Whether a monthly value counts for a month: from its first month, before its last."""
        number = days.number(month)
        ended = self.until is not None and days.number(self.until) <= number
        return days.number(self.since) <= number and not ended


@dataclass(frozen=True, slots=True)
class Line:
    """One declared fact: what holds on the day, other periods, and what was once believed."""

    fact: Fact
    label: str
    now: tuple[Shown, ...]
    periods: tuple[Shown, ...]
    superseded: tuple[Shown, ...]

    @property
    def silence(self) -> str:
        """How it reads where nothing is recorded, in words; nothing where it must be asked."""
        if self.fact.absent is facts.UNKNOWN:
            return ""
        return words_of(self.fact, self.fact.absent, {})

    @property
    def register(self) -> str:
        """The register whose silence says so."""
        return words.told(self.fact.register)


@dataclass(frozen=True, slots=True)
class Segment:
    """Months in which all monthly facts of a group stay the same: fen by column, None unknown."""

    since: date
    until: date | None
    fen: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one meaning: those recorded, and those of which nothing is recorded.

    `segments` tells the last twelve months of monthly facts, newest first, a column a line.
    """

    code: str
    title: str
    lines: tuple[Line, ...]
    silent: tuple[Line, ...]
    segments: tuple[Segment, ...] = ()

    @property
    def past(self) -> int:
        """How many rows are of other periods or were corrected; of monthly facts, all rows."""
        rows = sum(len(line.periods) + len(line.superseded) for line in self.lines)
        return rows + (sum(len(line.now) for line in self.lines) if self.segments else 0)


def groups(of: str, rows: Iterable[Row], on: date, places: Mapping[str, str]) -> list[Group]:
    """The facts of a `person` or a `household` on a day, grouped; `places` names place codes."""
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    declared = facts.declared().person if of == "person" else facts.declared().household
    wanted = [f for f in declared if f.name not in ON_THE_PERSON and not f.derived_from]
    lines = {f.name: _line(f, by_kind.get(f.name, []), on, places) for f in wanted}
    named = [(c, str(t), [lines.pop(n) for n in ns if n in lines]) for c, t, ns in GROUPS]
    named.append((OTHER[0], str(OTHER[1]), list(lines.values())))
    return [_group(code, title, held, on) for code, title, held in named if held]


def label_of(fact: Fact) -> str:
    """The fact's label in the language of the page; of a place, without how files write it."""
    label = retold.label_of(fact)
    return label.partition("（")[0] if fact.type == "place" else label


def words_of(fact: Fact, value: Value, places: Mapping[str, str]) -> str:
    """A value in words; nothing where it is not known or is money."""
    if value is None or isinstance(value, tuple):
        return ""
    if fact.type == "yes_no":
        return _("是") if value else _("否")
    if fact.type == "choice":
        return words.told(fact.choices.get(str(value), str(value)))
    if fact.type == "place":
        return _("外地") if value == "elsewhere" else places.get(str(value), str(value))
    if isinstance(value, date):
        return words.day(value)
    if fact.type == "fen":
        return _("没有")
    return str(value)


def _group(code: str, title: str, lines: list[Line], on: date) -> Group:
    recorded = [line for line in lines if line.now or line.periods or line.superseded]
    silent = [line for line in lines if line not in recorded]
    monthly = recorded and all(line.fact.by_month for line in recorded)
    segments = tuple(_segments(recorded, on)) if monthly else ()
    return Group(code, title, tuple(recorded), tuple(silent), segments)


def _segments(lines: list[Line], on: date) -> Iterator[Segment]:
    """The months up to that of `on`, joined where nothing changes, newest first."""
    until: date | None = None
    since = on.replace(day=1)
    values = tuple(_in_month(line, since) for line in lines)
    for back in range(1, MONTHS_SHOWN + 1):
        month = days.add_months(on, -back)
        before = tuple(_in_month(line, month) for line in lines)
        if back == MONTHS_SHOWN or before != values:
            yield Segment(since, until, values)
            until, values = since, before
        since = month


def _in_month(line: Line, month: date) -> int | None:
    """Fen of a monthly fact in a month, all keys together; nothing recorded reads as declared."""
    held = [s for s in (*line.now, *line.periods) if s.in_month(month)]
    if not held:
        absent = line.fact.absent
        return absent if isinstance(absent, int) else None
    fen = [s.fen for s in held]
    return None if None in fen else sum(f or 0 for f in fen)


def _line(fact: Fact, rows: list[Row], on: date, places: Mapping[str, str]) -> Line:
    told = [(row, shown(fact, row, places)) for row in rows]
    believed = [(row, s) for row, s in told if row.superseded_at is None]
    return Line(
        fact=fact,
        label=label_of(fact),
        now=tuple(s for row, s in believed if _holds(row, on)),
        periods=tuple(s for row, s in believed if not _holds(row, on)),
        superseded=tuple(s for row, s in told if row.superseded_at is not None),
    )


def _holds(row: Row, on: date) -> bool:
    return row.since <= on and (row.until is None or on < row.until)


def shown(fact: Fact, row: Row, places: Mapping[str, str]) -> Shown:
    """One row of a fact in words; `places` names place codes."""
    value = next((v for v in (row.number, row.word, row.day) if v is not None), None)
    fen = value if fact.type == "fen" and isinstance(value, int) else None
    return Shown(
        words="" if fen is not None else words_of(fact, value, places),
        fen=fen,
        key=row.key,
        since=row.since,
        until=row.until,
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
        source=row.source,
        by=named(row.recorded_by.user, row.recorded_by) if row.recorded_by else "",
    )
