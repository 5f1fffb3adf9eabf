"""Signing in: password, second factor, recovery codes, a forgotten password, too many attempts."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from playwright.sync_api import Page, expect

from guanjia.staff import roles
from guanjia.staff.models import User
from tests import town
from tests.journeys.conftest import SECRET
from tests.journeys.houses import House

PASSWORD = "a long enough word"


def code(secret: str = SECRET) -> str:
    """The six digits of this moment; waits where they are about to change."""
    if time.time() % 30 > 26:
        time.sleep(30 - time.time() % 30)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enter(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill and send the sign-in form."""
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()


def test_a_town_clerk_signs_in_with_a_password(page: Page, house: House) -> None:
    enter(page, "wang")
    expect(page.get_by_role("heading", name="首页")).to_be_visible()
    expect(page.get_by_text("长安镇 · 镇街经办")).to_be_visible()
    page.get_by_text("王", exact=True).click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{house.url}/")
    expect(page.get_by_role("heading", name="有事找莞家")).to_be_visible()


def test_the_city_chief_also_gives_six_digits(
    page: Page, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    enter(page, "liang")
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()
    sound()
    shot("second-factor")
    digits = page.get_by_label("六位数字")
    digits.fill("000000")
    page.locator("main").get_by_role("button", name="登录").click()
    expect(page.get_by_text("数字每 30 秒换一次")).to_be_visible()
    sound()
    digits.fill(code())
    page.locator("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="首页")).to_be_visible()
    expect(page.get_by_text("东莞市 · 市级审批")).to_be_visible()


def test_a_post_that_needs_a_second_factor_is_led_to_set_it_up(
    page: Page, house: House, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    town.desk("sun", "孙", roles.TOWN_CHIEF, town.CHANGAN)
    enter(page, "sun")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", name="启用验证器")).to_be_visible()
    expect(page.get_by_text("镇街审批）必须启用两步验证")).to_be_visible()
    sound()
    shot("second-factor-setup")
    secret = page.locator(".secret").inner_text().strip()
    page.get_by_label("六位数字").fill(code(secret))
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    sound()
    shot("recovery-codes")
    spare = page.locator(".codes li").first.inner_text().strip()
    page.goto("/people/")
    expect(page).to_have_url(f"{house.url}/people/")

    page.context.clear_cookies()
    enter(page, "sun")
    page.get_by_label("六位数字").fill(spare)
    page.locator("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="首页")).to_be_visible()


def test_a_wrong_password_says_so_without_telling_which_part_was_wrong(
    page: Page, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    said = []
    for name in ("wang", "nobody-here"):
        enter(page, name, "not the right word")
        said.append(page.get_by_role("alert").inner_text())
    assert said[0] == said[1]
    sound()
    shot("login-wrong")


@pytest.mark.usefixtures("house")
def test_guessing_passwords_is_stopped_for_a_while(page: Page, sound: Callable[[], None]) -> None:
    for _attempt in range(6):
        enter(page, "huang", "not the right word")
    expect(page.get_by_role("alert")).to_contain_text("次数过多")
    enter(page, "huang")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    sound()


def test_a_forgotten_password_is_set_anew_by_a_link(
    page: Page, house: House, sound: Callable[[], None]
) -> None:
    he = town.desk("he", "何", roles.TOWN_CLERK, town.CHANGAN)
    User.objects.filter(pk=he.pk).update(email="he@example.org")
    page.goto("/accounts/login/")
    page.get_by_role("link", name="忘记密码").click()
    page.get_by_label("电子邮箱").fill("he@example.org")
    page.get_by_role("button", name="发送链接").click()
    expect(page.get_by_role("heading", name="链接已发送")).to_be_visible()
    sound()
    link = next(word for word in mail.outbox[-1].body.split() if word.startswith("http"))
    page.goto(link)
    sound()
    for field in page.locator("input[type=password]").all():
        field.fill("quite another long word")
    page.get_by_role("button", name="保存新密码").click()
    expect(page.get_by_role("heading", name="新密码已保存")).to_be_visible()
    enter(page, "he", "quite another long word")
    expect(page.get_by_role("heading", name="首页")).to_be_visible()
