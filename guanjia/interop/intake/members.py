"""Who lives where, by a file: one household a person at a time, and a head in every household."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from guanjia.interop import cells
from guanjia.interop.folder import HOUSEHOLD, OPEN_END, PERSON
from guanjia.interop.intake import facts, who
from guanjia.interop.intake.lines import (
    Held,
    Line,
    Verdict,
    Work,
    clock_went_back,
    elsewhere,
    one_at_a_time,
)
from guanjia.interop.lines import one_household
from guanjia.interop.models import What
from guanjia.kit import bulk
from guanjia.people import intake
from guanjia.people.intake import Stay
from guanjia.people.records import NewFact

RELATION, SINCE, UNTIL = "与户主关系", "起", "止"
HEAD = "0"


@dataclass(slots=True)
class Lodging:
    """One row, read: who lives where, in which relation to the head."""

    since: date
    until: date | None
    relation: str | None
    person: int = 0
    home: int = 0


def prepare(lines: Sequence[Line], work: Work) -> list[Line]:
    """Read every row; refuse unknown people, overlapping stays, households without a head.

    Stays that end come first: who moves leaves the old household before entering the new one.
    """
    relation = work.book.facts.find("relation")
    choices = relation.choices if relation else {}
    for line in lines:
        line.text(HOUSEHOLD)
        line.text(PERSON)
        since, until = line.period()
        role = line.read(RELATION, partial(cells.choice, words=choices | {"head": "户主"}))
        if since is not None:
            line.record = Lodging(since, until, HEAD if role == "head" else role)
    _resolve(lines, work)
    by_person: dict[str, list[Line]] = {}
    for line in lines:
        if not line.problems and line.record:
            by_person.setdefault(line.cells[PERSON], []).append(line)
    for stays in by_person.values():
        one_at_a_time(stays, SINCE, one_household())
    _heads(lines, work)
    return sorted(lines, key=lambda x: (x.record is None or x.record.until is None, x.line))


def _resolve(lines: Sequence[Line], work: Work) -> None:
    good = [line for line in lines if not line.problems]
    people = who.persons((line.cells[PERSON] for line in good), work)
    homes = who.households((line.cells[HOUSEHOLD] for line in good), work)
    for line in good:
        if line.cells[PERSON] not in people:
            line.wrong(PERSON, facts.no_person(line.cells[PERSON], work))
        if line.cells[HOUSEHOLD] not in homes:
            line.wrong(HOUSEHOLD, facts.no_home(line.cells[HOUSEHOLD], work))
        if not line.problems:
            line.record.person = people[line.cells[PERSON]]
            line.record.home = homes[line.cells[HOUSEHOLD]].key


def _heads(lines: Sequence[Line], work: Work) -> None:
    """Where the file says who is what to the head, every household has exactly one head today."""
    homes: dict[str, list[Line]] = {}
    for line in lines:
        lodging: Lodging | None = line.record
        if lodging and (lodging.until is None or lodging.until > work.today):
            homes.setdefault(line.cells[HOUSEHOLD], []).append(line)
    told = {n: rows for n, rows in homes.items() if any(x.record.relation for x in rows)}
    good = {
        n: [x for x in rows if not x.problems and x.record.relation == HEAD]
        for n, rows in told.items()
    }
    standing = _standing_heads([n for n, heads in good.items() if not heads])
    for number, rows in told.items():
        heads = good[number]
        for line in heads[1:]:
            text = _("这一户第 %(line)d 行已经写了户主：一户只有一个户主。")
            line.wrong(RELATION, text % {"line": heads[0].line})
        if not heads and number not in standing:
            for line in rows:
                if not line.problems:
                    line.wrong(
                        RELATION, _("这一户没有户主，或户主那一行没有通过：户主的一行写“本人”。")
                    )


def _standing_heads(numbers: list[str]) -> set[str]:
    """Of these households, those that have a head already."""
    rows = bulk.rows(
        """SELECT DISTINCT h.number FROM people_household h
        JOIN people_membership m ON m.household_id = h.id AND m.superseded_at IS NULL AND m.until IS NULL
        JOIN people_personfact f ON f.person_id = m.person_id AND f.kind = 'relation' AND f.word = '0'
          AND f.superseded_at IS NULL AND f.until IS NULL
        WHERE h.number = ANY(%s::text[])""",
        [numbers],
    )
    return {number for (number,) in rows}


def take(lines: Sequence[Line], work: Work) -> None:
    """Say what becomes of each row; where the pass writes, write it."""
    good = [line for line in lines if not line.problems]
    held = _held([line.record.person for line in good if line.record.person])
    ended: list[int] = []
    moved: list[Line] = []
    for line in good:
        person = line.record.person
        believed = work.stays.get(person, held.get(person, []))
        over = _compare(line, believed, work)
        if over is not None:
            moved.append(line)
            ended += [row.id for row in over if row.id]
            left = [row for row in believed if row not in over]
            work.stays[person] = [*left, _as_held(line, work)]
    if work.writes:
        _write(ended, moved, work)
    relations = [
        (x.record.person, x, NewFact("relation", x.record.relation, x.record.since, x.record.until))
        for x in good
        if not x.problems and x.record.relation
    ]
    facts.settle(facts.PERSONS, relations, work)


def _as_held(line: Line, work: Work) -> Held:
    """The row as it will be believed: what a later row of the file must agree with."""
    lodging: Lodging = line.record
    return Held(0, lodging.home, lodging.since, lodging.until, work.at)


def _number_of(home: int, work: Work) -> str:
    """The number of a household in sight; that of one that is new in the file; '' of one elsewhere."""
    new = next((number for number, (key, _place) in work.homes.items() if key == home), "")
    rows = bulk.rows("SELECT number FROM people_household WHERE id = %s", [home])
    return rows[0][0] if rows else new


def _held(people: list[int]) -> dict[int, list[Held]]:
    rows = bulk.rows(
        """SELECT person_id, id, household_id, since, until, recorded_at FROM people_membership
        WHERE person_id = ANY(%s::bigint[]) AND superseded_at IS NULL""",
        [people],
    )
    found: dict[int, list[Held]] = {}
    for person, *row in rows:
        found.setdefault(person, []).append(Held(*row))
    return found


def _compare(line: Line, believed: Sequence[Held], work: Work) -> list[Held] | None:
    """The stays that the row supersedes; None where it says nothing new, or is refused."""
    lodging: Lodging = line.record
    over = [
        row
        for row in believed
        if row.since < (lodging.until or OPEN_END) and (row.until or OPEN_END) > lodging.since
    ]
    mine = [row for row in over if lodging.home and row.home == lodging.home]
    other = next((row for row in over if row not in mine), None)
    if other is not None:
        number = _number_of(other.home, work)
        where = _("（家庭编号 %(number)s）") % {"number": number} if number else ""
        text = _("这个人登记在另一户%(where)s，一个人同时只能在一户。请先写明在那一户的“止”。")
        line.wrong(SINCE, text % {"where": where})
    elif any(row.recorded_at > work.at for row in mine):
        line.wrong(SINCE, clock_went_back())
    elif len(mine) == 1 and (mine[0].since, mine[0].until) == (lodging.since, lodging.until):
        return None
    else:
        line.is_now(Verdict.CHANGED if mine else Verdict.NEW)
        return mine
    return None


def _write(ended: list[int], moved: Sequence[Line], work: Work) -> None:
    stays: list[Stay] = [
        (x.record.home, x.record.person, x.record.since, x.record.until, work.source) for x in moved
    ]
    keys = intake.lodge(ended, stays, work.at)
    for line, key in zip(moved, keys, strict=True):
        if key is None:
            line.wrong(SINCE, elsewhere())
    work.wrote.ended(What.MEMBERSHIP, ended)
    work.wrote.fresh(What.MEMBERSHIP, [key for key in keys if key is not None])
    work.moved |= {line.record.person for line in moved if not line.problems}
