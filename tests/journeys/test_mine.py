"""Weeks later, without the slip: by a code to the phone that was left, everything one asked, opened and rated."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from guanjia.concerns.keys import tasks as contact_tasks
from guanjia.kit import clock
from guanjia.staff.models import User
from tests.concerns.residents import EMAIL, PHONE, asked, code_in, messages
from tests.journeys.conftest import DESK, SMALLEST
from tests.journeys.houses import House
from tests.journeys.test_concerns import ask, at_the_desk, rate

Sized = Callable[[tuple[int, int]], None]
Checked = Callable[[], None]
Shot = Callable[[str], None]


@pytest.fixture(autouse=True)
def _files_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)


def type_code(page: Page, contact: str) -> None:
    """From the front page to the list: the phone, then the digits that came."""
    page.goto("/")
    page.get_by_role("link", name="我的诉求").click()
    page.get_by_label("当时留的手机号").fill(contact)
    page.get_by_role("button", name="发验证码").click()
    expect(page.get_by_role("heading", name="填验证码")).to_be_visible()
    contact_tasks.send_at(clock.now())
    page.get_by_label("6 位验证码").fill(code_in(messages()[-1]))
    page.get_by_role("button", name="看我的诉求").click()
    expect(page.get_by_text("说过的事都在这里")).to_be_visible()


def asks_again(page: Page, shot: Shot) -> None:
    """A new matter takes the phone over."""
    page.get_by_role("link", name="说一件新的事").click()
    page.get_by_role("radio", name="老人照料").check()
    page.get_by_label("发生了什么，您希望怎样").fill("再想问一件事。")
    page.locator("main").get_by_role("button", name="下一步").click()
    page.get_by_label("在哪个镇街、村（社区）").select_option("441900119002")
    page.locator("main").get_by_role("button", name="下一步").click()
    expect(page.get_by_label("联系电话")).to_have_value(PHONE)
    shot("mine-ask-again")


def leaves(page: Page) -> None:
    """Out, and no way back by the browser's own button."""
    page.goto("/mine/")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="发验证码")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("button", name="发验证码")).to_be_visible()


def test_asked_then_found_again_by_the_phone_alone_and_rated(
    house: House,
    page: Page,
    sign_in: Callable[[User], None],
    size: Sized,
    sound: Checked,
    shot: Shot,
    on_every_size: Shot,
) -> None:
    size(SMALLEST)
    ask(page, sound, shot)
    page.context.clear_cookies()
    size(DESK)
    sign_in(house.cast.wang)
    at_the_desk(page, "社工已送菜上门，以后每周来两次。", sound, shot, "mine")
    page.context.clear_cookies()
    for number, category in enumerate(("public_place", "living", "hardship"), start=1):
        asked(number, category=category)
    type_code(page, " 138-0000 1234 ")
    on_every_size("mine-list")
    size(SMALLEST)
    page.get_by_role("listitem").filter(has_text="邻居李婆婆").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="有答复了")).to_be_visible()
    on_every_size("mine-case")
    rate(page, "yes", "")
    expect(page.get_by_text("谢谢您告诉我们。")).to_be_visible()
    page.get_by_role("link", name="回到我的诉求").click()
    expect(page.get_by_text("办结了")).to_be_visible()
    asks_again(page, shot)
    leaves(page)


def test_large_letters_no_scripts_a_wrong_code_first(
    house: House,
    page: Page,
    dress: Callable[..., None],
    size: Sized,
    sound: Checked,
    shot: Shot,
    on_every_size: Shot,
) -> None:
    dress(elder="1")
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    asked(7)
    page.goto("/mine/")
    on_every_size("mine-door-elder")
    size(SMALLEST)
    page.get_by_label("当时留的手机号").fill("0769-22001234")
    page.get_by_role("button", name="发验证码").click()
    expect(page.get_by_text("座机收不到短信")).to_be_visible()
    sound()
    shot("mine-door-wrong-elder")
    page.get_by_label("当时留的手机号").fill(PHONE)
    page.get_by_role("button", name="发验证码").click()
    on_every_size("mine-code-elder")
    size(SMALLEST)
    contact_tasks.send_at(clock.now())
    right = code_in(messages()[-1])
    page.get_by_label("6 位验证码").fill(f"{(int(right) + 1) % 10**6:06d}")
    page.get_by_role("button", name="看我的诉求").click()
    expect(page.get_by_text("验证码不对")).to_be_visible()
    sound()
    shot("mine-code-wrong-elder")
    page.get_by_label("6 位验证码").fill(right)
    page.get_by_role("checkbox", name="这是我自己的手机").check()
    page.get_by_role("button", name="看我的诉求").click()
    expect(page.get_by_text("第7件事")).to_be_visible()
    on_every_size("mine-list-elder")


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_in_every_language_by_address(
    house: House, page: Page, dress: Callable[..., None], on_every_size: Shot, language: str
) -> None:
    asked(8, email=EMAIL)
    dress(django_language=language)
    page.goto("/mine/?by=email")
    on_every_size(f"mine-door-{language}")
    page.locator("#id_contact").fill(EMAIL.upper())
    page.locator("main form.matter button").click()
    on_every_size(f"mine-code-{language}")
    page.locator("#id_code").fill(page.locator("#demo-code .num").inner_text())
    page.locator("main form.matter button").click()
    expect(page.locator(".mine")).to_be_visible()
    on_every_size(f"mine-list-{language}")


def test_every_dress_of_an_empty_list(
    house: House, page: Page, dress: Callable[..., None], on_every_size: Shot
) -> None:
    dress(theme="dark")
    page.goto("/mine/")
    on_every_size("mine-door-dark")
    page.get_by_label("当时留的手机号").fill("13700000000")
    page.get_by_role("button", name="发验证码").click()
    on_every_size("mine-code-dark")
    page.get_by_label("6 位验证码").fill(page.locator("#demo-code .num").inner_text())
    page.get_by_role("button", name="看我的诉求").click()
    expect(page.get_by_text("这里还没有")).to_be_visible()
    on_every_size("mine-empty-dark")
    page.goto("/case/")
    on_every_size("mine-look-up-dark")
    page.goto("/")
    on_every_size("mine-front-dark")
