"""The home page: what waits for which post, what strangers see, how looks are kept."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from guanjia.entitlements.models import Run
from guanjia.kit import scope
from guanjia.staff import gate, roles
from guanjia.staff.models import Post, User
from tests import town
from tests.doors import at_desk, queries_of, text_of
from tests.entitlements import office


@pytest.fixture
def worked(cast: town.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """陈 paid for December and January; February waits; 李婆婆 of 长安 and 何金水 of 虎门 are missed."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        office.open_house(cast)
        office.award_chen(cast)
        office.months(cast, office.DECEMBER, office.JANUARY)
        return office.determine(cast, office.FEBRUARY)


def test_a_stranger_sees_what_each_benefit_pays_and_nothing_of_the_office(db: None) -> None:
    page = text_of(Client(), "/")
    assert "1060 元/人·月" in page
    assert "等您办理" not in page
    assert reverse("account_login") in page


def test_the_chief_finds_the_run_that_waits(cast: town.Cast, worked: Run) -> None:
    page = text_of(at_desk(cast.liang), "/")
    assert "2020年2月的发放待审批" in page
    assert f'href="{reverse("run", args=[worked.pk])}"' in page


def test_the_one_who_asked_for_the_run_is_not_told_to_approve_it(
    cast: town.Cast, worked: Run
) -> None:
    assert "待审批</span>" not in text_of(at_desk(cast.zhou), "/")


def test_a_town_counts_its_own_missed_and_no_other_towns(cast: town.Cast, worked: Run) -> None:
    def missed(client: Client) -> list[int]:
        found = client.get("/").context["waiting"]
        return [one.count for one in found if one.url.endswith("?kind=missed")]

    assert missed(at_desk(cast.wang)) == [1]
    assert missed(at_desk(cast.huang)) == [1]
    assert missed(at_desk(cast.liang)) == [2]


def test_the_last_run_shows_the_sum_of_the_posts_own_places(cast: town.Cast, worked: Run) -> None:
    ours = at_desk(cast.wang).get("/").context["last_run"]
    theirs = at_desk(cast.huang).get("/").context["last_run"]
    more = 3 * (54 - 45) * 106000 // 1000  # the price subsidies of three: the index rose
    assert (ours.run, ours.paid.units, ours.more) == (worked, 4, more)
    assert ours.paid.fen > 0
    assert (theirs.paid.units, theirs.paid.fen) == (0, 0)


def test_a_user_without_a_post_is_told_so(cast: town.Cast) -> None:
    new = User.objects.create_user("new", full_name="新")
    client = Client()
    client.force_login(new, backend="django.contrib.auth.backends.ModelBackend")
    page = text_of(client, "/")
    assert "您还没有岗位" in page
    assert "等您办理" not in page


def test_home_takes_few_queries(cast: town.Cast, worked: Run) -> None:
    assert queries_of(at_desk(cast.liang), "/") <= 18


def test_the_figures_due_for_review_are_named(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "过了复核期限" not in text_of(at_desk(cast.wang), "/")
    monkeypatch.setattr(settings, "GUANJIA_DEMO_DAY", town.TODAY.replace(year=2021))
    page = text_of(at_desk(cast.wang), "/")
    assert "最低生活保障 · 低保标准" in page
    assert "2020年12月31日" in page


def test_a_broken_book_stops_no_page_but_says_what_is_wrong(
    cast: town.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "city.toml").write_text('code = "441900"\n')
    monkeypatch.setattr(settings, "GUANJIA_CITY", tmp_path)
    assert "政策簿读不出来" in text_of(at_desk(cast.wang), "/")
    assert "一章也没有" in text_of(Client(), "/book/", 503)
    assert "政策簿读不出来" in text_of(Client(), "/book/dibao/", 503)


@pytest.mark.parametrize(
    ("sent", "cookie", "value"),
    [
        ({"theme": "dark"}, "theme", "dark"),
        ({"theme": "neon"}, "theme", None),
        ({"elder": "1"}, "elder", "1"),
        ({"elder": "7"}, "elder", None),
        ({"language": "zh-hans"}, "django_language", "zh-hans"),
        ({"language": "xx"}, "django_language", None),
    ],
)
def test_looks_are_kept_and_nothing_else_is(
    db: None, sent: dict[str, str], cookie: str, value: str | None
) -> None:
    kept = Client().post(reverse("look"), sent).cookies.get(cookie)
    assert (kept.value if kept else None) == value


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [("/book/dibao/", "/book/dibao/"), ("https://elsewhere.example/", "/"), ("//elsewhere", "/")],
)
def test_the_way_back_never_leads_out_of_the_house(db: None, wanted: str, led_to: str) -> None:
    response = Client().post(reverse("look"), {"theme": "dark", "next": wanted})
    assert response.headers["Location"] == led_to


def test_one_acts_in_the_post_one_chose_and_in_no_one_elses(cast: town.Cast) -> None:
    second = Post.objects.create(
        user=cast.wang, role=roles.VILLAGE_WORKER, place_id=town.COMMUNITY, since=town.START
    )
    client = Client()
    client.force_login(cast.wang, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("act_in"), {"post": str(second.pk)})
    assert client.session[gate.ACTING] == second.pk
    others = Post.objects.get(user=cast.huang)
    assert client.post(reverse("act_in"), {"post": str(others.pk)}).status_code == 403
    assert client.session[gate.ACTING] == second.pk
