"""Awards that were granted elsewhere: written once, never changed by a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanjia.entitlements.records import NewAward
from guanjia.entitlements.runs import actions as entitlements
from guanjia.interop import folder_awards
from guanjia.interop.folder import OPEN_END, Period, no_overlap
from guanjia.interop.intake import documents, facts, who
from guanjia.interop.intake.lines import Line, Verdict, Work, elsewhere, once, short
from guanjia.interop.models import What
from guanjia.kit import bulk
from guanjia.policy.chapter import Chapter

NUMBER, BENEFIT, PLACE, ACCOUNT, SINCE = "批准文号", "待遇", "发放地代码", "收款账号", "首发月份"


@dataclass(slots=True)
class Granted:
    """One row, read: the award, and the column and number that name who holds it."""

    award: NewAward
    column: str
    unit: str


def prepare(lines: Sequence[Line], work: Work) -> list[Line]:
    """Read every row; refuse numbers that come twice, and two awards of one kind at one time."""
    chapters = folder_awards.asked_for(work.book)
    held: dict[tuple[str, str], list[Period]] = {}
    for line in lines:
        short(line, NUMBER, 40)
        chapter = line.read(BENEFIT, partial(folder_awards.chapter_of, chapters))
        if chapter is None:
            continue
        column, unit = folder_awards.unit_of(line, chapter)
        dates = folder_awards.dates_of(line, chapter)
        _check_account(line)
        if dates and unit:
            award = folder_awards.award_of(line, work.known_places, chapter, dates)
            if award.place in work.places:
                work.check_place(line, PLACE, award.place, (9, 12))
            line.record = Granted(award, column, unit)
            period = (*folder_awards.takes_up(chapter, dates), line)
            held.setdefault((chapter.code, unit), []).append(period)
    once(lines, NUMBER, lambda line: line.cells[NUMBER], _("与第 %(line)d 行的批准文号相同。"))
    for periods in held.values():
        no_overlap(periods, SINCE, _("同一待遇同一时间只能有一份，按年发的同一年只能有一份"))
    return list(lines)


def _check_account(line: Line) -> None:
    text = line.cells[ACCOUNT]
    if documents.ROUNDED.fullmatch(text):
        line.wrong(ACCOUNT, _("账号被表格软件改成了数字。请先把这一列设成“文本”，再重新填写。"))
        line.cells[ACCOUNT] = ""


def take(lines: Sequence[Line], work: Work) -> None:
    """Say what becomes of each row; where the pass writes, write it."""
    good = [line for line in lines if not line.problems]
    _resolve(good, work)
    good = [line for line in good if not line.problems]
    rows = bulk.rows(
        """SELECT number, benefit, coalesce(person_id, household_id), granted, since, until, payee
        FROM entitlements_award WHERE superseded_at IS NULL AND number = ANY(%s::text[])""",
        [[line.record.award.number for line in good]],
    )
    known = {number: tuple(rest) for number, *rest in rows}
    new = []
    for line in good:
        award: NewAward = line.record.award
        said = (award.benefit, award.person or award.household, award.granted, award.since)
        if award.number not in known:
            _check_overlap(line)
        if line.problems:
            continue
        if award.number not in known:
            line.found = Verdict.NEW
            new.append(line)
        elif known[award.number] != (*said, award.until, award.payee):
            line.wrong(
                NUMBER, _("这个文号已经登记，内容不同。待遇的变更请在系统里办理，不能用表格改。")
            )
    if work.writes and new:
        _write(new, work)


def _resolve(lines: Sequence[Line], work: Work) -> None:
    people = who.persons((x.record.unit for x in lines if _of_a_person(x, work)), work)
    homes = who.households((x.record.unit for x in lines if not _of_a_person(x, work)), work)
    for line in lines:
        found = line.record
        if _of_a_person(line, work):
            found.award.person = people.get(found.unit)
        else:
            found.award.household = homes[found.unit].key if found.unit in homes else None
        if found.award.person is None and found.award.household is None:
            says = facts.no_person if _of_a_person(line, work) else facts.no_home
            line.wrong(found.column, says(found.unit, work))


def _of_a_person(line: Line, work: Work) -> bool:
    chapter: Chapter = work.book.chapter(line.record.award.benefit)
    return chapter.unit == "person"


def _check_overlap(line: Line) -> None:
    """Refuse what another award of the house already covers."""
    award: NewAward = line.record.award
    unit, key = ("person_id", award.person) if award.person else ("household_id", award.household)
    rows = bulk.rows(
        f"""SELECT number FROM entitlements_award WHERE {unit} = %s AND benefit = %s
        AND superseded_at IS NULL AND since < %s AND coalesce(until, 'infinity') > %s LIMIT 1""",
        [key, award.benefit, award.until or OPEN_END, award.since],
    )
    for (number,) in rows:
        text = _("与已登记的待遇时间重叠（批准文号 %(number)s）。")
        line.wrong(SINCE, text % {"number": number})


def _write(lines: Sequence[Line], work: Work) -> None:
    """All at once; where the house refuses one that is out of sight, one by one."""
    try:
        with transaction.atomic():
            _grant(lines, work)
    except IntegrityError:
        for line in lines:
            try:
                with transaction.atomic():
                    _grant([line], work)
            except IntegrityError:
                line.wrong(NUMBER, elsewhere())
    work.wrote.fresh(What.AWARD, [x.record.award.id for x in lines if not x.problems])


def _grant(lines: Sequence[Line], work: Work) -> None:
    by = work.prepared_by, work.approved_by
    entitlements.grant_by([line.record.award for line in lines], *by, work.at)
