"""Arriving: a stranger sees what this is; staff see what waits; everybody chooses how pages look."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.houses import House


def test_a_stranger_sees_the_benefits_and_the_way_in(page: Page, sound: Callable[[], None]) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    card = page.get_by_role("listitem").filter(has_text="最低生活保障").first
    expect(card).to_contain_text("1060 元/人·月")
    sound()
    page.get_by_role("banner").get_by_role("link", name="登录").click()
    page.wait_for_url("**/accounts/login/")


def test_staff_come_back_to_where_they_were_going(page: Page, house: House) -> None:
    page.goto("/people/")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill("a long enough word")
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(f"{house.url}/people/")


def test_a_reader_makes_the_letters_large_and_they_stay_large(page: Page, house: House) -> None:
    page.goto("/book/")
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.get_by_role("button", name="长辈版").click()
    expect(page).to_have_url(f"{house.url}/book/")
    page.get_by_role("link", name="高龄津贴").first.click()
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    after = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert (before, after) == (16, 20)
    targets = page.locator(".slim-head .plain").all()
    assert all((target.bounding_box() or {"height": 0})["height"] >= 60 for target in targets)


def test_staff_choose_the_dark_theme_and_it_holds(
    page: Page, house: House, sign_in: Callable[..., None]
) -> None:
    sign_in(house.cast.wang)
    page.goto("/")
    page.get_by_text("王", exact=True).click()
    page.get_by_role("button", name="深色").click()
    page.wait_for_url(f"{house.url}/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/marks/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_everything_on_the_way_in_is_reached_by_keys_alone(page: Page, house: House) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("说一件事")
    page.keyboard.press("Tab")
    page.keyboard.type("低保")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=*")
    page.get_by_role("link", name="最低生活保障").press("Enter")
    page.wait_for_url("**/book/dibao/")

    page.goto("/accounts/login/")
    page.get_by_label("用户名").focus()
    page.keyboard.type("wang")
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough word")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.url}/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.locator("summary").filter(has_text="王").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出登录")).to_be_hidden()


def test_a_refused_door_says_why_and_what_next(
    page: Page, house: House, sign_in: Callable[..., None], sound: Callable[[], None]
) -> None:
    sign_in(house.cast.wang)
    response = page.request.post("/post/", form={"post": "999999"})
    assert response.status == 403
    page.goto("/people/999999999/")
    expect(page.get_by_role("heading", name="找不到这个页面")).to_be_visible()
    expect(page.get_by_text("没有任何资料被改动")).to_be_visible()
    sound()
