"""The gate in the browser: passkeys, posts handed over, sessions, a form that came too late."""

from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import Page, expect

from guanjia.staff import idle, roles
from guanjia.staff.models import User
from tests import town
from tests.journeys.conftest import SECRET
from tests.journeys.houses import House
from tests.journeys.keys import reach
from tests.journeys.test_sign_in import PASSWORD
from tests.journeys.worked import Worked, worked  # noqa: F401

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""
ADDRESSES = (
    *(
        "/",
        "/marks/",
        "/book/",
        "/book/dibao/",
        "/due/",
        "/people/",
        "/leads/",
        "/runs/",
        "/ledger/",
    ),
    *("/what-if/", "/what-if/new/", "/posts/", "/posts/new/", "/posts/accounts/"),
    *("/posts/accounts/new/", "/accounts/login/", "/accounts/2fa/", "/accounts/sessions/"),
    *("/accounts/password/change/", "/accounts/email/", "/accounts/2fa/webauthn/"),
    *("/accounts/password/reset/", "/people/?q=李", "/no-such-page/"),
)


@pytest.fixture(scope="module")
def admin(house: House) -> User:
    """An administrator with an authenticator."""
    user = town.desk("admin", "管", roles.ADMINISTRATOR, town.CITY)
    TOTP.activate(user, SECRET)
    return user


def by_password(page: Page, name: str) -> None:
    """Fill in the sign-in page that stands open, and send it by a key."""
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).press("Enter")


def test_a_passkey_is_set_up_and_opens_the_house_alone(
    page: Page, house: House, on_every_size: Callable[[str], None], sound: Callable[[], None]
) -> None:
    town.desk("sun", "孙", roles.TOWN_CHIEF, town.CHANGAN)
    here = house.url.replace("127.0.0.1", "localhost")  # browsers give no passkeys to numbers
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(f"{here}/accounts/login/")
    on_every_size("login")
    by_password(page, "sun")
    page.wait_for_url("**/accounts/**")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="确认").press("Enter")
    page.get_by_role("link", name="改用通行密钥").press("Enter")
    expect(page.get_by_role("heading", name="添加通行密钥")).to_be_visible()
    on_every_size("passkey-add")
    page.get_by_label("给它起个名字").fill("办公室电脑")
    page.get_by_label("以后只用它登录").check()
    page.get_by_role("button", name="添加").press("Enter")
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    page.goto(f"{here}/leads/")
    expect(page.get_by_role("heading", name="应享未享")).to_be_visible()
    page.goto(f"{here}/accounts/2fa/webauthn/")
    expect(page.get_by_role("heading", name="办公室电脑")).to_be_visible()
    on_every_size("passkeys")

    page.context.clear_cookies()
    page.goto(f"{here}/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").press("Enter")
    expect(page.get_by_role("heading", name="首页")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{here}/accounts/login/")
    by_password(page, "sun")
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()
    sound()
    page.get_by_role("button", name="用通行密钥").press("Enter")
    expect(page.get_by_role("heading", name="首页")).to_be_visible()


def test_a_passkey_that_is_refused_is_said_in_words(page: Page, house: House) -> None:
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")  # no authenticator: the browser gives up at once
    wire.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**AUTHENTICATOR, "isUserVerified": False}},
    )
    page.goto(f"{house.url.replace('127.0.0.1', 'localhost')}/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="没有完成通行密钥")).to_be_visible()


def test_a_post_is_handed_over_by_keys_and_taken(
    worked: Worked,  # noqa: F811
    admin: User,
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
    sound: Callable[[], None],
) -> None:
    he = town.desk("he", "何", roles.TOWN_CLERK, town.HUMEN)
    sign_in(admin)
    page.goto("/posts/")
    on_every_size("posts")
    page.get_by_role("link", name="黄", exact=True).press("Enter")
    expect(page.get_by_text("待走访的线索")).to_be_visible()
    on_every_size("post")
    end = page.locator("form", has_text="哪一天起不再在岗")
    end.get_by_role("button", name="移交并结束").press("Enter")
    expect(page.get_by_text("还有没办完的事，不能就这样结束")).to_be_visible()
    sound()
    end.get_by_label("由谁接手").select_option(label="没有人接手，强制结束")
    end.get_by_role("button", name="移交并结束").press("Enter")
    expect(page.get_by_text("请写明为什么强制结束")).to_be_visible()
    on_every_size("post-refused")
    end.get_by_label("由谁接手").select_option(label="何（镇街经办 · 虎门镇）")
    end.get_by_role("button", name="移交并结束").press("Enter")
    expect(page.get_by_text("没办完的事交给 何")).to_have_count(2)
    on_every_size("post-ended")

    sign_in(he)
    page.goto("/")
    page.get_by_role("link", name="黄 移交给您的事").press("Enter")
    on_every_size("handover")
    reach(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已接手")).to_be_visible()
    expect(page.get_by_role("link", name="黄 移交给您的事")).to_have_count(0)


def test_a_post_is_opened_and_stood_in_for(
    admin: User,
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    User.objects.create_user("ma", full_name="马")
    sign_in(admin)
    page.goto("/posts/new/")
    on_every_size("post-new")
    page.get_by_label("账号名").fill("ma")
    page.get_by_label("岗位").select_option(label="镇街经办")
    page.get_by_label("地方").fill("东莞市")
    page.get_by_role("button", name="派岗位").press("Enter")
    expect(page.get_by_text("要派在相应的地方")).to_be_visible()
    page.get_by_label("地方").fill("长安镇")
    page.get_by_role("button", name="派岗位").press("Enter")
    expect(page.get_by_text("已派岗位：马")).to_be_visible()
    User.objects.create_user("tan", full_name="谭")
    stand = page.locator("form", has_text="安排代岗")
    stand.get_by_label("代岗人的账号名").fill("tan")
    stand.get_by_label("代岗至").fill("2020-04-10")
    stand.get_by_role("button", name="安排代岗").press("Enter")
    expect(page.get_by_text("已安排 谭 代岗")).to_be_visible()
    on_every_size("post-stood-in")
    sign_in(User.objects.get(username="tan"))
    page.goto("/")
    expect(page.locator("header").get_by_text("代镇街经办")).to_be_visible()


def test_accounts_and_sessions_are_seen_and_ended(
    admin: User,
    house: House,
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="首页")).to_be_visible()
    page.goto("/accounts/sessions/")
    expect(page.get_by_text("这一台")).to_be_visible()
    on_every_size("sessions")
    sign_in(admin)
    page.goto("/posts/accounts/")
    on_every_size("accounts")
    page.get_by_role("link", name="wang", exact=True).press("Enter")
    expect(page.get_by_text("127.0.0.1")).to_be_visible()
    page.get_by_role("button", name="给一条设置密码的链接").press("Enter")
    expect(page.get_by_text("只能用一次")).to_be_visible()
    on_every_size("account")
    page.get_by_role("button", name="全部退出登录").press("Enter")
    expect(page.get_by_text("所有登录都已退出")).to_be_visible()


def test_a_form_that_came_too_late_comes_back_filled_in(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    sign_in(worked.cast.wang)
    page.goto("/leads/?kind=missed")
    page.get_by_role("link", name="去核实 李月好").click()
    page.get_by_label("不属实", exact=True).check()
    page.get_by_label("说明").fill("三月二日入户，\n老人随女儿住。")
    cookies = {c["name"]: c["value"] for c in page.context.cookies()}
    session = SessionStore(cookies[settings.SESSION_COOKIE_NAME])
    session[idle.SEEN] -= 31 * 60
    session.save()
    page.get_by_role("button", name="记下核实结果").click()
    expect(page.get_by_text("刚才填的内容替您留着")).to_be_visible()
    on_every_size("late-form-sign-in")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).press("Enter")
    expect(page.get_by_text("已放回表单")).to_be_visible()
    expect(page.get_by_label("不属实", exact=True)).to_be_checked()
    expect(page.get_by_label("说明")).to_have_value("三月二日入户，\n老人随女儿住。")
    on_every_size("late-form")
    page.get_by_role("button", name="记下核实结果").click()
    expect(page.get_by_text("已记下核实结果")).to_be_visible()
    expect(page.get_by_text("已放回表单")).to_have_count(0)


def test_no_page_breaks_the_content_security_policy(
    worked: Worked,  # noqa: F811
    admin: User,
    page: Page,
    sign_in: Callable[[User], None],
) -> None:
    """The page fixture fails on any violation: it is written to the console as an error."""
    page.add_init_script(VIOLATIONS)
    visited = 0
    for user in (worked.cast.liang, admin):
        sign_in(user)
        addresses = set(ADDRESSES)
        while addresses - {""} and visited < 90:
            address = addresses.pop()
            answer = page.goto(address)
            assert answer is not None
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            visited += 1
            if address in ADDRESSES and address != "/accounts/login/":
                links = page.locator("main a[href^='/']").evaluate_all(
                    "nodes => nodes.map((node) => node.getAttribute('href'))"
                )
                fresh = [link for link in links if "#" not in link and "bank-files" not in link]
                addresses |= {link for link in fresh[:4] if "csv" not in link}
    assert visited > 60
