"""The rooms of a post: a rail in groups on a desk, a menu under the thumb on a phone, both by keys alone."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from guanjia.staff.models import User
from tests.doors import signed_in
from tests.journeys.conftest import PHONE, SMALLEST
from tests.journeys.houses import House

DRESSES = {"light": {"theme": "light", "elder": "0"}, "dark": {"theme": "dark", "elder": "0"}}
DRESSES |= {"elder": {"theme": "light", "elder": "1"}}


def test_the_rail_holds_the_rooms_of_the_post_in_groups_and_marks_the_one_entered(
    page: Page, house: House, sign_in: Callable[[User], None]
) -> None:
    sign_in(house.cast.wang)
    page.goto("/book/")
    rail = page.get_by_role("navigation", name="主导航")
    expect(rail.locator("[aria-current=page]")).to_have_text("政策簿")
    people = rail.get_by_role("list", name="一户一档")
    expect(people.get_by_role("link")).to_have_text(["人员", "复核 · 核对", "导入"])
    expect(rail.get_by_text("系统", exact=True)).to_have_count(0)
    rail.get_by_role("link", name="政策簿").focus()
    page.keyboard.press("Tab")
    expect(rail.get_by_role("link", name="办得怎么样")).to_be_focused()


def test_where_the_rail_is_longer_than_the_window_the_room_entered_is_in_sight(
    page: Page, house: House, sign_in: Callable[[User], None], size: Callable[..., None]
) -> None:
    size((1280, 480))
    sign_in(house.cast.zhou)
    page.goto("/topics/")
    expect(page.locator(".rail [aria-current=page]")).to_be_in_viewport(ratio=1)
    assert page.evaluate("window.scrollY") == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_rooms_are_a_menu_that_opens_without_a_script(
    browser: Browser, house: House, scripts: bool
) -> None:
    window = browser.new_context(
        base_url=house.url,
        locale="zh-CN",
        viewport={"width": PHONE[0], "height": PHONE[1]},
        java_script_enabled=scripts,
    )
    name = settings.SESSION_COOKIE_NAME
    value = signed_in(house.cast.wang).cookies[name].value
    window.add_cookies([{"name": name, "value": value, "url": house.url}])
    page = window.new_page()
    page.goto("/book/")
    rail = page.get_by_role("navigation", name="主导航")
    box = rail.bounding_box()
    assert box is not None
    assert box["y"] > PHONE[1] / 2, "it stands at the foot, under the thumb"
    expect(rail.get_by_role("link")).to_have_text(["首页", "诉求", "登记"])
    rail.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(rail.locator("[aria-current=page]")).to_have_text("政策簿")
    for _ in range(6):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")
    window.close()


def test_the_open_menu_closes_with_escape(
    page: Page, house: House, sign_in: Callable[[User], None], size: Callable[..., None]
) -> None:
    size(PHONE)
    sign_in(house.cast.wang)
    page.goto("/book/")
    page.get_by_text("全部栏目").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("list", name="待遇发放")).to_be_hidden()
    expect(page.locator(".thumb summary")).to_be_focused()


@pytest.mark.parametrize("dressed", list(DRESSES))
@pytest.mark.parametrize("window", [PHONE, SMALLEST])
def test_the_open_menu_is_sound_and_all_of_it_can_be_seen(
    page: Page,
    house: House,
    sign_in: Callable[[User], None],
    size: Callable[..., None],
    dress: Callable[..., None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
    dressed: str,
    window: tuple[int, int],
) -> None:
    size(window)
    dress(**DRESSES[dressed])
    sign_in(house.cast.zhou)
    page.goto("/people/")
    page.get_by_text("全部栏目").click()
    shot(f"menu-{dressed}-{window[0]}")
    sound()
    for link in (page.locator(".thumb .rooms a").first, page.locator(".thumb .rooms a").last):
        link.scroll_into_view_if_needed()
        expect(link).to_be_in_viewport(ratio=1)
    least = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.thumb a')].map(a => a.getBoundingClientRect().height))"
    )
    assert least >= (60 if dressed == "elder" else 44)
    sheet = "(e => e.scrollWidth - e.clientWidth)(document.querySelector('.thumb .sheet'))"
    assert page.evaluate(sheet) == 0, "nothing is pushed aside"
