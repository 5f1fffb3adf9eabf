"""我能享受什么 in a browser: what goes wrong, what is kept, each dress, and paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.houses import House
from tests.journeys.keys import PLAIN, Ask, answer, ask

__all__ = ["ask"]


def test_wrong_answers_are_led_to_by_keys(
    page: Page, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    page.goto("/due/")
    page.locator("main").get_by_role("button", name="开始").click()
    page.locator("[name='born_on.0.y']").fill("1938")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_be_focused()
    sound()
    shot("due-wrong")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[id='q-born_on.0']")).to_be_in_viewport()
    expect(page.locator("[name='born_on.0.y']")).to_have_value("1938")


def test_large_letters_come_in_the_middle_and_nothing_is_lost(
    page: Page, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    page.goto("/due/")
    page.locator("main").get_by_role("button", name="开始").click()
    page.locator("[name='born_on.0.y']").fill("1938")
    page.get_by_role("button", name="长辈版").click()
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    expect(page.locator("[name='born_on.0.y']")).to_have_value("1938")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 20
    targets = page.locator("main .tile, main .btn, main .form-control").all()
    assert targets
    assert all((target.bounding_box() or {"height": 0})["height"] >= 60 for target in targets)
    sound()
    shot("due-elder")


def test_a_saved_link_opens_to_the_same_answer(
    page: Page, house: House, ask: Ask, shot: Callable[[str], None], sound: Callable[[], None]
) -> None:
    ask("saved", [], PLAIN | {"born_on.0": "1938-3-15"})
    page.get_by_role("button", name="生成链接").click()
    link = page.get_by_label("链接", exact=True).input_value()
    assert link.startswith(f"{house.url}/due/#kin=self")
    sound()
    shot("due-link")
    other = page.context.new_page()
    other.goto(link)
    expect(other.locator(".due-totals")).to_contain_text("1,290.00 元")
    other.close()


def test_paper_carries_the_answers_only_where_they_were_opened(page: Page, ask: Ask) -> None:
    ask("paper", [], PLAIN | {"born_on.0": "1938-3-15"})
    answers = page.get_by_text("您是哪天出生的？")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".due-totals")).to_contain_text("1,290.00 元")
    expect(page.get_by_text("户籍所在地的村（社区）").first).to_be_visible()
    expect(answers).to_be_hidden()
    expect(page.get_by_role("button", name="上一步")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator(".own > summary").press("Enter")
    page.emulate_media(media="print")
    expect(answers).to_be_visible()


def test_the_way_back_keeps_the_answers_without_a_script(page: Page, house: House) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(base_url=house.url, locale="zh-CN", java_script_enabled=False)
    still = plain.new_page()
    still.goto("/due/")
    still.locator("main").get_by_role("button", name="开始").click()
    for part, text in zip("ymd", ("1938", "3", "15"), strict=True):
        still.locator(f"[name='born_on.0.{part}']").fill(text)
    still.get_by_label("本市户籍").check()
    still.locator("main").get_by_role("button", name="下一步").click()
    expect(still.get_by_role("heading", name="最近的急难")).to_be_visible()
    still.get_by_role("button", name="上一步").click()
    expect(still.locator("[name='born_on.0.y']")).to_have_value("1938")
    expect(still.get_by_label("本市户籍")).to_be_checked()
    plain.close()


@pytest.mark.parametrize(
    ("name", "window", "cookies"),
    [
        ("desk", DESK, {}),
        ("phone", PHONE, {}),
        ("elder", DESK, {"elder": "1"}),
        ("elder-phone", SMALLEST, {"elder": "1"}),
        ("dark-phone", PHONE, {"theme": "dark"}),
    ],
)
def test_the_calculator_is_sound_in_every_dress(
    page: Page,
    name: str,
    window: tuple[int, int],
    cookies: dict[str, str],
    size: Callable[[tuple[int, int]], None],
    dress: Callable[..., None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> None:
    size(window)
    dress(**cookies)
    page.goto("/due/")
    page.locator("#kin-2").select_option("spouse")
    shot(f"due-first-{name}")
    sound()
    page.locator("main").get_by_role("button", name="开始").click()
    shot(f"due-people-{name}")
    sound()
    said = PLAIN | {"born_on.0": "1938-3-15", "born_on.1": "1941-1-2", "wages.0": "?"}
    while page.locator("form#due button[value=next]").count():
        with page.expect_navigation():
            answer(page, said | {"wages.0": "100"})
    for fold in page.locator("main details").all():
        fold.evaluate("node => { node.open = true }")
    shot(f"due-result-{name}")
    sound()
