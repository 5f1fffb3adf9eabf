"""Reading 为什么: a stored decision, a result of now, and the way to the law."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from guanjia.staff.models import User
from tests.journeys.worked import Worked, worked  # noqa: F401


def test_a_decision_is_read_down_to_its_law(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto(f"/people/{worked.cast.chen.id}/")
    page.get_by_role("link", name="为什么 最低生活保障 2020年1月").click()
    expect(page.get_by_text("与留存的结果一致")).to_be_visible()
    expect(page.locator(".sum")).to_have_text("1,421.00 元/月")
    on_every_size("why")
    page.get_by_role("link", name="低保标准 1060 元/人·月").first.click()
    page.wait_for_url("**/book/dibao/#figure-dibao_line")
    expect(page.locator("#figure-dibao_line")).to_be_visible()


def test_the_month_of_a_trial_can_be_changed(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto(f"/people/{worked.cast.li.id}/why/longevity/")
    expect(page.locator(".sum")).to_have_text("150.00 元/月")
    sound()
    page.get_by_label("月份").select_option("2019-12")
    page.get_by_role("button", name="换一个月").click()
    expect(page.get_by_label("月份")).to_have_value("2019-12")
    sound()


def test_a_missing_fact_is_asked_for(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto(f"/people/{worked.cast.li.id}/why/dibao/")
    expect(page.get_by_text("问清楚下面几项，就能得出结果")).to_be_visible()
    sound()
