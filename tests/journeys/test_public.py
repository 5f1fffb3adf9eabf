"""An old woman's matter, asked by her neighbour on a small phone in large letters without scripts, to the end.

Then what everybody sees of it, and what the desk does for those who say nothing.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from guanjia.staff.models import User
from tests.journeys.conftest import DESK, SMALLEST
from tests.journeys.houses import House
from tests.journeys.test_concerns import at_the_desk, rate

Sized = Callable[[tuple[int, int]], None]
Checked = Callable[[], None]
Shot = Callable[[str], None]
TEXT = "楼上八十岁的李婆婆膝盖疼，下不了楼，想请人送餐。"


@pytest.fixture
def plain(page: Page, dress: Callable[..., None], size: Sized) -> None:
    """Large letters, the smallest phone, no script runs."""
    dress(elder="1")
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    size(SMALLEST)


def ask(page: Page, sound: Checked, shot: Shot) -> str:
    """The four steps, the place by two characters; returns the code."""
    page.goto("/")
    sound()
    shot("front-elder")
    page.get_by_role("link", name="说一件事").first.click()
    page.get_by_role("radio", name="老人照料").check()
    page.get_by_label("发生了什么，您希望怎样").fill(TEXT)
    page.locator("main").get_by_role("button", name="下一步").click()
    page.get_by_label("先写村（社区）或镇街的名字").fill("长盛")
    page.get_by_role("button", name="查找").click()
    sound()
    shot("ask-place-elder")
    page.get_by_role("button", name="长安镇 长盛社区").click()
    expect(page.get_by_label("在哪个镇街、村（社区）")).to_have_value("441900119002")
    page.locator("main").get_by_role("button", name="下一步").click()
    page.get_by_role("radio", name="替别人，例如邻居、家人").check()
    page.get_by_label("怎么称呼您（可以不填）").fill("陈小姐")
    page.get_by_label("联系电话").fill("13800001234")
    page.get_by_role("checkbox", name="可以把这件事去掉姓名").check()
    sound()
    shot("ask-who-elder")
    page.locator("main").get_by_role("button", name="下一步").click()
    page.wait_for_timeout(3100)  # nobody is faster than that
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".scan svg")).to_be_visible()
    sound()
    shot("slip-elder")
    return page.locator(".ticket").inner_text()


def call_and_publish(page: Page, on_every_size: Shot) -> None:
    """The desk calls in vain, and approves what others may read."""
    page.goto("/callbacks/?desk=all")
    on_every_size("callbacks")
    page.get_by_role("link", name="老人照料").click()
    on_every_size("callback")
    page.get_by_role("radio", name="没有打通，下次再打").check()
    page.get_by_role("button", name="记下来").click()
    expect(page.get_by_text("请过些时候再打")).to_be_visible()
    number = page.get_by_role("link", name="老人照料").get_attribute("href") or ""
    page.goto(number.replace("callbacks", "inbox") + "publish/")
    on_every_size("publish")
    assert "李婆婆" not in page.locator("textarea").first.input_value()
    page.get_by_role("button", name="看过了，公开").click()


def read_by_everybody(page: Page, on_every_size: Shot) -> None:
    """The board, the front page, the search, what is near."""
    page.goto("/board/")
    expect(page.get_by_text("每天中午送餐上门")).to_be_visible()
    expect(page.get_by_text("李婆婆")).to_have_count(0)
    on_every_size("board")
    page.goto("/")
    on_every_size("front")
    page.goto("/find/?q=送餐")
    page.goto("/near/?place=441900119002")
    on_every_size("near")


def rate_and_reopen(page: Page, code: str, sound: Checked, shot: Shot) -> None:
    """By the scanned code and the phone; not solved, once more, and off the board."""
    page.goto(f"/case/?code={code}")
    expect(page.get_by_label("查询码")).to_have_value(code)
    page.get_by_label("留下的电话（没有留就空着）").fill("13800001234")
    page.get_by_role("button", name="查看", exact=True).click()
    sound()
    shot("answered-elder")
    rate(page, "no", "第一天没有来")
    page.get_by_role("button", name="没有解决，重新办理").click()
    expect(page.get_by_role("heading", name="收到了，等待受理")).to_be_visible()
    page.get_by_role("button", name="撤下，不再公开").click()
    sound()
    page.goto("/board/")
    expect(page.get_by_text("每天中午送餐上门")).to_have_count(0)


def test_an_old_womans_matter(
    house: House,
    page: Page,
    plain: None,
    sign_in: Callable[[User], None],
    dress: Callable[..., None],
    size: Sized,
    sound: Checked,
    shot: Shot,
    on_every_size: Shot,
) -> None:
    code = ask(page, sound, shot)
    page.context.clear_cookies()
    page.unroute("**/*.js")
    size(DESK)
    sign_in(house.cast.wang)
    at_the_desk(page, "社工每天中午送餐上门，从明天起。", sound, shot, "old")
    call_and_publish(page, on_every_size)
    page.context.clear_cookies()
    read_by_everybody(page, on_every_size)
    dress(elder="1")
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    size(SMALLEST)
    rate_and_reopen(page, code, sound, shot)
