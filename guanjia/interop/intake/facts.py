"""Facts of a file against what is believed: equal ones change nothing, others become corrections.

A row is the row of the house with the same unit, fact, key and first day; where value or end differ,
that one is superseded. What other rows say of the days in between is superseded for these days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from django.utils.translation import gettext as _

from guanjia.interop import cells, tables
from guanjia.interop.folder import OPEN_END
from guanjia.interop.intake import who
from guanjia.interop.intake.lines import (
    Line,
    Verdict,
    Work,
    clock_went_back,
    elsewhere,
    not_a_place,
    one_at_a_time,
    short,
)
from guanjia.interop.lines import one_value
from guanjia.interop.models import What
from guanjia.kit import bulk
from guanjia.people import intake
from guanjia.people.intake import FactTable
from guanjia.people.records import NewFact, Value
from guanjia.policy.facts import Fact

KIND, KEY, VALUE, SINCE = "情况", "区分", "值", "起"
LONGEST_KEY = 40


class Held(NamedTuple):
    """A fact as it is believed."""

    id: int
    kind: str
    key: str
    value: Value
    since: date
    until: date | None
    recorded_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Of:
    """Facts of persons, or of households: their tables here and there."""

    table: tables.Table
    kept_in: FactTable
    what: What

    @property
    def number(self) -> str:
        """The column that names the unit."""
        return self.table.columns[0].header


PERSONS = Of(tables.PERSON_FACTS, "people_personfact", What.PERSON_FACT)
HOUSEHOLDS = Of(tables.HOUSEHOLD_FACTS, "people_householdfact", What.HOUSEHOLD_FACT)


def prepare(of: Of, lines: Sequence[Line], work: Work) -> list[Line]:
    """Read every row; refuse rows of one fact whose times overlap. In order of the units."""
    declared = work.book.facts.person if of is PERSONS else work.book.facts.household
    for line in lines:
        line.text(of.number)
        line.record = _read(line, declared, work)
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        if line.record is not None:
            fact: NewFact = line.record
            groups.setdefault((line.cells[of.number], fact.kind, fact.key), []).append(line)
    for group in groups.values():
        one_at_a_time(group, SINCE, one_value())
    return sorted(lines, key=lambda line: line.cells[of.number])


def _read(line: Line, declared: Iterable[Fact], work: Work) -> NewFact | None:
    fact = line.read(KIND, partial(cells.fact, declared, work.book.facts))
    since, until = line.period()
    key, text = short(line, KEY, LONGEST_KEY), line.text(VALUE)
    if fact is None or since is None or not text:
        return None
    value = line.read(VALUE, partial(cells.value, fact))
    here = fact.type == "place" and isinstance(value, str) and value.startswith(work.city)
    if here and value not in work.places:
        line.wrong(VALUE, not_a_place(str(value), work.places))
    line.whole_months(fact, since, until)
    return NewFact(fact.name, value, since, until, key)


def take(of: Of, lines: Sequence[Line], work: Work) -> None:
    """Say what becomes of each row; where the pass writes, write it."""
    good = [line for line in lines if not line.problems]
    units = _units(of, good, work)
    said = [(units[line.cells[of.number]], line, line.record) for line in good if not line.problems]
    settle(of, said, work)


def _units(of: Of, lines: Sequence[Line], work: Work) -> dict[str, int]:
    """The keys of persons or households by number; a row of an unknown one is refused."""
    numbers = [line.cells[of.number] for line in lines]
    if of is PERSONS:
        found = who.persons(numbers, work)
    else:
        found = {n: home.key for n, home in who.households(numbers, work).items()}
    for line in lines:
        if line.cells[of.number] not in found:
            number = line.cells[of.number]
            line.wrong(of.number, (no_person if of is PERSONS else no_home)(number, work))
    return found


def no_person(number: str, work: Work) -> str:
    """What to say of a number that means nobody in sight."""
    returned = work.returned.get((What.PERSON, number))
    if returned is not None:
        return _("人员表里这个人的一行（第 %(line)d 行）退回了；改好之后和这一行一起再交。") % {
            "line": returned
        }
    return _("没有这个人；请先在人员表里登记，或核对编号。也可以写证件号码。")


def no_home(number: str, work: Work) -> str:
    """What to say of a number that means no household in sight."""
    returned = work.returned.get((What.HOUSEHOLD, number))
    if returned is not None:
        return _("家庭表里这一户的一行（第 %(line)d 行）退回了；改好之后和这一行一起再交。") % {
            "line": returned
        }
    return _("没有这一户；请先在家庭表里登记，或核对编号。")


def settle(of: Of, said: Sequence[tuple[int, Line, NewFact]], work: Work) -> None:
    """Compare what rows say with what is believed; where the pass writes, correct it."""
    held = _held(of, said)
    ended: dict[int, Held] = {}
    kept: list[tuple[int, NewFact]] = []
    fresh: list[tuple[int, Line, NewFact]] = []
    groups: dict[tuple[int, str, str], list[tuple[Line, NewFact]]] = {}
    for unit, line, fact in said:
        groups.setdefault((unit, fact.kind, fact.key), []).append((line, fact))
    for (unit, kind, key), rows in groups.items():
        believed = held.get((unit, kind, key), [])
        moved = _compare(rows, believed, work)
        touched = _touched(moved, believed)
        ended |= {row.id: row for row in touched}
        kept += [(unit, left) for row in touched for left in _left(row, moved)]
        fresh += [(unit, line, fact) for line, fact in moved]
    if work.writes and fresh:
        _write(of, ended, kept, fresh, work)


def _held(
    of: Of, said: Sequence[tuple[int, Line, NewFact]]
) -> dict[tuple[int, str, str], list[Held]]:
    unit = intake.UNIT[of.kept_in]
    rows = bulk.rows(
        f"""SELECT {unit}, id, kind, key, number, word, day, since, until, recorded_at, source_id
        FROM {of.kept_in} WHERE {unit} = ANY(%s::bigint[]) AND kind = ANY(%s::text[])
        AND superseded_at IS NULL ORDER BY {unit}, since""",
        [list({u for u, _l, _f in said}), list({fact.kind for _u, _l, fact in said})],
    )
    found: dict[tuple[int, str, str], list[Held]] = {}
    for of_unit, id_, kind, key, number, word, day, since, until, at, source in rows:
        value = next((v for v in (number, word, day) if v is not None), None)
        one = Held(id_, kind, key, value, since, until, at, source)
        found.setdefault((of_unit, kind, key), []).append(one)
    return found


def _compare(
    rows: Sequence[tuple[Line, NewFact]], believed: Sequence[Held], work: Work
) -> list[tuple[Line, NewFact]]:
    """The rows that say something else than what is believed, each with its verdict."""
    runs = _runs(believed)
    moved = []
    for line, fact in rows:
        over = [row for row in believed if _overlap(row, fact)]
        if any(_says(run, fact) for run in (*believed, *runs)):
            continue
        if any(row.recorded_at > work.at for row in over):
            line.wrong(SINCE, clock_went_back())
            continue
        line.is_now(Verdict.CHANGED if over else Verdict.NEW)
        moved.append((line, fact))
    return moved


def _runs(believed: Sequence[Held]) -> list[Held]:
    """Neighbours with one value as one."""
    runs: list[Held] = []
    for row in believed:
        if runs and runs[-1].until == row.since and _same(runs[-1].value, row.value):
            runs[-1] = runs[-1]._replace(until=row.until)
        else:
            runs.append(row)
    return runs


def _says(run: Held, fact: NewFact) -> bool:
    """Whether a run says all that the row says; one that begins with it must end with it too."""
    if not _same(run.value, fact.value):
        return False
    if run.since == fact.since:
        return run.until == fact.until
    return run.since < fact.since and (run.until or OPEN_END) >= (fact.until or OPEN_END)


def _same(one: Value, other: Value) -> bool:
    return one == other and (one is None) == (other is None)


def _overlap(row: Held, fact: NewFact) -> bool:
    return row.since < (fact.until or OPEN_END) and (row.until or OPEN_END) > fact.since


def _touched(moved: Sequence[tuple[Line, NewFact]], believed: Sequence[Held]) -> list[Held]:
    return [row for row in believed if any(_overlap(row, fact) for _line, fact in moved)]


def _left(row: Held, moved: Sequence[tuple[Line, NewFact]]) -> list[NewFact]:
    """What goes on to hold of a superseded row, outside the periods that the file speaks of."""
    facts = sorted((f for _line, f in moved if _overlap(row, f)), key=lambda f: f.since)
    left, since = [], row.since
    for fact in facts:
        if fact.since > since:
            left.append((since, fact.since))
        since = max(since, fact.until or OPEN_END)
        if fact.since == row.since:  # the same row with another end: it ends there
            since = OPEN_END if len(facts) == 1 else since
    if since < (row.until or OPEN_END):
        left.append((since, row.until or OPEN_END))
    return [
        NewFact(row.kind, row.value, a, None if z == OPEN_END else z, row.key, row.source)
        for a, z in left
    ]


def _write(
    of: Of,
    ended: dict[int, Held],
    kept: Sequence[tuple[int, NewFact]],
    fresh: Sequence[tuple[int, Line, NewFact]],
    work: Work,
) -> None:
    facts = [*kept, *[(unit, fact) for unit, _line, fact in fresh]]
    keys = intake.believe(of.kept_in, list(ended), facts, work.source, work.at)
    for (_unit, line, _fact), key in zip(fresh, keys[len(kept) :], strict=True):
        if key is None:
            line.wrong(SINCE, elsewhere())
    work.wrote.ended(of.what, ended)
    work.wrote.fresh(of.what, [key for key in keys if key is not None])
    if of is PERSONS:
        work.moved |= {unit for unit, _line, fact in fresh if fact.kind == "hukou"}
