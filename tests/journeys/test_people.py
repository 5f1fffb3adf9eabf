"""Finding somebody and reading what is known, on a desk and on a phone, without a mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from guanjia.staff.models import User
from tests.journeys.worked import Worked, worked  # noqa: F401

Sized = Callable[[tuple[int, int]], None]


def test_a_person_is_found_by_keyboard_alone(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto("/runs/")
    page.keyboard.press("/")
    page.keyboard.type("cdw")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("找人")
    link = page.get_by_role("link", name="陈大文")
    expect(link).to_be_visible()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("陈大文")


def test_the_search_says_what_to_do_and_what_went_wrong(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
    on_every_size: Callable[[str], None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto("/people/")
    expect(page.get_by_text("查找结果会列在这里")).to_be_visible()
    sound()
    box = page.locator("main").get_by_role("textbox", name="姓名、拼音首字母或证件号")
    box.fill(worked.cast.chen.document[:-1] + "0")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_text("最后一位与前17位对不上")).to_be_visible()
    sound()
    box.fill("王小二")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_text("没有找到这个人")).to_be_visible()
    on_every_size("people")


def test_a_person_and_a_household_are_read_on_every_size(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto(f"/people/{worked.cast.chen.id}/")
    expect(page.get_by_role("heading", name="发放记录")).to_be_visible()
    page.get_by_role("link", name="户档案").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("户 T-2")
    for name, url in (
        ("people", "/people/?q=陈"),
        ("person", f"/people/{worked.cast.chen.id}/"),
        ("household", f"/people/households/{worked.cast.chen_home.id}/"),
    ):
        page.goto(url)
        on_every_size(name)


def test_what_is_folded_opens_by_keyboard(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto(f"/people/{worked.cast.chen.id}/")
    fold = page.locator("summary", has_text="残疾、疾病与劳动能力")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("残联持证残疾人登记中没有记录").first).to_be_visible()
    sound()
