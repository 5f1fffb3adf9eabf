"""The residents' front page: five tiles from the city's data, a search over what is public, what is near."""

import pytest
from django.conf import settings
from django.test import Client

from guanjia.concerns.rules import brand
from guanjia.places.models import Facility
from guanjia.web.front import finding
from tests import town
from tests.doors import queries_of, text_of


def test_the_front_page_has_every_brand_and_every_door(cast: town.Cast) -> None:
    page = text_of(Client(), "/")
    for one in brand.load(settings.GUANJIA_CITY).brands:
        assert str(one) in page
    for words in ("我能享受什么", "查办理进度", "附近的莞家驿站", "办得怎么样", "长辈版", "找一找"):
        assert words in page, words
    assert queries_of(Client(), "/") <= 4


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("低保", "最低生活保障"),
        ("进度", "查办理进度"),
        ("路灯", "路、灯、公园这些公共的事"),
        ("虎门", "虎门镇"),
        ("humen", "虎门镇"),
        ("反馈率", "办得怎么样"),
    ],
)
def test_the_search_finds_by_the_words_that_people_use(
    cast: town.Cast, text: str, found: str
) -> None:
    assert found in text_of(Client(), f"/find/?q={text}")


@pytest.mark.parametrize("text", ["", "zzzz", "<script>", "%", "李月好", "长" * 500])
def test_what_is_not_public_or_not_there_is_not_found(cast: town.Cast, text: str) -> None:
    page = text_of(Client(), f"/find/?q={text}")
    assert "<script>alert" not in page
    assert "李月好<" not in page.replace('value="李月好"', "")


def test_the_whole_name_stands_before_a_part_of_it() -> None:
    assert finding.score("低保", "低保", "") > finding.score("低保", "低保边缘", "")
    assert finding.score("低保", "补贴", "含低保") > finding.score("低保户", "补贴", "低保")
    assert finding.score("路灯", "老人", "照料") == 0


def test_what_is_near_says_whose_it_is_and_what_is_not_known(cast: town.Cast) -> None:
    page = text_of(Client(), f"/near/?place={town.COMMUNITY}")
    assert "长安镇牵头部门" in page
    assert "还没有录入" in page
    Facility.objects.create(
        **{"code": f"{town.COMMUNITY}0001", "place_id": town.COMMUNITY, "name": "演示驿站"},
        **{"kind": "station", "capacity": 10, "since": town.START},
    )
    assert "演示驿站" in text_of(Client(), f"/near/?place={town.COMMUNITY}")
    assert Client().get("/near/?place=441900999999").status_code == 404
    assert Client().get("/near/?place=110000").status_code == 404
    assert "虎门镇" in text_of(Client(), "/near/?q=虎门")


def test_a_place_is_chosen_by_a_few_characters_without_scripts(cast: town.Cast) -> None:
    client = Client()
    said = {"category": "elder", "text": "想送餐", "form": "a" * 32, "step": "1"}
    page = client.post("/ask/", {**said, "sought": "虎门", "go": "find"}).content.decode()
    assert f'value="at:{town.HUMEN}"' in page
    assert "想送餐" in page
    chosen = client.post("/ask/", {**said, "place": "", "go": f"at:{town.HUMEN}"}).content.decode()
    assert f'<option value="{town.HUMEN}" selected>' in chosen


def test_a_link_to_the_form_may_name_category_place_and_brand(cast: town.Cast) -> None:
    page = text_of(Client(), f"/ask/?category=child&place={town.COMMUNITY}&brand=wish")
    assert 'value="child" checked' in page
    assert f'name="place" value="{town.COMMUNITY}"' in page
    assert page.index('value="hardship"') < page.index('value="living"')
    assert 'name="place" value=""' in text_of(Client(), "/ask/?place=<b>&category=zz")
