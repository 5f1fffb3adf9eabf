"""One matter with many voices: merged with a reason, answered together, split before any answer; never a chain."""

import pytest
from django.db import IntegrityError, connection, transaction

from guanjia.cases import actions, queries
from guanjia.cases.actions import Given
from guanjia.cases.errors import Missing, NotNow, NotOneMatter, NotYours
from guanjia.cases.models import Case, Clock, Event, Notice
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.cases.office import ANSWER, DAY, HOUR, MORNING, NOTE

SECOND, THIRD = "b" * 32, "c" * 32


def now(case: Case) -> Case:
    """The case as it stands."""
    with scope.hold(office.asker(case.track)):
        return Case.objects.get(pk=case.pk)


def attacked(statement: str, *values: object) -> str:
    """The promise that refused a change of the clerk at 长安, who has the rows."""
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
    return str(refused.value)


def test_a_voice_goes_the_way_of_its_leading_case_and_keeps_its_own_clocks(cast: town.Cast) -> None:
    leading, voice = office.ask(), office.ask(SECOND)
    office.make(cast.wang, leading, "accept", MORNING + HOUR)
    merged = office.merge(cast.wang, voice, leading, MORNING + 2 * HOUR)
    assert (merged.merged_into_id, merged.state) == (leading.pk, "handling")
    with scope.hold(office.asker(SECOND)):
        clocks = {c.kind: c for c in Clock.objects.all()}
        assert clocks["accept"].met_at == MORNING + 2 * HOUR
        assert merged.due_at == min(c.due_at for c in clocks.values() if c.met_at is None)
        assert [e.verb for e in Event.objects.all()] == ["open", "accept", "merge"]
    office.make(
        cast.wang, leading, "transfer", MORNING + 3 * HOUR, Given("归社区", desk=town.COMMUNITY)
    )
    assert (now(voice).desk_id, now(voice).state) == (town.COMMUNITY, "received")
    office.make(cast.wang, leading, "accept", MORNING + 4 * HOUR)
    office.make(cast.wang, leading, "answer", MORNING + 5 * HOUR, ANSWER)
    told = now(voice)
    assert (told.state, told.answered_at) == ("answered", MORNING + 5 * HOUR)
    with scope.hold(office.asker(SECOND)):
        assert Event.objects.get(verb="answer").note == ANSWER.note
        assert not Clock.objects.filter(met_at=None).exclude(kind="visit").exists()
        assert Notice.objects.filter(addressee="resident", event__verb="answer").count() == 1


def test_a_voice_is_not_answered_alone_and_is_split_before_an_answer(cast: town.Cast) -> None:
    leading, voice = office.ask(), office.ask(SECOND)
    merged = office.merge(cast.wang, voice, leading, MORNING)
    who = queries.standing(cast.wang.posts.get(), merged)
    assert [m.verb for m in queries.lawful(CONCERN, merged, who)] == ["split"]
    for verb in ("accept", "transfer", "decline"):
        with pytest.raises(NotNow):
            office.make(cast.wang, voice, verb, MORNING + HOUR, Given("不", desk=town.COMMUNITY))
    with pytest.raises(Missing):
        office.make(cast.wang, voice, "split", MORNING + HOUR)
    alone = office.make(cast.wang, voice, "split", MORNING + HOUR, Given(note="不是同一盏灯"))
    assert (alone.merged_into_id, alone.due_at) == (None, voice.due_at)
    with pytest.raises(NotNow):
        office.make(cast.wang, voice, "split", MORNING + HOUR, NOTE)
    office.make(cast.wang, leading, "accept", MORNING + 2 * HOUR)
    office.make(cast.wang, leading, "answer", MORNING + 2 * HOUR, ANSWER)
    assert now(voice).state == "received"


def test_what_waits_with_its_leading_case_waits_and_goes_on_with_it(cast: town.Cast) -> None:
    leading, voice = office.ask(), office.ask(SECOND)
    office.make(cast.wang, leading, "accept", MORNING)
    office.merge(cast.wang, voice, leading, MORNING)
    wait = Given("等勘查", reason="waits_for_survey", until=office.UNTIL)
    office.make(cast.wang, leading, "pause", MORNING + HOUR, wait)
    assert (now(voice).state, now(voice).due_at) == ("paused", now(leading).due_at)
    split = office.make(cast.wang, voice, "split", MORNING + HOUR, NOTE)
    assert (split.state, split.merged_into_id) == ("paused", None)
    office.make(cast.wang, voice, "resume", MORNING + DAY)
    office.make(cast.wang, leading, "resume", MORNING + DAY)
    assert now(leading).state == now(voice).state == "handling"


def test_there_are_no_chains_and_no_mergers_across_desks(cast: town.Cast) -> None:
    first, second, third = office.ask(), office.ask(SECOND), office.ask(THIRD)
    office.merge(cast.wang, second, first, MORNING)
    for case, into in ((third, second), (first, third), (third, third)):
        with pytest.raises(NotOneMatter):
            office.merge(cast.wang, case, into, MORNING)
    with scope.hold(town.eyes(cast.zhou)):
        Case.objects.filter(pk=third.pk).update(desk_id=town.CITY)
    with pytest.raises(NotYours):
        office.merge(cast.wang, third, first, MORNING)
    with pytest.raises(Missing):
        office.merge(cast.zhou, third, Case(pk=999_999), MORNING)
    assert office.merge(cast.zhou, third, first, MORNING).desk_id == town.CHANGAN


def test_who_is_not_content_with_an_answer_to_many_stands_alone_again(cast: town.Cast) -> None:
    leading, voice = office.ask(), office.ask(SECOND)
    office.merge(cast.wang, voice, leading, MORNING)
    office.make(cast.wang, leading, "accept", MORNING + HOUR)
    office.make(cast.wang, leading, "answer", MORNING + HOUR, ANSWER)
    again = office.reopen(now(voice), MORNING + DAY)
    assert (again.merged_into_id, again.round, again.state) == (None, 2, "received")
    assert now(leading).state == "answered"


def test_the_desk_above_takes_a_late_case_with_its_voices(cast: town.Cast) -> None:
    leading, voice = office.ask(), office.ask(SECOND)
    office.merge(cast.wang, voice, leading, MORNING)
    for _step in range(3):
        with scope.hold(town.eyes(cast.zhou)):
            assert actions.escalate(now(leading), office.book(), MORNING + 40 * DAY)
    for _step in range(3):
        with scope.hold(town.eyes(cast.zhou)):
            assert actions.escalate(now(voice), office.book(), MORNING + 40 * DAY)
    assert now(leading).desk_id == now(voice).desk_id == town.CITY


def test_raw_sql_merges_nothing(cast: town.Cast) -> None:
    first, second, third = office.ask(), office.ask(SECOND), office.ask(THIRD)
    office.merge(cast.wang, second, first, MORNING)
    merged = "UPDATE cases_case SET merged_into_id = %s WHERE id = %s"
    event = (
        "INSERT INTO cases_event (case_id, step, round, at, verb, who, by_id, was, became, desk, reason, note) "
        "SELECT id, step, round, now(), %s, 'staff', %s, state, state, desk, '', '同一件' FROM cases_case WHERE id = %s"
    )
    with scope.hold(town.eyes(cast.wang)):
        assert "a_case_is_merged_and_split_by_a_move" in attacked(merged, first.pk, third.pk)
        assert "a_case_is_merged_and_split_by_a_move" in attacked(merged, None, second.pk)
        assert "a_case_is_split_before" in attacked(merged, third.pk, second.pk)
        Case.objects.filter(pk__in=(first.pk, third.pk)).update(step=9)
        with connection.cursor() as cursor:
            for case in (first, third):
                cursor.execute(event, ["merge", cast.wang.pk, case.pk])
        assert "a_case_joins_one_that_leads" in attacked(merged, second.pk, third.pk)
        assert "a_case_joins_one_that_leads" in attacked(merged, third.pk, first.pk)
        assert "a_case_joins_an_open_one" in attacked(merged, 999_999, third.pk)
        copy = (
            "INSERT INTO cases_case (kind, state, place, desk, track, promise, step, round, returns, level,"
            " opened_at, begun_at, due_at, merged_into_id) SELECT kind, state, place, desk, 'd', promise, 0, 1,"
            " 0, 0, opened_at, begun_at, due_at, %s FROM cases_case WHERE id = %s"
        )
        assert "a_case_opens_unmerged" in attacked(copy, first.pk, third.pk)


def test_an_asker_merges_and_splits_nothing(cast: town.Cast) -> None:
    first, second = office.ask(), office.ask(SECOND)
    office.merge(cast.wang, second, first, MORNING)
    line = (
        "INSERT INTO cases_event (case_id, step, round, at, verb, who, by_id, was, became, desk, reason, note) "
        "SELECT id, step, round, now(), 'split', 'staff', %s, state, state, desk, '', 'x' FROM cases_case WHERE id = %s"
    )
    split = "UPDATE cases_case SET merged_into_id = NULL WHERE id = %s"
    with scope.hold(office.asker(SECOND)):
        assert "an_asker_opens_rates_and_reopens" in attacked(line, cast.wang.pk, second.pk)
        assert "an_asker_rates_and_reopens" in attacked(split, second.pk)
    with scope.hold(town.eyes(cast.huang)):
        assert not Case.objects.filter(pk=second.pk).exists()


def test_an_answered_case_is_neither_merged_nor_split(cast: town.Cast) -> None:
    leading, voice, late = office.ask(), office.ask(SECOND), office.ask(THIRD)
    office.merge(cast.wang, voice, leading, MORNING)
    office.make(cast.wang, leading, "accept", MORNING + HOUR)
    office.make(cast.wang, leading, "answer", MORNING + HOUR, ANSWER)
    for case in (voice, leading):
        with pytest.raises(NotNow):
            office.make(cast.wang, case, "split", MORNING + 2 * HOUR, NOTE)
    with pytest.raises(NotNow):
        office.merge(cast.wang, late, leading, MORNING + 2 * HOUR)
