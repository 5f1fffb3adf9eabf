"""Trying other figures: who gains, who loses, what it costs; asked, stopped, and kept from meddling."""

from collections.abc import Sequence
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from guanjia.entitlements.errors import (
    AlreadyDecided,
    ChangedBook,
    EndedBefore,
    NoBook,
    NoSuchTown,
    NotTried,
    OutOfDate,
    TooManyMonths,
)
from guanjia.entitlements.proposals import adoption
from guanjia.entitlements.records import Wish
from guanjia.entitlements.tables.books import WhatIf, WhatIfFigure, WhatIfState
from guanjia.entitlements.what_if import tasks as what_if_tasks
from guanjia.entitlements.what_if import trying, what_ifs
from guanjia.kit import scope
from guanjia.people.records import NewFact
from guanjia.policy import book as books
from guanjia.policy import proposing
from guanjia.policy.city.comparing import Toll
from guanjia.policy.proposing import BadProposal
from tests import town
from tests.entitlements import office

MAY = date(2020, 5, 1)
AT = office.moment(town.TODAY)


def wish(*changes: str, since: date | None = None, months: int = 1) -> Wish:
    """A wish as it is typed."""
    return Wish(tuple(proposing.read(text) for text in changes), since, months)


def ask(cast: town.Cast, *changes: str, since: date | None = None, months: int = 1) -> WhatIf:
    """A what-if of the city's, asked by 周."""
    asked = wish(*changes, since=since, months=months)
    return trying.ask_what_if(asked, town.CITY, cast.zhou, AT, town.TODAY)


def tried(cast: town.Cast, *changes: str, since: date | None = None, months: int = 1) -> WhatIf:
    """The same, worked off."""
    what_if = ask(cast, *changes, since=since, months=months)
    what_if_tasks.try_figures(None, what_if.pk)
    what_if.refresh_from_db()
    return what_if


Line = tuple[str, str, bool, int, int, int, int, int, int]


def lines(what_if: WhatIf) -> Sequence[Line]:
    """Town, benefit, held, units before and after, gainers, losers, fen before and after."""
    return [
        (
            *(f.place_id, f.benefit, f.held, f.before_units, f.after_units),
            *(f.gainers, f.losers, f.before_fen, f.after_fen),
        )
        for f in what_ifs.figures(what_if)
    ]


def test_a_higher_line_tells_who_gains_and_what_it_costs(house: town.Cast) -> None:
    office.award_chen(house)
    found = tried(house, "dibao_line=1150")
    assert (found.state, found.done, found.since) == (WhatIfState.DONE, 1, MAY)
    held = (town.CHANGAN, "dibao", True, 1, 1, 1, 0, 142100, 169100)
    assert held in lines(found)
    assert {line[1] for line in lines(found)} <= {
        *("dibao", "bianyuan", "dibao_single", "tekun", "price_subsidy", "relief_urgent"),
        *("disability_living", "disability_care"),
    }
    assert "longevity" not in {line[1] for line in lines(found)}


def test_who_loses_is_counted_and_who_has_no_award_stands_apart(house: town.Cast) -> None:
    office.award_li(house)
    found = tried(house, "longevity.second=120", "longevity.first=130")
    assert lines(found) == [
        (town.CHANGAN, "longevity", True, 1, 1, 0, 1, 15000, 12000),
        (town.HUMEN, "longevity", False, 1, 1, 1, 0, 10000, 13000),
    ]
    older = tried(house, "longevity.age_second=85", "longevity.age_first=80")
    assert lines(older) == [
        (town.CHANGAN, "longevity", True, 1, 1, 0, 1, 15000, 10000),
        (town.HUMEN, "longevity", False, 1, 0, 0, 1, 10000, 0),
    ]


def test_a_town_of_its_own_costs_there_alone(house: town.Cast) -> None:
    found = tried(house, f"longevity.first@{town.HUMEN}=150")
    assert [(line[0], line[7], line[8]) for line in lines(found) if line[7] != line[8]] == [
        (town.HUMEN, 10000, 15000)
    ]


def test_each_month_reads_its_own_facts_and_ages(house: town.Cast) -> None:
    office.learn(house.ho, NewFact("alive", 0, date(2020, 6, 1)))
    found = tried(house, "longevity.first=130", months=3)
    of_humen = [
        (f.month, f.after_units, f.after_fen)
        for f in what_ifs.figures(found)
        if f.place_id == town.HUMEN
    ]
    assert of_humen == [(MAY, 1, 13000)]
    assert {f.month for f in what_ifs.figures(found)} == {MAY, date(2020, 6, 1), date(2020, 7, 1)}


def test_the_book_that_is_tried_is_made_again_and_proven(house: town.Cast) -> None:
    found = ask(house, "dibao_line=1150", "dibao.house_limit=2")
    assert what_ifs.tried(found).revision == found.revision != found.base_id
    assert [str(change) for change in what_ifs.changes_of(found)] == found.changes.splitlines()
    found.revision = "0" * 64
    with pytest.raises(ChangedBook):
        what_ifs.tried(found)


def test_what_cannot_be_tried_is_refused_and_nothing_is_kept(as_job: town.Cast) -> None:
    with pytest.raises(NoBook):
        ask(as_job, "dibao_line=1150")
    office.open_house(as_job)
    office.award_chen(as_job)
    office.months(as_job, office.JANUARY)
    refused = (
        (AlreadyDecided, wish("dibao_line=1150", since=office.JANUARY)),
        (TooManyMonths, wish("dibao_line=1150", months=25)),
        (TooManyMonths, wish("dibao_line=1150", months=0)),
        (NoSuchTown, wish("dibao_line@441900999=1150")),
        (BadProposal, wish("dibao_lin=1150")),
        (BadProposal, wish("dibao_line=1060")),
    )
    for error, wanted in refused:
        with pytest.raises(error):
            trying.ask_what_if(wanted, town.CITY, as_job.zhou, AT, town.TODAY)
    assert not WhatIf.objects.exists()
    assert ask(as_job, "dibao_line=1150").since == office.FEBRUARY  # the first month undecided


def test_one_that_is_stopped_keeps_its_months_and_takes_no_more(house: town.Cast) -> None:
    found = ask(house, "longevity.first=130", months=2)
    toll = Toll(MAY, town.HUMEN, "longevity", False, 1, 1, 1, 0, 10000, 13000)
    assert trying.record_month(found.pk, MAY, [toll], AT)
    assert trying.record_month(found.pk, MAY, [toll], AT)  # written before: nothing twice
    trying.cancel_what_if(found.pk, house.zhou, AT)
    june = toll._replace(month=date(2020, 6, 1))
    assert not trying.record_month(found.pk, june.month, [june], AT)
    found.refresh_from_db()
    assert (found.state, found.done, len(lines(found))) == (WhatIfState.CANCELLED, 1, 1)
    what_if_tasks.try_figures(None, found.pk)  # its job comes too late
    assert len(lines(found)) == 1
    with pytest.raises(EndedBefore, match="已停止"):
        trying.cancel_what_if(found.pk, house.zhou, AT)


def test_only_one_that_came_to_its_end_is_proposed_and_on_the_book_it_read(
    house: town.Cast,
) -> None:
    found = ask(house, "dibao_line=1150", months=2)
    with pytest.raises(NotTried, match="排队中"):
        adoption.propose_what_if(found.pk, "", house.zhou, AT)
    trying.cancel_what_if(found.pk, house.zhou, AT)
    with pytest.raises(NotTried, match="已停止"):
        adoption.propose_what_if(found.pk, "", house.zhou, AT)
    done, other = tried(house, "dibao_line=1150"), tried(house, "dibao_line=1200")
    made = adoption.propose_what_if(done.pk, "试行通知", house.zhou, AT)
    new = books.from_text(made.text).chapter("dibao").figure_on("dibao_line", MAY)
    assert new is not None
    assert (new.law, new.status) == ("试行通知", "known")  # nobody compared it with the document
    adoption.adopt_proposal(made.pk, house.liang, AT)
    with pytest.raises(OutOfDate):
        adoption.propose_what_if(other.pk, "", house.zhou, AT)


def test_a_surprise_stands_on_the_what_if_with_a_code(
    house: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> list[Toll]:
        raise ZeroDivisionError

    monkeypatch.setattr(what_if_tasks, "tolls", breaks)
    found = tried(house, "dibao_line=1150")
    assert found.state == WhatIfState.FAILED
    assert "ZeroDivisionError" in found.trouble and "再试算一次" in found.trouble


ADDED = (
    "INSERT INTO entitlements_whatiffigure (what_if_id, month, place, benefit, held, before_units,"
    " after_units, gainers, losers, before_fen, after_fen) SELECT id, {} FROM entitlements_whatif{}"
)
OWN = ADDED.format("'2020-06-01', '441900121', 'dibao', true, {}", "")
ONCE = "'2020-06-01', '441900121', 'dibao', true, 1, 1, 1, 0, 5, 6"
TURN = "is not of the month that its what-if is trying"
ENDED = ", ended_at = now()"
ATTACKS = (
    ("UPDATE entitlements_whatif SET changes = 'longevity.first=1'", "keeps what was asked"),
    ("UPDATE entitlements_whatif SET by_id = by_id + 1", "keeps what was asked"),
    ("UPDATE entitlements_whatif SET done = months + 1", "what_if_does_no_more_than_asked"),
    (
        "UPDATE entitlements_whatif SET state = 'done'" + ENDED,
        "what_if_is_done_when_every_month_is",
    ),
    (
        "UPDATE entitlements_whatif SET state = 'cancelled'" + ENDED,
        "a_what_if_that_was_stopped_names_who",
    ),
    ("UPDATE entitlements_whatif SET state = 'failed'" + ENDED, "a_what_if_that_failed_says_why"),
    ("UPDATE entitlements_whatif SET ended_at = now()", "what_if_has_ended_or_is_at_work"),
    ("DELETE FROM entitlements_whatif", "append-only|permission denied"),
    ("UPDATE entitlements_whatiffigure SET after_fen = 0", "append-only|permission denied"),
    ("DELETE FROM entitlements_whatiffigure", "append-only|permission denied"),
    # a month that was tried, one out of turn, another city's town
    (ADDED.format(ONCE.replace("06-01", "05-01"), ""), TURN),
    (ADDED.format(ONCE.replace("06-01", "08-01"), ""), TURN),
    (ADDED.format(ONCE.replace("441900121", "440100001"), ""), "row-level security|" + TURN),
    (OWN.format("1, 1, 2, 0, 5, 6"), "who_gains_is_entitled_after_and_who_loses_was_before"),
    (OWN.format("1, 1, 0, 2, 5, 6"), "who_gains_is_entitled_after_and_who_loses_was_before"),
    (OWN.format("0, 1, 1, 0, 5, 6"), "nobody_entitled_costs_nothing"),
    (
        ADDED.format(ONCE, ", generate_series(1, 2)"),
        "one_figure_a_what_if_month_town_and_benefit",
    ),
)


@pytest.mark.parametrize(("attack", "says"), ATTACKS)
def test_raw_sql_changes_nothing_of_a_what_if(house: town.Cast, attack: str, says: str) -> None:
    found = ask(house, "longevity.first=130", months=3)
    toll = Toll(MAY, town.HUMEN, "longevity", False, 1, 1, 1, 0, 10000, 13000)
    trying.record_month(found.pk, MAY, [toll], AT)
    with (
        pytest.raises(DatabaseError, match=says),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attack)


def test_what_has_ended_stays_ended(house: town.Cast) -> None:
    found = ask(house, "longevity.first=130")
    trying.cancel_what_if(found.pk, house.zhou, AT)
    with (
        pytest.raises(DatabaseError, match="has ended"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE entitlements_whatif SET state = 'working', ended_at = NULL")


def test_a_town_sees_its_own_figures_and_writes_none(house: town.Cast) -> None:
    tried(house, "longevity.first=130", "longevity.second=160")
    waits = ask(house, "longevity.first=140")
    with scope.hold(town.eyes(house.wang)):
        assert {f.place_id for f in WhatIfFigure.objects.all()} == {town.CHANGAN}
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            WhatIf.objects.filter(pk=waits.pk).update(trouble="x")
    with scope.hold(town.eyes(house.huang)):
        assert {f.place_id for f in WhatIfFigure.objects.all()} == {town.HUMEN}
    for eyes in (scope.PUBLIC, scope.NOTHING):
        with scope.hold(eyes):
            assert not WhatIf.objects.exists() and not WhatIfFigure.objects.exists()
