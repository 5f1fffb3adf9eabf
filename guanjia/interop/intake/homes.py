"""Households of a file: new, as they were, or changed in whether they are collective."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from guanjia.interop import cells
from guanjia.interop.folder import HOUSEHOLD, MOST_SIGNS
from guanjia.interop.intake.lines import (
    Line,
    Verdict,
    Work,
    elsewhere,
    once,
    short,
)
from guanjia.interop.models import What
from guanjia.kit import bulk
from guanjia.people import intake

PLACE, COLLECTIVE = "村（社区）代码", "集体户"
COMMUNITY = 12


def prepare(lines: Sequence[Line], work: Work) -> list[Line]:
    """Read every row; refuse what cannot be, and numbers that come twice."""
    for line in lines:
        number, place = short(line, HOUSEHOLD, MOST_SIGNS), line.text(PLACE)
        collective = line.read(COLLECTIVE, cells.yes_no)
        if place:
            work.check_place(line, PLACE, place, (COMMUNITY,))
        line.record = (number, place, bool(collective))
    once(
        lines, HOUSEHOLD, lambda line: line.cells[HOUSEHOLD], _("与第 %(line)d 行的家庭编号相同。")
    )
    return list(lines)


def take(lines: Sequence[Line], work: Work) -> None:
    """Say what becomes of each row; where the pass writes, write it."""
    good = [line for line in lines if not line.problems]
    rows = bulk.rows(
        "SELECT number, id, place, collective FROM people_household WHERE number = ANY(%s::text[])",
        [[line.record[0] for line in good]],
    )
    known = {number: (key, place, collective) for number, key, place, collective in rows}
    new, changed = [], []
    for line in good:
        number, place, collective = line.record
        if number not in known:
            line.found = Verdict.NEW
            new.append(line)
        elif known[number][1] != place:
            line.wrong(
                PLACE,
                _("这一户登记在 %(place)s。搬家请在家庭成员表里写：原户的“止”，新户的“起”。")
                % {"place": known[number][1]},
            )
        elif known[number][2] != collective:
            line.found = Verdict.CHANGED
            changed.append((line, known[number][0]))
    work.came_back(What.HOUSEHOLD, lines, HOUSEHOLD)
    if work.writes:
        _write(new, changed, work)
        work.came_back(What.HOUSEHOLD, new, HOUSEHOLD)
    else:
        for line in new:
            work.homes[line.record[0]] = (-len(work.homes) - 1, line.record[1])


def _write(new: Sequence[Line], changed: Sequence[tuple[Line, int]], work: Work) -> None:
    written = intake.register_households([line.record for line in new], work.at)
    for line in new:
        if line.record[0] not in written:
            line.wrong(HOUSEHOLD, elsewhere())
    work.wrote.fresh(What.HOUSEHOLD, written.values())
    if changed:
        intake.change_collective([(key, line.record[2]) for line, key in changed])
        work.wrote.changes += [
            (What.HOUSEHOLD, key, "collective", str(not line.record[2]), str(line.record[2]))
            for line, key in changed
        ]
