"""A clerk's morning: what came in, several at once, by keys alone; one matter merged; who asked; what is late."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guanjia.cases import storing, tasks
from guanjia.cases.attaching import attach
from guanjia.cases.models import Case, Who
from guanjia.kit import clock, scope
from tests.cases.photos import PAPER, photo
from tests.concerns.test_desk import EYES, ask
from tests.journeys.houses import House

Everywhere = Callable[[str], None]


@pytest.fixture(scope="module")
def asked(house: House) -> list[Case]:
    """Four matters, one of them late, one with a photo."""
    cases = [ask(number, hours=hours) for number, hours in enumerate((30, 5, 3, 1))]
    files = [storing.store(storing.Judged("门口的灯.jpg", "image/jpeg", photo()))]
    files.append(storing.store(storing.Judged("申请.pdf", "application/pdf", PAPER)))
    with scope.hold(EYES):
        attach(cases[1], files, Who.RESIDENT, clock.now())
    tasks.sweep_at(clock.now() - timedelta(minutes=20))
    return cases


def test_a_list_is_worked_by_keys_alone(
    page: Page,
    house: House,
    asked: list[Case],
    sign_in: Callable[..., None],
    on_every_size: Everywhere,
) -> None:
    sign_in(house.cast.wang)
    page.goto("/inbox/")
    expect(page.locator(".bell .unread")).to_have_text("4")
    on_every_size("tools-inbox")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("2")
    page.keyboard.press("k")
    expect(page.locator("tr.at")).to_contain_text("第0件事")
    page.keyboard.press("?")
    expect(page.get_by_text("下一件、上一件")).to_be_visible()
    page.get_by_role("button", name="先看哪些能办").press("Enter")
    expect(page.get_by_role("heading", name="一起受理")).to_be_visible()
    on_every_size("tools-bulk")
    page.get_by_role("button", name="确定，受理 2 件").press("Enter")
    expect(page.get_by_role("heading", name="2 件办好了")).to_be_visible()
    on_every_size("tools-bulk-done")
    page.goto("/inbox/?state=late")
    page.locator("summary", has_text="存下这个筛选").press("Enter")
    page.get_by_label("起个名字").fill("超时的")
    page.get_by_role("button", name="存下", exact=True).press("Enter")
    expect(page.locator(".kept-filter")).to_contain_text("超时的")
    on_every_size("tools-filter")


def test_one_matter_is_merged_and_its_asker_known(
    page: Page,
    house: House,
    asked: list[Case],
    sign_in: Callable[..., None],
    on_every_size: Everywhere,
    tmp_path: Path,
) -> None:
    sign_in(house.cast.wang)
    page.goto(f"/inbox/{asked[2].pk}/others/?q=第")
    on_every_size("tools-others")
    mine = page.locator(".others > li").filter(has_text=f"第 {asked[1].pk} 号")
    mine.locator("summary").press("Enter")
    mine.get_by_label("为什么是同一件事").fill("同一盏灯")
    mine.get_by_role("button", name="确定并入").press("Enter")
    expect(page.get_by_text("随它办理、答复")).to_be_visible()
    page.goto(f"/inbox/{asked[1].pk}/person/?q=李月好")
    on_every_size("tools-person")
    page.get_by_label("凭什么认定是同一个人").fill("电话里核对了证件号后四位")
    page.get_by_role("button", name="就是这个人").press("Enter")
    expect(page.get_by_text("看这户人家")).to_be_visible()
    expect(page.get_by_text("还有 1 件并在一起")).to_be_visible()
    expect(page.locator(".given-files img")).to_be_visible()
    on_every_size("tools-case")
    page.goto("/notices/")
    on_every_size("tools-notices")


def test_who_stands_above_sees_what_is_late(
    page: Page,
    house: House,
    asked: list[Case],
    sign_in: Callable[..., None],
    on_every_size: Everywhere,
    dress: Callable[..., None],
) -> None:
    sign_in(house.cast.zhou)
    page.goto("/inbox/overview/")
    expect(page.get_by_role("alert")).to_contain_text("没有运行")
    on_every_size("tools-overview")
    dress(theme="dark")
    page.reload()
    on_every_size("tools-overview-dark")
    dress(theme="light")
    page.locator("tr").filter(has_text="长安镇").first.get_by_role("link").first.click()
    expect(page.get_by_role("main")).to_contain_text("长安镇和下级承办")
