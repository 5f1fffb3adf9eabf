"""Pages in English and in Traditional characters: chosen from the menu, kept, sound at every width."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, SMALLEST
from tests.journeys.worked import Worked, worked  # noqa: F401

PUBLIC = {
    "landing": "/",
    "book": "/book/",
    "chapter": "/book/dibao/",
    "login": "/accounts/login/",
    "due": "/due/",
}
STAFF = {"home": "/", "people": "/people/", "leads": "/leads/", "runs": "/runs/"}
SPOKEN = {"en": "en", "hant": "zh-hant"}
WIDTHS = {"desk": DESK, "smallest": SMALLEST}


@pytest.fixture(params=[f"{tongue}-{width}" for tongue in SPOKEN for width in WIDTHS])
def dressed(
    request: pytest.FixtureRequest,
    size: Callable[[tuple[int, int]], None],
    dress: Callable[..., None],
) -> str:
    """One language at one width, after the other."""
    tongue, _dash, width = request.param.partition("-")
    size(WIDTHS[width])
    dress(django_language=SPOKEN[tongue])
    return str(request.param)


def test_public_pages_are_sound_in_every_language(
    page: Page,
    worked: Worked,  # noqa: F811
    dressed: str,
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> None:
    for name, path in PUBLIC.items():
        page.goto(path)
        shot(f"{name}-{dressed}")
        sound()


def test_staff_pages_are_sound_in_every_language(
    page: Page,
    worked: Worked,  # noqa: F811
    dressed: str,
    sign_in: Callable[..., None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> None:
    sign_in(worked.cast.wang)
    for name, path in STAFF.items():
        page.goto(path)
        shot(f"staff-{name}-{dressed}")
        sound()


def test_a_language_is_chosen_from_the_menu_and_kept(page: Page, worked: Worked) -> None:  # noqa: F811
    page.goto("/book/")
    page.locator("summary", has_text="简体中文").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Policy book")
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("summary", has_text="English").click()
    page.get_by_role("button", name="繁體中文").click()
    expect(page.get_by_text("一戶不漏")).to_be_visible()
