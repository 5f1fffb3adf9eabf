"""What the database promises of cases, each attacked by raw SQL as the application's role."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from guanjia.cases.actions import Given
from guanjia.cases.models import Case, Clock, Event
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.cases.office import DAY, HOUR, MORNING


def attack(statement: str, promise: str, eyes: scope.Scope) -> None:
    """The statement is refused, by that promise."""
    with (
        scope.hold(eyes),
        pytest.raises(DatabaseError, match=promise),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def harmless(statement: str, eyes: scope.Scope) -> None:
    """The statement finds no row that it may touch."""
    with scope.hold(eyes), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 0


@pytest.mark.parametrize(
    ("statement", "promise"),
    [
        ("UPDATE cases_clock SET met_at = now()", "an_open_case_has_a_due_moment"),
        ("UPDATE cases_case SET due_at = NULL", "earliest_unmet_clock"),
        ("UPDATE cases_case SET due_at = '2099-01-01'", "earliest_unmet_clock"),
        (
            "UPDATE cases_case SET state = 'closed', closed_at = now(), due_at = NULL",
            "a_closed_case_was_answered_in_its_round|is_answered_when_its_state",
        ),
        (
            "UPDATE cases_case SET state = 'closed', closed_at = now(), due_at = NULL, "
            "answered_at = now()",
            "an_answer_has_words_on_the_timeline",
        ),
        ("UPDATE cases_case SET state = 'answered', answered_at = now()", "an_answer_has_words"),
        ("UPDATE cases_case SET state = 'answered'", "is_answered_when_its_state_says_so"),
        (
            "UPDATE cases_case SET closed_at = now(), due_at = NULL",
            "was_answered_in_its_round|closed_when",
        ),
        ("UPDATE cases_case SET round = 2, begun_at = now()", "a_round_begins_when_an_answered"),
        ("UPDATE cases_case SET begun_at = opened_at - interval '1 day'", "a_round_begins"),
        ("UPDATE cases_case SET returns = 4", "after_three_returns_the_backstop_desk_decides"),
        ("UPDATE cases_case SET returns = 3", "after_three_returns_the_backstop_desk_decides"),
        ("UPDATE cases_case SET track = 'x'", "keeps_what_it_was_opened_with"),
        ("UPDATE cases_case SET promise = 'wish_other'", "keeps_what_it_was_opened_with"),
        ("UPDATE cases_case SET step = -1", "what_was_done_is_not_undone"),
        ("UPDATE cases_case SET merged_into_id = id", "is_merged_and_split_by_a_move"),
        ("UPDATE cases_clock SET due_at = due_at + interval '9 days'", "extended_with_a_reason"),
        (
            "UPDATE cases_clock SET due_at = due_at + interval '9 days', extended_at = started_at",
            "extended_with_a_reason",
        ),
        ("UPDATE cases_clock SET law = '我说的'", "a_promise_stays_as_it_was_made"),
        ("UPDATE cases_clock SET met_at = started_at - interval '1 s'", "kept_after_it_was_made"),
        ("UPDATE cases_event SET note = '改过'", "permission denied|append-only"),
        ("DELETE FROM cases_event", "permission denied|append-only"),
        ("DELETE FROM cases_case", "permission denied"),
        ("DELETE FROM cases_clock", "permission denied"),
        ("DELETE FROM cases_notice", "permission denied"),
    ],
)
def test_an_open_case_cannot_be_bent(cast: town.Cast, statement: str, promise: str) -> None:
    office.ask()
    attack(statement, promise, town.eyes(cast.wang))


def test_no_case_opens_answered(cast: town.Cast) -> None:
    attack(
        "INSERT INTO cases_case (kind, state, place, desk, track, promise, step, round, returns, "
        "level, opened_at, begun_at, answered_at, closed_at) VALUES ('concern', 'closed', "
        f"'{town.COMMUNITY}', '{town.CHANGAN}', 'x', 'accept', 0, 1, 0, 0, now(), now(), now(), now())",
        "a_case_opens_unanswered",
        town.eyes(cast.wang),
    )


def test_an_answer_of_the_round_before_closes_nothing(cast: town.Cast) -> None:
    case = office.answered(cast.wang)
    office.reopen(case, MORNING + DAY)
    attack(
        f"UPDATE cases_case SET state = 'closed', closed_at = now(), due_at = NULL, "
        f"answered_at = '{(MORNING + 2 * HOUR).isoformat()}'",
        "words_on_the_timeline",
        town.eyes(cast.wang),
    )


def test_an_answer_is_not_taken_back(cast: town.Cast) -> None:
    office.answered(cast.wang)
    attack(
        "UPDATE cases_case SET state = 'handling', answered_at = NULL",
        "what_was_done_is_not_undone",
        town.eyes(cast.wang),
    )


def test_a_clock_that_was_met_stays(cast: town.Cast) -> None:
    office.answered(cast.wang)
    attack(
        "UPDATE cases_clock SET met_at = started_at WHERE kind = 'finish'",
        "a_promise_stays_as_it_was_made",
        town.eyes(cast.wang),
    )


def test_a_clock_that_has_run_out_is_not_extended(cast: town.Cast) -> None:
    case = office.ask()
    office.make(cast.wang, case, "accept", MORNING + HOUR)
    with scope.hold(town.eyes(cast.wang)):
        late = Clock.objects.get(kind="finish").due_at + timedelta(minutes=1)
        Event.objects.create(
            case=case,
            step=9,
            round=1,
            at=late,
            verb="extend",
            who="staff",
            by=cast.wang,
            was="handling",
            became="handling",
            desk_id=town.CHANGAN,
            note="来不及",
        )
    attack(
        f"UPDATE cases_clock SET due_at = due_at + interval '30 days', extended_at = '{late}' "
        "WHERE kind = 'finish'",
        "extended_with_a_reason_before_it_ends",
        town.eyes(cast.wang),
    )


def test_a_merged_case_is_answered_with_its_leading_one(cast: town.Cast) -> None:
    leading, voice = office.ask(), office.ask("b" * 32)
    office.merge(cast.wang, voice, leading, MORNING)
    with scope.hold(town.eyes(cast.wang)):
        Event.objects.create(
            case=voice,
            step=9,
            round=1,
            at=MORNING + HOUR,
            verb="answer",
            who="staff",
            by=cast.wang,
            was="received",
            became="answered",
            desk_id=town.CHANGAN,
            note="单独答复",
        )
    attack(
        f"UPDATE cases_case SET state = 'answered', answered_at = '{(MORNING + HOUR).isoformat()}' "
        f"WHERE id = {voice.pk}",
        "a_merged_case_is_answered_with_its_leading_case",
        town.eyes(cast.wang),
    )


def test_an_assigned_case_is_not_returned(cast: town.Cast) -> None:
    case = office.ask(desk=town.CITY)
    office.make(cast.zhou, case, "assign", MORNING + HOUR, Given("由长安镇办", desk=town.CHANGAN))
    for statement in (
        "UPDATE cases_case SET returns = 1",
        "UPDATE cases_case SET assigned_at = NULL",
    ):
        attack(statement, "an_assigned_case_is_not_returned", town.eyes(cast.zhou))


def test_nobody_is_told_twice(cast: town.Cast) -> None:
    office.ask()
    attack(
        "INSERT INTO cases_notice (event_id, case_id, addressee, way, desk, tries, problem) "
        "SELECT event_id, case_id, addressee, way, desk, 0, '' FROM cases_notice",
        "nobody_is_told_twice_of_one_event",
        town.eyes(cast.wang),
    )


def test_another_town_sees_and_touches_nothing(cast: town.Cast) -> None:
    office.ask()
    for table in ("case", "event", "clock", "notice", "rating"):
        with scope.hold(town.eyes(cast.huang)), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM cases_{table}")
            assert cursor.fetchone() == (0,)
    harmless("UPDATE cases_case SET level = 3", town.eyes(cast.huang))
    harmless("UPDATE cases_clock SET met_at = now()", town.eyes(cast.huang))


def test_an_asker_sees_one_case_and_rates_or_reopens_it_alone(cast: town.Cast) -> None:
    mine = office.ask()
    office.ask("b" * 32)
    with scope.hold(office.asker()):
        assert [c.pk for c in Case.objects.all()] == [mine.pk]
        assert {c.case_id for c in Clock.objects.all()} == {mine.pk}
        assert {e.case_id for e in Event.objects.all()} == {mine.pk}
    for statement in (
        "UPDATE cases_case SET state = 'handling'",
        f"UPDATE cases_case SET desk = '{town.CITY}'",
    ):
        for kind in ("case", "intake"):
            eyes = scope.Scope(kind=kind, key=office.KEY)
            attack(statement, "an_asker_rates_and_reopens_and_nothing_else", eyes)


@pytest.mark.parametrize("eyes", [scope.NOTHING, scope.PUBLIC, scope.Scope(kind="case")])
def test_without_a_key_there_is_no_case(cast: town.Cast, eyes: scope.Scope) -> None:
    office.ask()
    with scope.hold(eyes):
        assert not Case.objects.exists()
        assert not Event.objects.exists()


def test_one_takes_in_under_ones_own_key_alone(cast: town.Cast) -> None:
    attack(
        "INSERT INTO cases_case (kind, state, place, desk, track, promise, step, round, returns, "
        "level, opened_at, begun_at, due_at) VALUES ('concern', 'received', "
        f"'{town.COMMUNITY}', '{town.CHANGAN}', 'of another', 'accept', 0, 1, 0, 0, now(), now(), now())",
        "row-level security",
        scope.Scope(kind="intake", key=office.KEY),
    )
