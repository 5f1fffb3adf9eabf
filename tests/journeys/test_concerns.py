"""A concern from a phone to the desk and back, until its asker is satisfied."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from guanjia.staff.models import User
from tests.journeys.conftest import DESK, SMALLEST
from tests.journeys.houses import House

Sized = Callable[[tuple[int, int]], None]
Checked = Callable[[], None]
Shot = Callable[[str], None]
TEXT = "邻居李婆婆一个人住，膝盖疼得下不了楼，两天没有出门买菜了。"


def ask(page: Page, sound: Checked, shot: Shot) -> str:
    """The four steps on the smallest phone; returns the code."""
    page.goto("/")
    page.get_by_role("link", name="说一件事").click()
    sound()
    shot("ask-1")
    page.locator("main").get_by_role("button", name="下一步").click()
    expect(page.locator("#wrong")).to_be_visible()
    sound()
    shot("ask-wrong")
    page.get_by_role("radio", name="老人照料").check()
    page.get_by_label("发生了什么，您希望怎样").fill(TEXT)
    page.locator("main").get_by_role("button", name="下一步").click()
    page.get_by_label("在哪个镇街、村（社区）").select_option("441900119002")
    page.get_by_label("具体位置（可以不填）").fill("三巷 8 号")
    sound()
    shot("ask-2")
    page.locator("main").get_by_role("button", name="下一步").click()
    page.get_by_role("radio", name="替别人，例如邻居、家人").check()
    page.get_by_label("怎么称呼您（可以不填）").fill("陈女士")
    page.get_by_label("联系电话").fill("13800001234")
    sound()
    shot("ask-3")
    page.locator("main").get_by_role("button", name="下一步").click()
    expect(page.get_by_text(TEXT)).to_be_visible()
    sound()
    shot("ask-4")
    page.wait_for_timeout(3100)  # nobody is faster than that
    page.get_by_role("button", name="提交").click()
    sound()
    shot("ask-slip")
    return page.locator(".ticket").inner_text()


def at_the_desk(page: Page, answer: str, sound: Checked, shot: Shot, name: str) -> None:
    """Accept, call, answer: by keys, as a clerk works."""
    page.goto("/inbox/?desk=all")
    sound()
    shot(f"inbox-{name}")
    page.get_by_role("link", name="老人照料").press("Enter")
    sound()
    shot(f"case-{name}-received")
    page.get_by_role("link", name="查看完整号码").press("Enter")
    page.get_by_label("为什么要看完整号码").select_option("contact")
    sound()
    shot(f"case-{name}-why")
    page.get_by_role("button", name="查看并记录").press("Enter")
    expect(page.get_by_text("13800001234")).to_be_visible()
    sound()
    shot(f"case-{name}-phone")
    page.get_by_role("button", name="受理", exact=True).press("Enter")
    expect(page.get_by_text("已办：受理。")).to_be_visible()
    for verb, words in (("登记联系", "打过电话，约好下午上门。"), ("答复", answer)):
        page.locator(".move > summary", has_text=verb).press("Enter")
        move = page.locator(".move[open]")
        move.locator("textarea").press_sequentially(words)
        shot(f"case-{name}-{'answer' if verb == '答复' else 'contact'}")
        move.get_by_role("button", name=f"确定{verb}").press("Enter")
        expect(page.get_by_text(f"已办：{verb}。")).to_be_visible()
    sound()
    shot(f"case-{name}-answered")


def look_up(page: Page, code: str) -> None:
    """By code and phone, on a phone that has forgotten."""
    page.goto("/case/")
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_label("留下的电话（没有留就空着）").fill("138 0000 1234")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.get_by_role("heading", name="有答复了")).to_be_visible()


def rate(page: Page, answer: str, why: str) -> None:
    """Solved and satisfied, or neither."""
    for question in ("事情解决了吗", "您满意吗"):
        page.get_by_role("group", name=question).get_by_role("radio").nth(
            0 if answer == "yes" else 1
        ).check()
    page.get_by_label("为什么（可以不填）").fill(why)
    page.get_by_role("button", name="告诉我们").click()


def test_asked_answered_unsatisfied_reopened_answered_satisfied(
    house: House,
    page: Page,
    sign_in: Callable[[User], None],
    size: Sized,
    sound: Checked,
    shot: Shot,
) -> None:
    size(SMALLEST)
    code = ask(page, sound, shot)
    page.goto("/case/")
    sound()
    shot("case-waiting")
    page.get_by_role("button", name="离开，不在这台设备上留下").click()
    size(DESK)
    sign_in(house.cast.wang)
    at_the_desk(page, "社工已送菜上门。", sound, shot, "first")
    page.context.clear_cookies()
    size(SMALLEST)
    look_up(page, code)
    sound()
    shot("case-answered")
    rate(page, "no", "只来了一次")
    expect(page.get_by_text("您说：没有解决，不满意。")).to_be_visible()
    sound()
    shot("case-unsatisfied")
    page.get_by_role("button", name="没有解决，重新办理").click()
    expect(page.get_by_role("heading", name="收到了，等待受理")).to_be_visible()
    size(DESK)
    sign_in(house.cast.wang)
    at_the_desk(page, "已排每周二、五送餐，并约了骨科上门。", sound, shot, "second")
    page.context.clear_cookies()
    size(SMALLEST)
    look_up(page, code)
    rate(page, "yes", "")
    expect(page.get_by_text("谢谢您告诉我们。")).to_be_visible()
    expect(page.get_by_role("heading", name="办结了")).to_be_visible()
    sound()
    shot("case-satisfied")


def test_a_neighbour_asks_for_an_old_woman_in_large_letters_without_scripts(
    house: House, page: Page, dress: Callable[..., None], size: Sized, sound: Checked, shot: Shot
) -> None:
    dress(elder="1")
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    size(SMALLEST)
    assert ask(page, sound, lambda name: shot(f"elder-{name}")).count("-") == 2


def test_the_desk_on_a_phone(
    house: House,
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    sign_in(house.cast.wang)
    page.goto("/inbox/?desk=all&state=all")
    on_every_size("inbox")
    page.get_by_role("link", name="老人照料").first.click()
    on_every_size("inbox-case")
