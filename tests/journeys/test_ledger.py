"""Following a yuan through the ledger, in the browser: four clicks from a transfer to its law."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from guanjia.staff.models import User
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.worked import Worked, worked  # noqa: F401


def test_a_yuan_is_followed_to_its_law(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
    size: Callable[[tuple[int, int]], None],
    shot: Callable[[str], Path],
) -> None:
    def looked_at(name: str) -> None:
        for one in (PHONE, SMALLEST, DESK):
            size(one)
            sound()
            shot(f"{name}-{one[0]}")

    sign_in(worked.cast.zhou)
    page.goto("/ledger/")
    expect(page.get_by_text("账是平的")).to_be_visible()
    looked_at("ledger")
    page.get_by_role("row", name="长安镇").get_by_role("link").first.click()
    looked_at("account")
    page.get_by_role("link", name="2020年2月 · 陈大文").click()
    looked_at("entry")
    page.get_by_role("link", name="为什么付这笔").click()
    expect(page.get_by_text("与留存的结果一致")).to_be_visible()
    page.get_by_role("link", name="低保标准 1060 元/人·月").first.click()
    page.wait_for_url("**/book/dibao/#figure-dibao_line")
