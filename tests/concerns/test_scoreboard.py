"""The scoreboard: stored sums alone, suppressed where few, its files add up, the staff's way down."""

import csv
import io
import re

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from guanjia.concerns.tables.rates import RateSum, Taking
from guanjia.kit import scope
from tests import town
from tests.cases.office import DAY, HOUR
from tests.concerns import month
from tests.concerns.month import handled, lived, taken
from tests.doors import asked_of, at_desk, text_of


def lines(client: Client, url: str) -> list[dict[str, str]]:
    """A file's lines by their heads."""
    answer = client.get(url)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_nothing_counted_yet_is_said(cast: town.Cast) -> None:
    page = text_of(Client(), "/scoreboard/")
    assert "还没有统计过" in page
    assert "群众知晓率" in page
    assert "办件记录里量不出来" in page
    assert Client().get("/scoreboard/feedback/").status_code == 404


def test_everybody_reads_the_rates_with_what_they_are_made_of(cast: town.Cast) -> None:
    lived(cast)
    taken()
    page = re.sub(r"<[^>]+>", "", text_of(Client(), "/scoreboard/"))
    for words in (
        "反馈率",
        "75.0%",
        "12 件里 9 件",
        "46.7%–91.2%",
        "没有达到",
        "另有 4 件没有回答",
    ):
        assert words in page, words
    assert page.index("反馈率") < page.index("判为不合理的占比") < page.index("响应率")
    assert "2020年4月" in page
    one = text_of(Client(), "/scoreboard/satisfied/")
    for words in ("60.0%", "目标", "90%", "没有回答的，另列件数"):
        assert words in one, words


def test_two_cases_of_a_town_are_shown_nowhere(cast: town.Cast) -> None:
    lived(cast)
    taken()
    for url in ("/scoreboard/", "/scoreboard/feedback/"):
        assert "2/2" not in text_of(Client(), url)
        assert "2 / 2" not in text_of(Client(), url)
    assert {line["代码"] for line in lines(Client(), "/scoreboard/?form=csv")} == {town.CITY}


def test_a_rate_of_too_few_is_not_shown_at_all(cast: town.Cast) -> None:
    month.rated(handled(cast, "one"), False, False)
    taken()
    page = text_of(Client(), "/scoreboard/")
    assert "少于 5 件，可能认出是谁" in page
    assert "0.0%" not in page


def test_the_rows_add_up_to_what_is_published(cast: town.Cast) -> None:
    lived(cast)
    for n in range(4):
        handled(cast, f"more{n}", place=town.ELSEWHERE)
    taken()
    for published in lines(Client(), "/scoreboard/?form=csv"):
        if published["代码"] != town.CITY:
            continue
        codes = {"反馈率": "feedback", "满意率": "satisfied", "重办率": "reopened"}
        code = codes.get(published["率"])
        if code:
            rows = lines(Client(), f"/scoreboard/{code}/?form=csv")
            assert int(published["分子"]) == sum(int(r["算在分子里"]) for r in rows)
            assert int(published["分母"]) == sum(not r["不在分母里的原因"] for r in rows)
            assert int(published["没有回答"]) == sum(
                r["不在分母里的原因"] == "unanswered" for r in rows
            )


def test_the_pages_read_as_much_for_many_cases_as_for_few(cast: town.Cast) -> None:
    handled(cast, "one")
    taken()
    few = [asked_of(Client(), url) for url in ("/scoreboard/", "/scoreboard/feedback/")]
    lived(cast)
    taken(as_of=month.LATER + HOUR)
    many = [asked_of(Client(), url) for url in ("/scoreboard/", "/scoreboard/feedback/")]
    assert many == few
    assert max(many) <= 8


def test_the_newest_taking_of_a_month_is_shown_and_older_months_stay(cast: town.Cast) -> None:
    lived(cast)
    taken()
    taken(as_of=month.LATER + 40 * DAY, month=month.APRIL.replace(month=5))
    assert "2020年5月" in text_of(Client(), "/scoreboard/")
    assert "75.0%" in text_of(Client(), "/scoreboard/?month=2020-04")
    assert Client().get("/scoreboard/?month=2019-04").status_code == 404
    assert Client().get("/scoreboard/?month=nonsense").status_code == 400


def test_a_desk_goes_down_to_the_cases_of_its_own_places(cast: town.Cast) -> None:
    cases = lived(cast)
    taken()
    wang, huang = at_desk(cast.wang), at_desk(cast.huang)
    page = text_of(wang, "/scoreboard/feedback/cases/?which=not")
    assert page.count("只在分母里") == 3
    assert f"/inbox/{cases['never'].pk}/" in page
    assert f"/inbox/{cases['never'].pk}/" not in text_of(huang, "/scoreboard/feedback/cases/")
    assert "没有回答" in text_of(wang, "/scoreboard/satisfied/cases/?which=out")
    assert text_of(huang, "/scoreboard/feedback/cases/?which=in").count("算在分子里") == 2
    assert "看是哪些件" not in text_of(Client(), "/scoreboard/feedback/")


@pytest.mark.parametrize("query", ["which=x", "sort=x", "after=x", "month=x"])
def test_a_filter_that_does_not_exist_is_refused(cast: town.Cast, query: str) -> None:
    lived(cast)
    taken()
    assert at_desk(cast.wang).get(f"/scoreboard/feedback/cases/?{query}").status_code == 400


def test_the_citys_desk_asks_for_a_count_and_a_town_does_not(cast: town.Cast) -> None:
    assert at_desk(cast.wang).post("/scoreboard/take/").status_code == 403
    zhou = at_desk(cast.zhou)
    assert zhou.post("/scoreboard/take/", {"month": "2199-01"}).status_code == 302
    assert not ProcrastinateJob.objects.filter(task_name="concerns.take_month").exists()
    assert zhou.post("/scoreboard/take/").status_code == 302
    job = ProcrastinateJob.objects.get(task_name="concerns.take_month")
    assert set(job.args) == {"month", "as_of"}


def test_a_hidden_sum_is_kept_from_everybody_but_its_town(cast: town.Cast) -> None:
    lived(cast)
    one = taken()
    for eyes, seen in (
        (scope.PUBLIC, set()),
        (town.eyes(cast.wang), set()),
        (town.eyes(cast.huang), {town.HUMEN}),
        (scope.NOTHING, set()),
    ):
        with scope.hold(eyes):
            found = RateSum.objects.filter(taking=one, place=town.HUMEN)
            assert set(found.values_list("place", flat=True)) == seen
    with scope.hold(scope.NOTHING):
        assert not Taking.objects.exists()
