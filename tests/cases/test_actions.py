"""The verbs of a case: who may make them, what they need, which clocks they begin, keep and move."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django import app

from guanjia.cases import actions, queries, tasks
from guanjia.cases.actions import ASKER, Given
from guanjia.cases.errors import (
    CaseError,
    Missing,
    MovedMeanwhile,
    NotNow,
    NotYours,
    RatedAlready,
    ReturnedEnough,
    TooLate,
)
from guanjia.cases.models import Case, Clock, Event, Notice, Rating
from guanjia.cases.promises import NoSuchPromise
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.cases.office import ANSWER, DAY, HOUR, MORNING, NOTE, UNTIL

SHANGHAI = ZoneInfo("Asia/Shanghai")


def clocks(case: Case) -> dict[str, Clock]:
    """The clocks of the case's round."""
    with scope.hold(office.asker(case.track)):
        now = Case.objects.get(pk=case.pk)
        return {c.kind: c for c in Clock.objects.filter(case=case, round=now.round)}


def shanghai(*parts: int) -> datetime:
    """A moment in the city."""
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]


def test_an_opened_case_is_due_when_it_should_be_accepted(cast: town.Cast) -> None:
    case = office.ask()
    assert case.due_at == MORNING + DAY
    assert clocks(case)["accept"].law.startswith("2020年11月3日")


def test_the_whole_way_with_its_clocks(cast: town.Cast) -> None:
    case = office.ask()
    accepted = office.make(cast.wang, case, "accept", MORNING + HOUR)
    assert accepted.due_at == shanghai(2020, 4, 3)  # first contact: one working day
    assert clocks(case)["finish"].due_at == shanghai(2020, 4, 8)  # three, over 清明 and a weekend
    contacted = office.make(cast.wang, case, "contact", MORNING + 2 * HOUR, NOTE)
    assert contacted.due_at == shanghai(2020, 4, 8)
    told = office.make(cast.wang, case, "answer", MORNING + 3 * HOUR, ANSWER)
    assert (told.state, told.answered_at) == ("answered", MORNING + 3 * HOUR)
    assert told.due_at == clocks(case)["visit"].due_at
    with scope.hold(office.asker()):
        closed = actions.rate(
            *(CONCERN, office.book(), told, told.step, MORNING + DAY),
            **{"solved": True, "satisfied": True},
        )
        verbs = [e.verb for e in Event.objects.all()]
    assert (closed.state, closed.due_at) == ("closed", None)
    assert verbs == ["open", "accept", "contact", "answer", "rate"]


def test_reopening_begins_a_round_and_keeps_what_was(cast: town.Cast) -> None:
    case = office.answered(cast.wang)
    again = office.reopen(case, MORNING + DAY)
    assert (again.round, again.state, again.answered_at) == (2, "received", None)
    assert again.due_at == MORNING + 2 * DAY
    with scope.hold(office.asker()):
        assert Event.objects.filter(round=1, verb="answer").get().note == ANSWER.note
        assert Clock.objects.filter(round=1, met_at=None).count() == 0
    office.make(cast.wang, case, "accept", MORNING + DAY + HOUR)
    second = office.make(cast.wang, case, "answer", MORNING + DAY + 2 * HOUR, ANSWER)
    assert second.answered_at == MORNING + DAY + 2 * HOUR


def test_a_round_is_rated_once(cast: town.Cast) -> None:
    case = office.answered(cast.wang)
    said = {"solved": False, "satisfied": False, "why": "还是黑的"}
    with scope.hold(office.asker()):
        rated = actions.rate(CONCERN, office.book(), case, case.step, MORNING + DAY, **said)
        with pytest.raises(RatedAlready):
            actions.rate(CONCERN, office.book(), rated, rated.step, MORNING + DAY, **said)
        assert Rating.objects.get().why == "还是黑的"


@pytest.mark.parametrize(
    ("verb", "given", "refused"),
    [
        ("answer", ANSWER, NotNow),
        ("close", NOTE, NotNow),
        ("decline", Given(note="不归我们"), Missing),
        ("decline", Given(reason="legal_remedy", note="  "), Missing),
        ("decline", Given(reason="because", note="不归我们"), Missing),
        ("transfer", NOTE, Missing),
        ("assign", Given("长安办", desk=town.CHANGAN), NotYours),
        ("reopen", NOTE, NotNow),
    ],
)
def test_what_a_desk_may_not_do_with_a_new_case(
    cast: town.Cast, verb: str, given: Given, refused: type[CaseError]
) -> None:
    case = office.ask()
    with pytest.raises(refused):
        office.make(cast.wang, case, verb, MORNING + HOUR, given)
    with scope.hold(office.asker()):
        assert Event.objects.count() == 1


def test_an_asker_makes_no_move_of_a_desk(cast: town.Cast) -> None:
    case = office.ask()
    with scope.hold(office.asker()), pytest.raises(NotYours):
        actions.make(CONCERN, office.book(), case.pk, 0, "accept", ASKER, MORNING)


def test_a_page_that_is_old_makes_no_move(cast: town.Cast) -> None:
    case = office.ask()
    office.make(cast.wang, case, "transfer", MORNING + HOUR, Given("归社区", desk=town.COMMUNITY))
    with scope.hold(town.eyes(cast.wang)), pytest.raises(MovedMeanwhile):
        actions.make(
            *(CONCERN, office.book(), case.pk, 0, "accept", office.at_desk(cast.wang), MORNING)
        )


def test_three_returns_lead_to_the_backstop_which_assigns(cast: town.Cast) -> None:
    case = office.ask(desk=town.COMMUNITY)
    back = Given("应由镇里办", reason="needs_higher_level")
    first = office.make(cast.wang, case, "return", MORNING + HOUR, back)
    assert (first.desk_id, first.returns) == (town.CHANGAN, 1)
    second = office.make(cast.wang, case, "return", MORNING + 2 * HOUR, back)
    assert second.desk_id == town.CITY
    with pytest.raises(ReturnedEnough):
        office.make(cast.zhou, case, "return", MORNING + 3 * HOUR, back)
    office.make(cast.zhou, case, "transfer", MORNING + 3 * HOUR, Given("再议", desk=town.CHANGAN))
    third = office.make(cast.wang, case, "return", MORNING + 4 * HOUR, back)
    assert (third.desk_id, third.returns) == (town.CITY, 3)
    with scope.hold(town.eyes(cast.zhou)):
        who = queries.standing(cast.zhou.posts.get(), third)
        verbs = [m.verb for m in queries.lawful(CONCERN, third, who)]
    assert verbs == ["accept", "assign", "decline", "merge"]
    given = Given("由长安镇办", desk=town.CHANGAN)
    assert office.make(cast.zhou, case, "assign", MORNING + 5 * HOUR, given).desk_id == town.CHANGAN
    for verb in ("return", "transfer"):
        with pytest.raises(ReturnedEnough):
            given = Given("不办", reason="not_our_duty", desk=town.COMMUNITY)
            office.make(cast.wang, case, verb, MORNING + 6 * HOUR, given)


def test_a_pause_has_a_reason_and_a_day_and_moves_the_end(cast: town.Cast) -> None:
    case = office.ask()
    office.make(cast.wang, case, "accept", MORNING + HOUR)
    office.make(cast.wang, case, "contact", MORNING + HOUR, NOTE)
    given = Given("等她寄户口本来", reason="waits_for_asker", until=date(2020, 4, 10))
    paused = office.make(cast.wang, case, "pause", MORNING + 2 * HOUR, given)
    assert (paused.state, paused.due_at) == ("paused", shanghai(2020, 4, 11))
    with pytest.raises(NotNow):
        office.make(cast.wang, case, "answer", MORNING + 3 * HOUR, ANSWER)
    resumed = office.make(cast.wang, case, "resume", shanghai(2020, 4, 3, 10))
    assert resumed.due_at == shanghai(2020, 4, 10)  # two working days were paused: 2 and 3 April
    assert clocks(case)["finish"].paused_since is None


def test_only_a_chief_extends_once_and_before_the_end(cast: town.Cast) -> None:
    case = office.ask()
    office.make(cast.wang, case, "accept", MORNING + HOUR)
    given = Given("要请专家鉴定", reason="complex", until=UNTIL)
    with pytest.raises(NotYours):
        office.make(cast.wang, case, "extend", MORNING + 2 * HOUR, given)
    with pytest.raises(TooLate):
        office.make(cast.liang, case, "extend", shanghai(2020, 4, 9), given)
    office.make(cast.liang, case, "extend", MORNING + 2 * HOUR, given)
    assert clocks(case)["finish"].due_at == shanghai(2020, 5, 1)
    with pytest.raises(TooLate):
        later = Given("还要", reason="complex", until=date(2020, 5, 20))
        office.make(cast.liang, case, "extend", MORNING + 3 * HOUR, later)


def test_declining_answers_too(cast: town.Cast) -> None:
    case = office.ask()
    given = Given("这是合同纠纷，请到法院", reason="legal_remedy")
    told = office.make(cast.wang, case, "decline", MORNING + HOUR, given)
    assert (told.state, told.answered_at) == ("answered", MORNING + HOUR)
    with scope.hold(office.asker()):
        assert Event.objects.get(verb="decline").reason == "legal_remedy"


def test_every_voice_is_answered_with_its_leading_case(cast: town.Cast) -> None:
    leading, voice = office.ask(), office.ask("b" * 32)
    office.merge(cast.wang, voice, leading, MORNING)
    office.make(cast.wang, leading, "accept", MORNING + HOUR)
    office.make(cast.wang, leading, "answer", MORNING + 2 * HOUR, ANSWER)
    with scope.hold(office.asker(voice.track)):
        told = Case.objects.get()
        assert (told.state, told.answered_at) == ("answered", MORNING + 2 * HOUR)
        assert Event.objects.get(verb="answer").note == ANSWER.note
        assert told.due_at == Clock.objects.get(kind="visit").due_at


def test_each_is_told_what_concerns_them(cast: town.Cast) -> None:
    office.answered(cast.wang)
    with scope.hold(office.asker()):
        told = list(Notice.objects.order_by("pk").values_list("event__verb", "addressee"))
    assert told == [("open", "desk"), ("accept", "resident"), ("answer", "resident")]


def test_a_promise_that_the_city_does_not_make_opens_nothing(cast: town.Cast) -> None:
    with pytest.raises(NoSuchPromise):
        office.ask(promise="tomorrow")


def test_a_case_keeps_the_promise_it_was_made_under(cast: town.Cast) -> None:
    case = office.ask(promise="petition")
    office.make(cast.wang, case, "accept", MORNING)
    one = clocks(case)["finish"]
    assert (one.promise, one.period, one.status) == ("petition", "60日", "found")
    assert one.due_at == shanghai(2020, 6, 2)  # 31 May is a Sunday
    steps = queries.why(one, office.book())
    assert (steps[0].what, steps[-1].what, steps[-1].day) == ("begins", "ends", date(2020, 6, 1))


def test_a_deadline_in_a_year_without_a_calendar_is_provisional(cast: town.Cast) -> None:
    case = office.ask()
    office.make(cast.wang, case, "accept", shanghai(2027, 1, 5))
    assert clocks(case)["finish"].provisional


def test_late_cases_go_up_a_step_at_a_time(cast: town.Cast) -> None:
    case = office.ask()
    due = case.due_at
    assert due is not None
    assert tasks.sweep_at(due + HOUR) == 0  # reminded the day after, not at once
    assert tasks.sweep_at(due + 2 * DAY) == 1
    assert tasks.sweep_at(due + 2 * DAY) == 0
    assert tasks.sweep_at(due + timedelta(days=30)) == 1
    assert tasks.sweep_at(due + timedelta(days=30)) == 1
    assert tasks.sweep_at(due + timedelta(days=300)) == 0
    with scope.hold(office.asker()):
        raised = Case.objects.get()
        assert (raised.level, raised.desk_id) == (3, town.CITY)
        levels = list(Event.objects.filter(verb="escalate").values_list("reason", flat=True))
    assert levels == ["1", "2", "3"]


def test_the_sweep_stands_in_the_queue() -> None:
    named = [task.task.name for task in app.periodic_registry.periodic_tasks.values()]
    assert "cases.sweep" in named


def test_an_answered_case_is_not_escalated(cast: town.Cast) -> None:
    office.answered(cast.wang)
    assert tasks.sweep_at(MORNING + timedelta(days=300)) == 0
