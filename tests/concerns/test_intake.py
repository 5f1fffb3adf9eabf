"""Intake by staff: one sheet a channel, one case however often it is sent, what is read back; bad input in words."""

from dataclasses import replace
from typing import Any

import pytest

from guanjia.cases.models import Case, Event
from guanjia.concerns.intake import whereabouts
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.models import Concern, Sorting
from guanjia.concerns.rules import brand
from guanjia.kit import scope
from guanjia.staff import roles
from tests import town
from tests.concerns.test_desk import EYES, ask
from tests.doors import at_desk, queries_of, text_of

SAID = {
    "phone": "138 0000-1234",
    "name": "陈婆婆",
    "text": "球场边的路灯不亮，夜晚看不见。",
    "where": "长安镇 厦边社区",
    "category": "public_place",
    "policy": "",
    "form": "0123456789abcdef" * 2,
    "go": "open",
}


def send(client: Any, channel: str = "phone", **more: str) -> Any:
    """The sheet's button."""
    return client.post(f"/intake/{channel}/", {**SAID, **more})


def label(code: str) -> str:
    """A place as it is offered."""
    return next(s.label for s in whereabouts.offered(town.CITY) if s.code == code)


def test_a_call_is_written_down_and_its_code_read_back(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    assert "autofocus" in text_of(client, "/intake/phone/")
    page = send(client, where=label(town.COMMUNITY)).content.decode()
    assert "请念给对方听" in page
    assert "138****1234" in page
    assert "13800001234" not in page
    assert "决定受不受理；受理以后 1 个月内答复" in page
    with scope.hold(EYES):
        concern = Concern.objects.select_related("case").get()
        event = Event.objects.get()
    assert (concern.channel, concern.case.desk_id) == ("phone", town.COMMUNITY)
    assert (event.who, event.by_id) == ("staff", cast.wang.pk)
    assert concern.text == SAID["text"]
    again = send(client, where=label(town.COMMUNITY)).content.decode()
    assert "请念给对方听" in again
    with scope.hold(EYES):
        assert Case.objects.count() == 1


def test_a_policy_named_at_the_door_decides_desk_and_department(cast: town.Cast) -> None:
    page = send(at_desk(cast.wang), category="child", policy="school_place", where="长安镇")
    assert "市教育局" in page.content.decode()
    with scope.hold(EYES):
        row = Sorting.objects.select_related("case").get()
    assert (row.case.desk_id, row.department, row.policy) == (
        *(town.CITY, "jiaoyu", "school_place"),
    )


def test_somebody_from_elsewhere_is_heard_too(cast: town.Cast) -> None:
    page = send(at_desk(cast.wang), "counter", where=town.ELSEWHERE, phone="").content.decode()
    assert "不在您的辖区" in page
    assert "没有留电话" in page
    with scope.hold(town.eyes(cast.wang)):
        assert not Case.objects.exists()
    with scope.hold(town.eyes(cast.huang)):
        assert Case.objects.get().place_id == town.ELSEWHERE


def test_a_visit_is_for_somebody_who_cannot_come(cast: town.Cast) -> None:
    worker = town.desk("village", "村", roles.VILLAGE_WORKER, town.COMMUNITY)
    client = at_desk(worker)
    page = text_of(client, "/intake/visit/")
    assert label(town.COMMUNITY) in page
    assert "checked" in page
    assert "假设" in page, "nobody found what 莞家直达 is"
    assert "假设" in text_of(client, "/intake/")
    send(client, "visit", for_other="on", phone="", where=town.COMMUNITY, category="elder")
    with scope.hold(EYES):
        concern = Concern.objects.get()
    assert (concern.channel, concern.for_other) == ("visit", True)


def test_who_has_no_right_takes_nothing_in(cast: town.Cast) -> None:
    for role, place in ((roles.AUDITOR, town.CITY), (roles.PROVIDER, town.COMMUNITY)):
        client = at_desk(town.desk(role, "某", role, place))
        assert send(client).status_code == 403
    client = at_desk(cast.wang)
    for gone in ("web", "import", "ghost"):
        assert client.get(f"/intake/{gone}/").status_code == 404
    with scope.hold(EYES):
        assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"text": ""}, "请记下对方说的"),
        ({"text": " \n\t"}, "请记下对方说的"),
        ({"text": "长" * 100_000}, "最多 2000 字，现在有 100000 字"),
        ({"where": "广州市天河区"}, "本市没有这个地方"),
        ({"where": "440106"}, "本市没有这个地方"),
        ({"where": ""}, "请写一个地方"),
        ({"where": "社区"}, "有几个地方都对得上"),
        ({"category": "gone"}, "这一类现在没有了"),
        ({"category": ""}, "请选一类"),
        ({"phone": ""}, "请问一个回电号码"),
        ({"phone": "123"}, "电话是 11 位手机号"),
    ],
)
def test_bad_input_is_told_at_its_field_and_the_rest_kept(
    cast: town.Cast, changed: dict[str, str], told: str
) -> None:
    answer = send(at_desk(cast.wang), **changed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert told in page
    assert "陈婆婆" in page
    with scope.hold(EYES):
        assert not Case.objects.exists()


def test_a_category_that_is_gone_keeps_its_cases_and_takes_no_more(
    cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = at_desk(cast.wang)
    send(client, where=town.COMMUNITY)
    known = the_brand()
    left = {code: c for code, c in known.categories.items() if code != "public_place"}
    monkeypatch.setattr(brand, "load", lambda _folder: replace(known, categories=left))
    with scope.hold(EYES):
        case = Case.objects.get()
    assert "这一类已停用" in text_of(client, f"/inbox/{case.pk}/")
    assert text_of(client, f"/inbox/{case.pk}/beside/")
    assert text_of(client, "/routing/?try=year")
    assert "这一类现在没有了" in send(client, form="e" * 32).content.decode()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (town.COMMUNITY, town.COMMUNITY),
        ("长安", town.CHANGAN),
        ("长安镇", town.CHANGAN),
        (" 长 安 镇 ", town.CHANGAN),
        ("ca", town.CHANGAN),
    ],
)
def test_a_place_is_found_as_it_is_typed(cast: town.Cast, typed: str, code: str) -> None:
    assert [s.code for s in whereabouts.found(typed, town.CITY)] == [code]
    assert whereabouts.found("", town.CITY) == []
    assert whereabouts.found(label(town.COMMUNITY).split()[1], town.CITY)[0].code == town.COMMUNITY


def test_what_is_alike_nearby_stands_beside(cast: town.Cast) -> None:
    case = ask(1, "public_place")
    client = at_desk(cast.wang)
    seen = client.post(
        "/intake/phone/hints/", {"text": "第1件事，还没有修", "where": label(town.COMMUNITY)}
    ).content.decode()
    assert f"/inbox/{case.pk}/" in seen
    other = at_desk(cast.huang).post(
        "/intake/phone/hints/", {"text": "第1件事，还没有修", "where": label(town.COMMUNITY)}
    )
    assert "没有看到相近的" in other.content.decode()
    looked = send(client, go="look", text="我的电话13800001234，路灯不亮", where="")
    assert looked.status_code == 200
    assert "文字里好像有个人信息" in looked.content.decode()
    with scope.hold(EYES):
        assert Case.objects.count() == 1
    assert client.post("/intake/phone/hints/", {"text": "长" * 100_000}).status_code == 200


def test_the_sheet_takes_few_queries(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    assert queries_of(client, "/intake/phone/") <= 12
    assert queries_of(client, "/intake/") <= 10
