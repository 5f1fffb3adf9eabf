"""The stored sets: what each kind of case does to each rate, and who may count them again or change them."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from guanjia.cases.models import Case
from guanjia.concerns.answered import judging
from guanjia.concerns.rates import cli as rate_cli
from guanjia.concerns.rates import recount, taking
from guanjia.concerns.rates import tasks as rate_tasks
from guanjia.concerns.rules import rates
from guanjia.concerns.tables.rates import RateRow, RateSum, TakenRound, Taking
from guanjia.kit import scope
from tests import town
from tests.cases import office
from tests.cases.office import DAY, HOUR, MORNING
from tests.concerns import month
from tests.concerns.month import eyes, handled, lived, opened, rated, taken


def sums(one: Taking, place: str = town.CITY) -> dict[str, tuple[int, int, int]]:
    """Rate to counted, of, unanswered."""
    with scope.hold(eyes()):
        found = RateSum.objects.filter(taking=one, place=place)
        return {s.rate: (s.counted, s.of, s.unanswered) for s in found}


def row(one: Taking, case: Case, rate: str, round_: int = 1) -> tuple[bool, str] | None:
    """Whether a case counts in a set, and why it stands outside; None where it does not belong."""
    with scope.hold(eyes()):
        known = TakenRound.objects.filter(taking=one, case=case, round=round_).first()
        found = known and RateRow.objects.filter(taking=one, rate=rate, mark=known.mark).first()
        return (found.counts, found.outside) if found else None


def test_a_month_with_one_of_each_kind(cast: town.Cast) -> None:
    cases = lived(cast)
    one = taken()
    # eleven first rounds, and the second round of the one reopened, never accepted
    assert sums(one) == {
        "feedback": (9, 12, 0),
        "on_time": (8, 12, 0),
        "unreasonable": (0, 12, 0),
        "response": (9, 12, 0),
        "solved": (4, 5, 4),
        "satisfied": (3, 5, 4),
        "reopened": (1, 9, 0),
    }
    assert row(one, cases["late"], "feedback") == (True, "")
    assert row(one, cases["late"], "on_time") == (False, "")
    assert row(one, cases["never"], "feedback") == (False, "")
    assert row(one, cases["unseen"], "feedback") == (False, "")
    assert row(one, cases["unseen"], "response") == (False, "")
    assert row(one, cases["unseen"], "satisfied") is None
    assert row(one, cases["quiet0"], "satisfied") == (False, "unanswered")
    assert row(one, cases["again"], "reopened") == (True, "")
    assert row(one, cases["again"], "feedback", round_=2) == (False, "")


def test_what_is_due_later_is_not_in_the_month(cast: town.Cast) -> None:
    opened("may", at=datetime(2020, 4, 30, 15, 30, tzinfo=UTC))
    assert sums(taken()) == {}
    assert sums(taken(month=month.APRIL.replace(month=5), as_of=month.LATER + DAY))["feedback"] == (
        *(0, 1),
        0,
    )


def test_a_deadline_at_midnight_belongs_to_the_day_that_it_ends(cast: town.Cast) -> None:
    case = opened("end", at=datetime(2020, 4, 26, 2, tzinfo=UTC))
    office.make(cast.wang, case, "accept", datetime(2020, 4, 27, 1, tzinfo=UTC))
    with scope.hold(eyes()):
        assert case.clocks.get(kind="finish").due_at == datetime(2020, 4, 30, 16, tzinfo=UTC)
    assert sums(taken(as_of=month.LATER))["feedback"] == (0, 1, 0)


def test_a_month_that_is_not_over_counts_what_has_passed(cast: town.Cast) -> None:
    lived(cast)
    assert sums(taken(as_of=MORNING + HOUR)) == {}
    assert sums(taken(as_of=MORNING + 2 * DAY))["feedback"] == (0, 1, 0)  # the one nobody accepted


def test_what_was_said_later_is_in_the_next_taking(cast: town.Cast) -> None:
    case = handled(cast, "slow")
    before = taken(as_of=MORNING + 9 * DAY)
    rated(case, True, True)
    after = taken()
    assert sums(before)["satisfied"] == (0, 0, 1)
    assert sums(after)["satisfied"] == (1, 1, 0)
    with scope.hold(eyes()):
        assert recount.of(before).whole


def test_a_paused_promise_waits_beside_the_set_with_its_reason(cast: town.Cast) -> None:
    case = opened("wait")
    office.make(cast.wang, case, "accept", MORNING + HOUR)
    given = office.actions.Given("等评估报告", "waits_for_survey", until=office.UNTIL)
    office.make(cast.wang, case, "pause", MORNING + 2 * HOUR, given)
    one = taken()
    assert row(one, case, "feedback") == (False, "paused")
    assert sums(one)["feedback"] == (0, 0, 0)
    with scope.hold(eyes()):
        assert RateRow.objects.get(taking=one, rate="feedback").review is not None


def test_what_was_found_unreasonable_leaves_only_after_another_desk_upheld_it(
    cast: town.Cast,
) -> None:
    given = office.actions.Given("现场看过，没有这回事", "unfair_facts")
    cases = {}
    for key in ("alone", "upheld", "overturned", "taken back"):
        cases[key] = opened(key)
        office.make(cast.wang, cases[key], "accept", MORNING + HOUR)
        office.make(cast.wang, cases[key], "judge", MORNING + 2 * HOUR, given)
    fair = office.actions.Given("弄错了", "fair_facts")
    with scope.hold(town.eyes(cast.zhou)):
        for key, upheld in (("upheld", True), ("overturned", False), ("taken back", True)):
            event = cases[key].events.get(verb="judge")
            said = judging.Said(upheld, "核实过")
            by = office.at_desk(cast.zhou)
            judging.review(event, said, office.book(), by, MORNING + 3 * HOUR)
    office.make(cast.wang, cases["taken back"], "judge", MORNING + 4 * HOUR, fair)
    one = taken()
    assert sums(one)["feedback"] == (0, 3, 0), "one alone has left the denominator"
    assert sums(one)["unreasonable"] == (1, 4, 0)
    assert row(one, cases["upheld"], "feedback") == (False, "unreasonable")
    assert row(one, cases["alone"], "feedback") == (False, "")
    with scope.hold(eyes()):
        kept = RateRow.objects.get(taking=one, rate="feedback", outside="unreasonable")
        assert kept.review == cases["upheld"].events.get(verb="judge").pk
        assert recount.of(one).whole


def test_one_that_was_declined_at_once_was_told(cast: town.Cast) -> None:
    case = opened("no")
    given = office.actions.Given("法院在审，请等判决。", "legal_remedy")
    office.make(cast.wang, case, "decline", MORNING + HOUR, given)
    assert sums(taken())["response"] == (1, 1, 0)


def test_a_moment_is_taken_once(cast: town.Cast) -> None:
    lived(cast)
    assert taken().pk == taken().pk
    with scope.hold(eyes()):
        assert TakenRound.objects.count() == 12


def test_every_month_is_taken_in_the_first_night_and_once_more(cast: town.Cast) -> None:
    lived(cast)
    night = datetime(2020, 5, 1, 19, 30, tzinfo=UTC)
    assert [t.month.month for t in rate_tasks.take_due(night)] == [3, 4]
    assert rate_tasks.take_due(night + DAY) == []
    assert [t.month.month for t in rate_tasks.take_due(night + 31 * DAY)] == [4, 5]


def test_too_few_are_told_in_the_city_alone(cast: town.Cast) -> None:
    lived(cast)
    one = taken()
    with scope.hold(scope.PUBLIC):
        shown = set(RateSum.objects.filter(taking=one).values_list("rate", "place"))
        assert not {place for _rate, place in shown} - {town.CITY}, (
            "虎门 has two, and 长安 the rest"
        )
        assert set(RateRow.objects.values_list("place", flat=True)) == {town.CITY}
        assert not TakenRound.objects.exists()
    for n in range(4):
        handled(cast, f"more{n}", place=town.ELSEWHERE)
    with scope.hold(scope.PUBLIC):
        again = taken(as_of=month.LATER + HOUR)
        named = RateSum.objects.filter(taking=again, rate="feedback")
        assert set(named.values_list("place", flat=True)) == {town.CITY, town.CHANGAN, town.HUMEN}


def test_anyone_may_count_a_published_figure_again(cast: town.Cast) -> None:
    lived(cast)
    one = taken()
    with scope.hold(scope.PUBLIC):
        for kept in RateSum.objects.filter(taking=one):
            rows = list(RateRow.objects.filter(taking=one, rate=kept.rate).order_by("mark"))
            assert kept.counted == sum(r.counts for r in rows)
            assert kept.of == sum(r.outside == "" for r in rows)
            assert bytes(kept.hash).hex() == taking.digest(
                (r.mark, r.counts, r.outside) for r in rows
            )


def test_a_town_reads_whose_rows_they_are_in_its_own_places(cast: town.Cast) -> None:
    lived(cast)
    one = taken()
    for user, place, rounds in ((cast.wang, town.CHANGAN, 10), (cast.huang, town.HUMEN, 2)):
        with scope.hold(town.eyes(user)):
            assert TakenRound.objects.filter(taking=one).count() == rounds
            assert set(RateSum.objects.values_list("place", flat=True)) <= {town.CITY, place}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE concerns_raterow SET counts = true",
        "DELETE FROM concerns_raterow",
        "UPDATE concerns_ratesum SET counted = of",
        "DELETE FROM concerns_takenround",
        "UPDATE concerns_taking SET as_of = as_of",
        "INSERT INTO concerns_raterow (taking_id, rate, place, mark, counts, outside) "
        "SELECT taking_id, 'feedback', place, mark + 100, true, '' FROM concerns_raterow LIMIT 1",
        "INSERT INTO concerns_takenround (taking_id, mark, place, case_id, round, said_by, paused) "
        "SELECT taking_id, 999, place, case_id, 9, '', false FROM concerns_takenround LIMIT 1",
    ],
)
@pytest.mark.parametrize("who", ["job", "clerk", "public"])
def test_a_set_is_not_changed_by_anyone(cast: town.Cast, statement: str, who: str) -> None:
    lived(cast)
    taken()
    held = {"job": eyes(), "clerk": town.eyes(cast.zhou), "public": scope.PUBLIC}[who]
    with scope.hold(eyes()):
        before = list(RateRow.objects.order_by("pk").values())
    with (
        scope.hold(held),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        if not cursor.rowcount:  # nothing was seen, nothing was written
            raise DatabaseError
    with scope.hold(eyes()):
        assert list(RateRow.objects.order_by("pk").values()) == before


def test_a_sum_that_its_rows_do_not_come_to_is_refused(cast: town.Cast) -> None:
    lived(cast)
    with scope.hold(eyes()):
        one = Taking.objects.create(place_id=town.CITY, month=month.APRIL, as_of=month.LATER)
        lie = RateSum(
            **{"taking": one, "rate": "feedback", "place": town.CITY, "counted": 9, "of": 9},
            **{"unanswered": 0, "paused": 0, "unreasonable": 0, "hidden": False, "hash": b"x" * 32},
        )
        with pytest.raises(IntegrityError, match="a_sum_is_what_its_rows_come_to"):
            lie.save()


@pytest.mark.parametrize(
    ("outside", "counts", "promise"),
    [
        ("unreasonable", False, "what_was_found_unreasonable_names_its_review"),
        ("bothersome", False, "nothing_leaves_a_denominator_without_a_reason"),
        ("unanswered", True, "what_stands_outside_does_not_count"),
    ],
)
def test_no_row_leaves_a_denominator_without_a_reviewed_reason(
    cast: town.Cast, outside: str, counts: bool, promise: str
) -> None:
    with scope.hold(eyes()):
        one = Taking.objects.create(place_id=town.CITY, month=month.APRIL, as_of=month.LATER)
        with pytest.raises(IntegrityError, match=promise), transaction.atomic():
            RateRow.objects.create(
                **{"taking": one, "rate": "feedback", "place": town.CITY, "mark": 1},
                counts=counts,
                outside=outside,
            )


def test_a_clerk_writes_no_set(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.zhou)), pytest.raises(DatabaseError), transaction.atomic():
        Taking.objects.create(place_id=town.CITY, month=month.APRIL, as_of=month.LATER)


def test_a_recount_finds_what_the_cases_no_longer_say(
    cast: town.Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    case = lived(cast)["good0"]
    one = taken()
    assert rate_cli.main(["check"]) == 0
    assert "都重算过" in capsys.readouterr().out
    with scope.hold(eyes()):
        found = recount.of(one)
        assert (found.whole, found.sums) == (True, 7 * 3)
    with scope.hold(town.eyes(cast.wang)), connection.cursor() as cursor:
        cursor.execute(  # an answer written as if it had been there
            "INSERT INTO cases_event (case_id, step, round, at, verb, who, was, became, desk, reason, note)"
            " SELECT %s, 90, 1, %s, 'answer', 'sweep', 'handling', 'answered', %s, '', '补记'",
            [case.pk, MORNING + HOUR, town.CHANGAN],
        )
    assert rate_cli.main(["check"]) == 1
    assert "办理记录 1 次" in capsys.readouterr().out


def test_a_month_is_taken_by_command(cast: town.Cast, capsys: pytest.CaptureFixture[str]) -> None:
    lived(cast)
    assert rate_cli.main(["take", "2020-04"]) == 0
    assert "12 次办理" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        rate_cli.main(["take", "2199-01"])
    assert "还没有到" in capsys.readouterr().err
    assert rates.RATES
