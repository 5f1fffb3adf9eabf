"""Deadlines over the end of a calendar: 暂定 until the year is published, then worked out again, with an event."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from guanjia.cases import promises, queries, recounting, tasks
from guanjia.cases.actions import Given
from guanjia.cases.calendar import Adjusted, Calendar
from guanjia.cases.models import Beat, Case, Clock, Event
from guanjia.cases.promises import Promises
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.cases.office import NOTE

SHANGHAI = ZoneInfo("Asia/Shanghai")
EYES = scope.job("test", town.CITY, town.TODAY)
ACCEPTED = datetime(2026, 12, 30, 10, tzinfo=SHANGHAI)  # a Wednesday
KNOWN_AT = datetime(2026, 12, 31, 10, tzinfo=SHANGHAI)


def published() -> Promises:
    """The city's promises when 2027 is published: new year's day and the Monday after it are off."""
    before = promises.load(Path(settings.GUANJIA_CITY))
    off = Adjusted(False, "元旦")
    days = {**before.days.adjusted, date(2027, 1, 1): off, date(2027, 1, 4): off}
    return Promises(before.by_code, before.escalations, Calendar(days))


@pytest.fixture
def case(cast: town.Cast, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Accepted at the end of 2026, three working days to answer."""
    monkeypatch.setattr(office, "MORNING", ACCEPTED)
    opened = office.ask()
    office.make(cast.wang, opened, "accept", ACCEPTED)
    return office.make(cast.wang, opened, "contact", ACCEPTED, NOTE)


def finish() -> Clock:
    """The clock of the answer."""
    with scope.hold(EYES):
        return Clock.objects.get(kind="finish")


def ends(day: date) -> datetime:
    """24:00 of the day before."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def test_a_deadline_moves_when_its_year_is_published_and_the_timeline_says_so(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finish().provisional
    assert finish().due_at == ends(date(2027, 1, 5))
    tasks.sweep_at(KNOWN_AT)
    assert finish().provisional, "not published, not moved"
    with_2027 = published()
    monkeypatch.setattr(promises, "load", lambda _folder: with_2027)
    tasks.sweep_at(KNOWN_AT)
    tasks.sweep_at(KNOWN_AT)
    assert (finish().provisional, finish().due_at) == (False, ends(date(2027, 1, 7)))
    with scope.hold(EYES):
        (event,) = Event.objects.filter(verb="recount")
        now = Case.objects.get(pk=case.pk)
    assert event.note == "办结答复：原来到 2027-01-04 24:00，现在到 2027-01-06 24:00。"
    assert (now.due_at, now.step) == (ends(date(2027, 1, 7)), event.step)


def test_of_two_sweeps_one_counts_again(case: Case) -> None:
    one, known = finish(), published()
    with scope.hold(EYES):
        assert recounting.recount(one, known, KNOWN_AT)
        assert not recounting.recount(one, known, KNOWN_AT)


def test_nobody_is_late_by_a_count_made_afterwards(case: Case) -> None:
    with scope.hold(EYES):
        one = Clock.objects.get(kind="finish")
        assert recounting.recount(one, published(), datetime(2027, 2, 1, tzinfo=SHANGHAI))
        assert Clock.objects.get(kind="finish").due_at == one.due_at
        assert not Event.objects.filter(verb="recount").exists()


def test_a_pause_is_counted_again_too(cast: town.Cast, case: Case) -> None:
    wait = Given("等材料", reason="waits_for_asker", until=date(2027, 1, 29))
    office.make(cast.wang, case, "pause", KNOWN_AT, wait)
    resumed = office.make(cast.wang, case, "resume", datetime(2027, 1, 5, 10, tzinfo=SHANGHAI))
    assert resumed.due_at == ends(date(2027, 1, 8))  # paused 1, 4 and 5 January
    with scope.hold(EYES):
        assert recounting.recount(finish(), published(), datetime(2027, 1, 5, 11, tzinfo=SHANGHAI))
    assert finish().due_at == ends(date(2027, 1, 8)), "one day was paused: 5 January"


def test_an_extension_rolls_on_to_a_working_day(cast: town.Cast, case: Case) -> None:
    later = Given("要鉴定", reason="complex", until=date(2027, 1, 11))
    office.make(cast.liang, case, "extend", KNOWN_AT, later)
    assert finish().provisional
    off = {**published().days.adjusted, date(2027, 1, 11): Adjusted(False, "补休")}
    known = Promises(published().by_code, published().escalations, Calendar(off))
    with scope.hold(EYES):
        assert recounting.recount(finish(), known, KNOWN_AT)
    assert finish().due_at == ends(date(2027, 1, 13))


def test_the_sweep_says_that_it_ran_and_a_desk_sees_where_it_stopped(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        assert queries.stopped(KNOWN_AT) is None, "before the first sweep there is nothing to miss"
    tasks.sweep_at(ACCEPTED)
    with scope.hold(town.eyes(cast.wang)):
        assert queries.stopped(ACCEPTED + 10 * office.HOUR / 60) is None
        assert queries.stopped(ACCEPTED + 16 * office.HOUR / 60) == ACCEPTED
        assert Beat.objects.get().name == "sweep"
