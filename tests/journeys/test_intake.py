"""Staff at the door, in a browser: a call written down by keys alone; the pages around it on every size."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from guanjia.cases import promises
from guanjia.cases.models import Case, Event
from guanjia.concerns import tasks
from guanjia.concerns.likeness import training
from guanjia.concerns.likeness.training import Told
from guanjia.concerns.matters.actions import NewConcern, take_in
from guanjia.concerns.models import Topic
from guanjia.concerns.rules import brand
from guanjia.interop.synthetic import wordings
from guanjia.kit import clock, scope
from tests import town
from tests.doors import at_desk
from tests.journeys.houses import House
from tests.journeys.keys import focused

FOLDER = Path(settings.GUANJIA_CITY)
EYES = scope.job("test", town.CITY, town.TODAY)
BUS = ["校车停开，孩子上学要走一个钟", "校车停开以后接送不了", "为什么校车停开", "校车停开，没车坐"]
Look = Callable[[str], None]


@pytest.fixture(scope="module")
def told(house: House, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Matters of a few weeks, a model, a topic, a judgement that waits for the city's desk."""
    before = settings.GUANJIA_FILES
    settings.GUANJIA_FILES = tmp_path_factory.mktemp("files")
    known, promised, at = brand.load(FOLDER), promises.load(FOLDER), clock.now()
    for number, text in enumerate([*BUS, "球场边的路灯不亮，夜晚看不见"]):
        asked = NewConcern(f"{number:032x}", "child", f"{text}（演示）", town.COMMUNITY)
        take_in(asked, known, promised, "", at - timedelta(days=6 * number, hours=2))
    made = wordings.made(FOLDER, 200, seed=1)
    rows = [Told(n, one.text, one.category, True) for n, one in enumerate(made)]
    training.train(rows, town.CITY, at)
    tasks.gather_at(at)
    with scope.hold(EYES):
        case = Case.objects.latest("pk")
        topic = Topic.objects.get()
    client = at_desk(house.cast.wang)
    client.post(f"/inbox/{case.pk}/accept/", {"step": 0})
    note = {"step": 1, "note": "去现场看过，灯是亮的。", "reason": "unfair_facts"}
    client.post(f"/inbox/{case.pk}/judge/", note)
    client.post(f"/inbox/{case.pk}/sort/", {"category": "public_place", "policy": "street_lamp"})
    with scope.hold(EYES):
        judged = Event.objects.get(verb="judge")
    yield {"case": case.pk, "topic": topic.pk, "judged": judged.pk}
    settings.GUANJIA_FILES = before


def tab_to(page: Page, name: str) -> None:
    """By keys to the field or button of that name."""
    for _ in range(60):
        if name in focused(page)[1:3]:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by keys")


def test_a_call_is_written_down_by_keys_alone(
    page: Page,
    house: House,
    told: dict[str, int],
    sign_in: Callable[..., None],
    on_every_size: Look,
) -> None:
    sign_in(house.cast.wang)
    page.goto("/intake/")
    on_every_size("intake")
    page.goto("/intake/phone/")
    assert focused(page)[1] == "phone", "the first thing that is asked"
    page.keyboard.type("13800001234")
    tab_to(page, "text")
    page.keyboard.type("球场边路灯不亮，夜晚打球看不见，车牌粤S12345挡住了")
    tab_to(page, "where")
    page.keyboard.type(town.COMMUNITY)
    tab_to(page, "category")
    beside = page.locator("#beside")
    expect(beside).to_contain_text("球场边的路灯不亮")
    expect(beside).to_contain_text("路、灯、公园")
    expect(beside).to_contain_text("车牌")
    on_every_size("intake-sheet")
    tab_to(page, "category")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    tab_to(page, "open")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记，请念给对方听")
    expect(page.locator(".ticket")).to_be_visible()
    on_every_size("intake-taken")
    page.get_by_role("link", name="打开这件诉求").click()
    expect(page.get_by_role("main")).to_contain_text("可能是同一件事")
    on_every_size("intake-case")


def test_a_sheet_sent_empty_says_what_is_missing(
    page: Page, house: House, sign_in: Callable[..., None], on_every_size: Look
) -> None:
    sign_in(house.cast.wang)
    page.goto("/intake/visit/")
    page.get_by_label("在哪个镇街、村（社区）").fill("社区")
    page.get_by_role("button", name="登记，得到查询码").click()
    expect(page.get_by_role("main")).to_contain_text("有几个地方都对得上")
    on_every_size("intake-wrong")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("express", "/express/"),
        ("followed", "/express/matters/"),
        ("routing", "/routing/?try=year"),
        ("suggestions", "/suggestions/"),
        ("topics", "/topics/"),
        ("topic", "/topics/{topic}/"),
        ("reviews", "/reviews/"),
        ("review", "/reviews/{judged}/"),
    ],
)
def test_the_pages_around_it_are_sound_on_every_size(
    page: Page,
    house: House,
    told: dict[str, int],
    sign_in: Callable[..., None],
    dress: Callable[..., None],
    sound: Callable[[], None],
    on_every_size: Look,
    name: str,
    path: str,
) -> None:
    sign_in(house.cast.zhou)
    page.goto(path.format(**told))
    on_every_size(f"intake-{name}")
    dress(theme="dark")
    page.reload()
    sound()
    dress(theme="light")
