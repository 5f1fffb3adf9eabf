"""The home of staff while months are worked out and paid: what waits, how much, and the way there."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.worked import Worked, worked  # noqa: F401 - a fixture


def test_the_chief_goes_from_home_to_the_run_that_waits(
    page: Page,
    worked: Worked,  # noqa: F811
    sign_in: Callable[..., None],
) -> None:
    sign_in(worked.cast.liang)
    page.goto("/")
    page.get_by_role("link", name="2020年3月的发放待审批").click()
    expect(page).to_have_url(f"{worked.url}/runs/{worked.ready.pk}/")


def test_a_kind_of_lead_leads_to_its_list(
    page: Page,
    worked: Worked,  # noqa: F811
    sign_in: Callable[..., None],
) -> None:
    sign_in(worked.cast.wang)
    page.goto("/")
    missed = page.locator(".inbox li").filter(has_text="应享未享")
    expect(missed.locator(".big")).to_have_text("1")
    missed.get_by_role("link").click()
    expect(page).to_have_url(f"{worked.url}/leads/?kind=missed")
    expect(page.get_by_role("main")).to_contain_text("李月好")


def test_the_months_stand_as_bars_with_their_numbers_under_them(
    page: Page,
    worked: Worked,  # noqa: F811
    sign_in: Callable[..., None],
    size: Callable[..., None],
    dress: Callable[..., None],
    sound: Callable[[], None],
) -> None:
    sign_in(worked.cast.liang)
    page.goto("/")
    drawing = page.get_by_role("img", name="各月应发金额")
    for month in ("2019年12月", "2020年1月", "2020年2月", "2020年3月"):
        expect(drawing.get_by_text(month)).to_be_visible()
    page.get_by_text("看数字").click()
    expect(page.get_by_role("row").filter(has_text="2019年12月")).to_contain_text("1,173.30 元")
    for window, theme in ((DESK, "light"), (PHONE, "light"), (DESK, "dark")):
        size(window)
        dress(theme=theme)
        page.reload()
        sound()
