"""Where a correction comes from: kept for what is made up and for what was too much, on page and in file."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import corrections
from guanjia.entitlements.deciding.changed_past import BOOK, MEMBERSHIP
from guanjia.entitlements.deciding.corrections import Known
from guanjia.entitlements.models import Award, Determination, Run
from guanjia.entitlements.runs import actions
from guanjia.entitlements.tables.after import Correction, Overpayment
from guanjia.kit import scope
from guanjia.people import actions as people
from guanjia.people.records import NewFact
from tests import town
from tests.doors import asked_of, at_desk, text_of
from tests.entitlements import office
from tests.entitlements.test_past import overpay, raised
from tests.people.desk import raw

WAGES = (date(2019, 5, 1), date(2019, 11, 1))


@pytest.fixture
def two(house: town.Cast) -> town.Cast:
    """December and January are paid to the 陈 family."""
    people.ensure_source("check", "核对平台")
    office.award_chen(house)
    office.months(house, office.DECEMBER, office.JANUARY)
    return house


def told(run: Run, what: str, benefit: str) -> dict[date, tuple[str, ...]]:
    """Month to why it was corrected, and by which source."""
    rows = list(Determination.objects.filter(run=run, what=what, benefit=benefit))
    found = corrections.of_changes(rows)
    assert set(found) == {row.pk for row in rows}
    return {row.since: tuple(found[row.pk]) for row in rows}


def earned_less(cast: town.Cast) -> Run:
    """陈 earned less than was known, as the platform told in February."""
    less = NewFact("wages", 150000, *WAGES)
    people.correct_fact(cast.chen, less, "check", office.moment(office.FEBRUARY, 1))
    return office.determine(cast, office.FEBRUARY)


def test_a_fact_that_makes_a_month_more_is_named_with_its_source(two: town.Cast) -> None:
    run = earned_less(two)
    wanted = ("工资性收入", "核对平台")
    assert told(run, "arrears", "dibao") == {office.DECEMBER: wanted, office.JANUARY: wanted}
    kept = Correction.objects.values_list("reason", "source", "first", "place")
    assert set(kept) == {("wages", "check", WAGES[0], town.COMMUNITY)}


def test_of_two_corrections_that_one_is_named_which_the_benefit_reads(two: town.Cast) -> None:
    people.ensure_source("papers", "婚姻登记")
    said = NewFact("marital", "30", date(2019, 1, 1), None)
    people.correct_fact(two.chen, said, "papers", office.moment(office.FEBRUARY, 1))
    run = earned_less(two)
    wanted = ("工资性收入", "核对平台")
    assert told(run, "arrears", "dibao") == {office.DECEMBER: wanted, office.JANUARY: wanted}


def test_a_fact_that_makes_it_less_says_the_same_of_the_record(two: town.Cast) -> None:
    run = overpay(two)
    records = list(Overpayment.objects.select_related("run"))
    of_records = corrections.of_overpayments(records)
    by_month = {one.month: tuple(of_records[one.pk]) for one in records}
    assert told(run, "overpaid", "dibao") == by_month
    assert set(by_month) == {office.DECEMBER, office.JANUARY}
    assert {reason for reason, _source in by_month.values()} == {"工资性收入"}


def test_a_figure_of_the_book_is_named_with_its_law(house: town.Cast) -> None:
    office.award_li(house)
    office.months(house, office.DECEMBER, office.JANUARY)
    at = office.moment(office.FEBRUARY, 1)
    actions.adopt_book(raised(office.JANUARY), house.zhou, house.liang, at)
    run = office.determine(house, office.FEBRUARY)
    ((month, (reason, source)),) = told(run, "arrears", "longevity").items()
    assert (month, source) == (office.JANUARY, "测试通知")
    (row,) = [r for r in office.BOOK.chapter("longevity").figures["second"] if r.holds(month)]
    assert reason == f"标准更正：{row.label}"


def test_an_award_that_came_late_is_named_by_its_number(house: town.Cast) -> None:
    office.award_chen(house)
    office.months(house, office.DECEMBER)
    run = office.determine(house, office.FEBRUARY)
    wanted = ("这个月以前没有发过", "批准 D-1，2019-11-20")
    assert told(run, "arrears", "dibao") == {office.JANUARY: wanted}


def test_an_award_that_ended_earlier_is_named_by_its_number(two: town.Cast) -> None:
    ended = datetime(2020, 2, 1, 2, tzinfo=UTC)
    actions.end_award(Award.objects.get(number="D-1"), office.JANUARY, ended)
    run = office.determine(two, office.FEBRUARY)
    ((month, (reason, source)),) = told(run, "overpaid", "dibao").items()
    assert (month, reason) == (office.JANUARY, "批准情况更正") and "D-1" in source


@pytest.mark.parametrize(
    ("attack", "refused"),
    [
        ("UPDATE entitlements_correction SET source = 'x'", "permission denied"),
        ("DELETE FROM entitlements_correction", "permission denied"),
        (
            "INSERT INTO entitlements_correction (determination_id, place, reason, source, first) "
            "SELECT id, place, 'wages', '', since FROM entitlements_determination WHERE what = 'same' "
            "OR what = 'new' LIMIT 1",
            "a correction is of a month made up or paid too much",
        ),
        (
            "INSERT INTO entitlements_correction SELECT * FROM entitlements_correction",
            "duplicate key|entitlements_correction_pkey",
        ),
    ],
)
def test_why_a_month_was_corrected_is_written_once(
    two: town.Cast, attack: str, refused: str
) -> None:
    earned_less(two)
    with pytest.raises(DatabaseError, match=refused):
        raw(attack)


def lines(client: Client, url: str) -> list[dict[str, str]]:
    """A CSV file, line by line."""
    response = client.get(url)
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_page_and_file_show_the_source_of_what_is_made_up(two: town.Cast) -> None:
    run = earned_less(two)
    wang = at_desk(two.wang)
    url = reverse("run_units", args=[run.pk, "arrears"])
    page = text_of(wang, url)
    assert "更正来源" in page and page.count("核对平台") == 2
    rows = lines(wang, f"{url}?form=csv")
    assert [(r["原因"], r["更正来源"]) for r in rows] == [("工资性收入", "核对平台")] * 2
    new = text_of(wang, reverse("run_units", args=[run.pk, "new"]))
    assert "更正来源" not in new


def test_page_and_file_show_the_source_of_what_was_too_much(two: town.Cast) -> None:
    overpay(two)
    wang = at_desk(two.wang)
    url = reverse("overpayments")
    assert "更正来源" in text_of(wang, url)
    rows = lines(wang, f"{url}?form=csv")
    records = Overpayment.objects.order_by("-pk").select_related("run")
    told_of = corrections.of_overpayments(records)
    wanted = [(f"{o.month:%Y-%m}", *told_of[o.pk], "待处理") for o in records]
    assert [(r["月份"], r["原因"], r["更正来源"], r["处理"]) for r in rows] == wanted
    assert [float(r["已发（元）"]) - float(r["应发（元）"]) for r in rows] == pytest.approx(
        [o.fen / 100 for o in records]
    )
    with scope.hold(town.eyes(two.huang)):
        assert Correction.objects.count() == 0, "another town sees none of it"


def test_the_list_asks_no_more_for_many(two: town.Cast) -> None:
    run = earned_less(two)
    wang = at_desk(two.wang)
    assert asked_of(wang, reverse("run_units", args=[run.pk, "arrears"])) <= 15


def test_each_book_is_read_once_however_many_rows_name_it_in_turn(house: town.Cast) -> None:
    adopted = [raised(date(2020, month, 1)) for month in range(2, 8)]
    for number, book in enumerate(adopted, 2):
        actions.adopt_book(book, house.zhou, house.liang, office.moment(office.FEBRUARY, number))
    reasons = ("wages", "second", MEMBERSHIP)
    rows = [
        Known(
            100 * row + number,
            BOOK if reason == "second" else reason,
            reason,
            "unread" if reason == MEMBERSHIP else book.revision,
            *("longevity", town.COMMUNITY, date(2020, 8, 1)),
        )
        for row in range(2)
        for number, (book, reason) in enumerate((b, r) for r in reasons for b in adopted)
    ]
    queries.book_of.cache_clear()
    with CaptureQueriesContext(connection) as seen:
        found = corrections._told(rows)
    assert len(found) == len(rows) == 36
    assert {told.source for told in found.values()} == {"wages", "测试通知", MEMBERSHIP}
    read = [one["sql"] for one in seen if "entitlements_revision" in one["sql"]]
    assert len(read) == len(adopted)
