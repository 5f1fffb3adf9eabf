"""Leads in the browser: read by place, filtered as a sentence, settled after a visit."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from guanjia.staff.models import User
from tests.journeys.worked import Worked, worked  # noqa: F401


def test_leads_are_read_on_every_size(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    sign_in(worked.cast.zhou)
    page.goto("/leads/")
    on_every_size("leads")
    page.get_by_role("link", name="去核实 李月好").first.click()
    on_every_size("lead")


def test_a_sentence_filters_the_list_and_the_file(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    sign_in(worked.cast.zhou)
    page.goto("/leads/")
    page.get_by_label("线索类别").select_option("应享未享")
    page.get_by_label("待遇", exact=True).select_option("高龄津贴")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("link", name="李月好", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="何金水", exact=True)).to_have_count(0)
    sound()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert "李月好" in text
    assert "何金水" not in text


def test_a_visit_is_written_down(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto("/leads/?kind=missed")
    page.get_by_role("link", name="去核实 李月好").click()
    expect(page.locator(".sum")).to_have_text("150.00 元/月")
    page.get_by_role("button", name="记下核实结果").click()
    page.get_by_label("属实", exact=True).check()
    page.get_by_label("说明").fill("3月2日入户，老人独居，愿意申请。")
    page.get_by_role("button", name="记下核实结果").click()
    expect(page.get_by_text("已记下核实结果")).to_be_visible()
    sound()


def test_a_death_is_confirmed_from_the_list(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    sign_in(worked.cast.huang)
    page.goto("/leads/")
    page.get_by_role("checkbox", name="勾选 何金水").check()
    page.get_by_label("说明").fill("公安死亡登记")
    page.get_by_role("button", name="确认停发").click()
    expect(page.get_by_text("已确认 1 条")).to_be_visible()
    sound()


def test_a_long_list_is_sorted_and_keeps_its_columns_by_keys_alone(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    sign_in(worked.cast.zhou)
    page.goto("/leads/")
    page.get_by_role("columnheader", name="每期应得").get_by_role("link").press("Enter")
    head = page.get_by_role("columnheader", name="每期应得")
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("link").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    tools = page.locator(".list-tools")
    tools.locator("summary", has_text="显示哪几列").press("Enter")
    tools.get_by_role("checkbox", name="现在发").press("Space")
    on_every_size("leads-columns")
    tools.get_by_role("button", name="保存显示设置").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("columnheader", name="现在发")).to_have_count(0)
    page.goto("/leads/")
    expect(page.get_by_role("columnheader", name="现在发")).to_have_count(0)
    on_every_size("leads-without")
