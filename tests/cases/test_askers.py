"""What the database lets an asker do to a case, attacked by raw SQL under the asker's own scopes."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from guanjia.cases import actions
from guanjia.cases.models import Case, Event, Rating
from guanjia.cases.workflow import RESIDENT
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.cases.office import DAY, HOUR, KEY, MORNING

INTAKE = scope.Scope(kind="intake", key=KEY)
SAYS = "an_asker_opens_rates_and_reopens_and_says_nothing_else"
MOVES = "an_asker_rates_and_reopens_and_nothing_else"
CLOCKS = "an_asker_begins_an_acceptance_and_ends_a_visit_and_no_other_clock"
STEP = "UPDATE cases_case SET step = step + 1"
EVENT = (
    "INSERT INTO cases_event (case_id, step, round, at, verb, who, by_id, was, became, desk, reason, note)"
    " SELECT id, {step}, {round}, '2020-04-03', '{verb}', '{who}', {by}, {was}, '{became}', {desk},"
    " '{reason}', '我说的' FROM cases_case"
)
CLOCK = (
    "INSERT INTO cases_clock (case_id, kind, round, started_at, due_at, met_at, provisional, period, law,"
    " status, promise) SELECT id, '{kind}', round + 1, '{at}', '2021-01-01', {met}, false, '1日', '我说的',"
    " 'found', 'accept' FROM cases_case"
)
REOPENED = (
    "UPDATE cases_case SET round = round + 1, begun_at = '2020-04-03', state = 'received',"
    " returns = 0, level = 0, answered_at = NULL, closed_at = NULL, assigned_at = NULL"
)


def event(verb: str, became: str, **other: str) -> str:
    """SQL of a line on the timeline, as an asker's would be but for what is named."""
    line = {"step": "step", "round": "round", "who": "resident", "by": "NULL", "was": "state"}
    line |= {"desk": "desk", "reason": ""}
    return EVENT.format(**line | {"verb": verb, "became": became} | other)


RATE, REOPEN = event("rate", "closed"), event("reopen", "received", round="round + 1")


def run(*statements: str, eyes: scope.Scope | None = None) -> None:
    """All in one transaction under the asker's scope."""
    with scope.hold(eyes or office.asker()), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refused(*statements: str, by: str, eyes: scope.Scope | None = None) -> None:
    """The last of them is refused, by that promise; nothing of them stays."""
    with scope.hold(eyes or office.asker()), transaction.atomic(), connection.cursor() as cursor:
        for statement in statements[:-1]:
            cursor.execute(statement)
        with pytest.raises(DatabaseError, match=by), transaction.atomic():
            cursor.execute(statements[-1])
        transaction.set_rollback(True)


def kept() -> Case:
    """The case as its asker sees it."""
    with scope.hold(office.asker()):
        return Case.objects.get(track=KEY)


def test_the_verbs_of_askers_are_those_that_the_database_lets_through() -> None:
    mine = {move.verb: move for move in CONCERN.moves if RESIDENT in move.who}
    assert set(mine) == {"open", "rate", "reopen"}
    assert {verb: move.to for verb, move in mine.items()} == {
        **{"open": "received", "rate": "closed", "reopen": "received"}
    }
    assert {verb: (move.starts, move.meets) for verb, move in mine.items()} == {
        "open": (("accept",), ()),
        "rate": ((), ("visit",)),
        "reopen": (("accept",), ("visit",)),
    }


def test_every_verb_of_a_desk_is_refused(cast: town.Cast) -> None:
    office.answered(cast.wang)
    verbs = {move.verb for move in CONCERN.moves} | {"escalate", "lift", "recount", "identify"}
    for verb in sorted(verbs - {"rate", "reopen"}):
        for eyes in (office.asker(), INTAKE):
            before = (STEP,) if eyes.kind == "case" else ()
            refused(*before, event(verb, "answered"), by=SAYS, eyes=eyes)
    for verb in ("rate", "reopen"):
        refused(event(verb, "closed"), by=SAYS, eyes=INTAKE)


@pytest.mark.parametrize(
    "line",
    [
        {"who": "sweep"},
        {"who": "staff", "by": "(SELECT min(id) FROM staff_user)"},
        {"step": "step + 7"},
        {"step": "step - 1"},
        {"round": "round + 2"},
        {"was": "'handling'"},
        {"became": "answered"},
        {"desk": f"'{town.CITY}'"},
        {"reason": "unfair_facts"},
    ],
)
def test_a_line_is_the_askers_own_and_about_the_case_as_it_stands(
    cast: town.Cast, line: dict[str, str]
) -> None:
    office.answered(cast.wang)
    refused(STEP, event(**{"verb": "rate", "became": "closed"} | line), by=SAYS)


def test_before_an_answer_an_asker_moves_nothing(cast: town.Cast) -> None:
    case = office.ask()
    for verb in ("accept", "contact"):
        refused(event("rate", "closed"), by=SAYS)
        refused(event("reopen", "received", round="round + 1"), by=SAYS)
        refused(STEP, by=MOVES)
        refused(REOPENED, by=MOVES)
        office.make(cast.wang, case, verb, MORNING + HOUR, office.NOTE)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'closed', closed_at = now(), due_at = NULL",
        "state = 'received', answered_at = NULL, closed_at = NULL",
        "step = step + 2",
        "level = 3",
        "returns = 1",
        f"desk = '{town.CITY}'",
        f"first_desk = '{town.CITY}'",
        "assigned_at = now()",
        "answered_at = now()",
        "person_id = 1",
        "round = round + 1, begun_at = now()",
    ],
)
def test_an_asker_changes_a_case_by_its_verbs_alone(cast: town.Cast, change: str) -> None:
    office.answered(cast.wang)
    refused(f"UPDATE cases_case SET {change}", by=MOVES)
    refused(f"UPDATE cases_case SET {change}", by=MOVES, eyes=INTAKE)
    refused(STEP, RATE, f"UPDATE cases_case SET {change}", by=MOVES)
    refused(STEP, REOPEN, f"UPDATE cases_case SET {change}", by=MOVES)


def test_a_step_is_taken_once_before_its_line_is_written(cast: town.Cast) -> None:
    office.answered(cast.wang)
    refused(STEP, STEP, by=MOVES)


def test_a_round_begins_with_the_line_that_reopens(cast: town.Cast) -> None:
    office.answered(cast.wang)
    moved = REOPENED.replace("2020-04-03", "2020-04-09")
    refused(STEP, REOPEN, moved, by=MOVES)
    refused(STEP, REOPEN, REOPENED.replace("level = 0", "level = 2"), by=MOVES)
    refused(STEP, REOPEN, f"{REOPENED}, desk = '{town.CITY}'", by=MOVES)


@pytest.mark.parametrize(
    "change",
    [
        "met_at = now()",
        "met_at = '2020-04-03'",
        "due_at = due_at + interval '1 day'",
        "provisional = true",
        "paused_since = now()",
        "extended_at = now()",
    ],
)
def test_an_asker_moves_no_clock(cast: town.Cast, change: str) -> None:
    office.answered(cast.wang)
    for eyes in (office.asker(), INTAKE):
        refused(f"UPDATE cases_clock SET {change}", by=f"{CLOCKS}|stays_as_it_was_made", eyes=eyes)
        of_visit = f"UPDATE cases_clock SET {change} WHERE kind = 'visit'"
        refused(of_visit, by=CLOCKS, eyes=eyes)


@pytest.mark.parametrize(
    "clock",
    [
        {"kind": "finish"},
        {"kind": "visit"},
        {"at": "2020-04-02"},
        {"met": "'2020-04-03'"},
    ],
)
def test_an_asker_begins_no_clock_but_the_acceptance_of_what_is_reopened(
    cast: town.Cast, clock: dict[str, str]
) -> None:
    office.answered(cast.wang)
    mine = {"kind": "accept", "at": "2020-04-03", "met": "NULL"}
    refused(STEP, REOPEN, CLOCK.format(**mine | clock), by=CLOCKS)
    refused(CLOCK.format(**mine), by=CLOCKS)
    refused(STEP, RATE, CLOCK.format(**mine), by=CLOCKS)
    refused(CLOCK.format(**mine), by=CLOCKS, eyes=INTAKE)


def opened(**other: str) -> str:
    """SQL of a new case."""
    row = {
        **{"kind": "'concern'", "state": "'received'", "place": f"'{town.COMMUNITY}'"},
        **{"desk": f"'{town.CHANGAN}'", "track": f"'{KEY}'", "promise": "'ask_help'", "step": "0"},
        **{"round": "1", "returns": "0", "level": "0", "opened_at": "'2020-04-01'"},
        **{"begun_at": "'2020-04-01'", "due_at": "'2021-01-01'"},
        **other,
    }
    return f"INSERT INTO cases_case ({', '.join(row)}) VALUES ({', '.join(row.values())})"


@pytest.mark.parametrize(
    "other",
    [
        {"state": "'handling'"},
        {"state": "'paused'", "look_again_at": "now()"},
        {"level": "3"},
        {"step": "5"},
        {"begun_at": "now() + interval '1 day'"},
        {"first_desk": f"'{town.CHANGAN}'"},
        {"assigned_at": "now()"},
        {"person_id": "1"},
    ],
)
def test_a_case_opens_as_every_case_opens(cast: town.Cast, other: dict[str, str]) -> None:
    refused(opened(**other), by="opens_a_case_as_every_case_opens", eyes=INTAKE)


def test_a_code_opens_no_case(cast: town.Cast) -> None:
    refused(opened(), by="opens_a_case_as_every_case_opens")


def test_what_is_opened_has_one_first_line_and_one_first_clock(cast: town.Cast) -> None:
    line = event("open", "received", was="''").replace("'2020-04-03'", "opened_at")
    clock = CLOCK.replace("round + 1", "{round}").replace("'{at}'", "{at}")
    first = {"kind": "accept", "round": "1", "at": "opened_at", "met": "NULL"}
    for wrong in ({"kind": "finish"}, {"round": "2"}, {"at": "opened_at - interval '1 day'"}):
        refused(opened(), clock.format(**first | wrong), by=CLOCKS, eyes=INTAKE)
    for wrong_line in (
        line.replace("opened_at", "'2020-04-03'"),
        line.replace("SELECT id, step", "SELECT id, 1"),
        line.replace("'received'", "'answered'"),
    ):
        refused(opened(), wrong_line, by=SAYS, eyes=INTAKE)
    run(opened(), clock.format(**first), line, eyes=INTAKE)
    with scope.hold(office.asker()):
        assert [e.verb for e in Event.objects.all()] == ["open"]


def test_an_asker_tells_a_desk_what_is_new_and_marks_nothing_as_told(cast: town.Cast) -> None:
    office.answered(cast.wang)
    told = (
        "INSERT INTO cases_notice (event_id, case_id, addressee, way, desk, tries, problem)"
        " SELECT id, case_id, '{to}', 'sms', desk, 0, '' FROM cases_event WHERE verb = '{verb}'"
    )
    for to, verb in (("resident", "answer"), ("desk", "answer"), ("resident", "open")):
        refused(told.format(to=to, verb=verb), by="row-level security")
    with scope.hold(office.asker()), connection.cursor() as cursor:
        for change in ("sent_at = now()", "read_at = now()", "given_up_at = now()", "tries = 1"):
            cursor.execute(f"UPDATE cases_notice SET {change}")
            assert cursor.rowcount == 0


def test_what_is_said_of_an_answer_comes_with_the_line_that_says_so(cast: town.Cast) -> None:
    office.answered(cast.wang)
    rating = (
        "INSERT INTO cases_rating (case_id, round, solved, satisfied, why, at)"
        " SELECT id, round, true, true, '', '2020-04-03' FROM cases_case"
    )
    refused(rating, by="row-level security")
    refused(rating, by="row-level security", eyes=INTAKE)
    refused(rating, by="row-level security", eyes=town.eyes(cast.wang))
    refused(STEP, REOPEN, rating, by="row-level security")
    refused(STEP, RATE, rating.replace("'2020-04-03'", "'2020-04-04'"), by="row-level security")
    run(STEP, RATE, rating)
    with scope.hold(office.asker()):
        assert Rating.objects.count() == 1


def test_an_asker_puts_no_file_beside_an_answer(cast: town.Cast) -> None:
    office.answered(cast.wang)
    file = (
        "INSERT INTO cases_attachment (case_id, event_id, who, name, media, size, sha256, stored, at)"
        " SELECT case_id, {event}, 'resident', 'a.png', 'image/png', 1, '', md5('a'), now()"
        " FROM cases_event WHERE verb = 'answer'"
    )
    refused(file.format(event="id"), by="row-level security")
    run(file.format(event="NULL"))


def test_what_an_asker_may_do_is_done(cast: town.Cast) -> None:
    case, book = office.answered(cast.wang), office.book()
    with scope.hold(office.asker()):
        case = actions.rate(
            *(CONCERN, book, case, case.step, MORNING + DAY), solved=False, satisfied=False
        )
    assert kept().closed_at == MORNING + DAY
    office.reopen(case, MORNING + 2 * DAY)
    now = kept()
    assert (now.state, now.round, now.answered_at, now.begun_at) == (
        *("received", 2, None),
        MORNING + 2 * DAY,
    )
    office.make(cast.wang, now, "accept", MORNING + 2 * DAY + HOUR)
    office.make(cast.wang, now, "answer", MORNING + 2 * DAY + 2 * HOUR, office.ANSWER)
    office.reopen(kept(), MORNING + 3 * DAY)
    assert (kept().round, kept().state) == (3, "received")


def test_an_asker_rates_by_raw_sql_as_the_verb_does(cast: town.Cast) -> None:
    office.answered(cast.wang)
    closed = "UPDATE cases_case SET state = 'closed', closed_at = '2020-04-03', due_at = NULL"
    met = "UPDATE cases_clock SET met_at = '2020-04-03' WHERE kind = 'visit'"
    run(STEP, RATE, closed, met)
    assert kept().state == "closed"
