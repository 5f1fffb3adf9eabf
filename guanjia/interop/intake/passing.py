"""A pass over a file: every sheet in the order in which one builds on the other, batch by batch."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from guanjia.interop import tables, workbook
from guanjia.interop.folder import PERSON
from guanjia.interop.intake import (
    awards,
    facts,
    homes,
    matching,
    members,
    persons,
    sheets,
    stands,
)
from guanjia.interop.intake.lines import Line, Work, lines_of
from guanjia.interop.intake.matching import Matched
from guanjia.staff.roles import May

BATCH = 2_000

Prepare = Callable[[Sequence[Line], Work], list[Line]]
Take = Callable[[Sequence[Line], Work], None]


class Way(NamedTuple):
    """How rows of a table go in, and what a post must be allowed for it."""

    prepare: Prepare
    take: Take
    may: May = May.SEE_PEOPLE


WAYS = {
    tables.HOUSEHOLDS.code: Way(homes.prepare, homes.take),
    tables.PERSONS.code: Way(persons.prepare, persons.take),
    tables.MEMBERS.code: Way(members.prepare, members.take),
    tables.PERSON_FACTS.code: Way(
        partial(facts.prepare, facts.PERSONS), partial(facts.take, facts.PERSONS)
    ),
    tables.HOUSEHOLD_FACTS.code: Way(
        partial(facts.prepare, facts.HOUSEHOLDS), partial(facts.take, facts.HOUSEHOLDS)
    ),
    tables.AWARDS.code: Way(awards.prepare, awards.take),
    tables.FACILITIES.code: Way(stands.prepare_facilities, stands.take_facilities),
    tables.POSTS.code: Way(stands.prepare_posts, stands.take_posts, May.MANAGE_POSTS),
}
ORDER = {table.code: n for n, table in enumerate(tables.IMPORTED)}


def open_file(file: Path, table: str, rights: frozenset[May]) -> list[Matched]:
    """The sheets of a file as tables, in order. Raises BadFile."""
    filled = [sheet for sheet in sheets.read(file) if sheet.title not in workbook.ASIDE]
    found = [_allowed(matching.match(sheet, table), rights) for sheet in filled]
    return sorted(
        found, key=lambda m: ORDER.get(m.table.code, len(ORDER)) if m.table else len(ORDER)
    )


def _allowed(matched: Matched, rights: frozenset[May]) -> Matched:
    """A table that the post may not import is named and not read."""
    if matched.table is None or matched.trouble or WAYS[matched.table.code].may in rights:
        return matched
    trouble = _("您当前的岗位不能导入“%(title)s”表。") % {"title": matched.table.title}
    return Matched(matched.sheet, matched.table, {}, trouble=trouble)


def lines(matched: Matched) -> list[Line]:
    """The rows of a sheet; none where nothing of it is read."""
    return [] if matched.trouble else list(lines_of(matched))


def look_ahead(found: Sequence[tuple[Matched, list[Line]]], work: Work) -> None:
    """Know beforehand for whom the file names a household."""
    for matched, rows in found:
        if matched.table is tables.MEMBERS:
            work.housed |= {line.cells[PERSON] for line in rows}
