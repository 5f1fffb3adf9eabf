"""Every page of the front hall in every dress: nothing for axe to find, nothing wider than the window."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.houses import House

PUBLIC = {
    "landing": "/",
    "book": "/book/",
    "chapter": "/book/dibao/",
    "marks": "/marks/",
    "login": "/accounts/login/",
    "reset": "/accounts/password/reset/",
    "missing": "/no-such-page/",
}
STAFF = {
    "home": "/",
    "staff-chapter": "/book/dibao/",
    "factor": "/accounts/2fa/",
    "factor-on": "/accounts/2fa/totp/activate/",
    "password": "/accounts/password/change/",
}
DRESSES: dict[str, tuple[tuple[int, int], dict[str, str]]] = {
    "desk": (DESK, {}),
    "phone": (PHONE, {}),
    "smallest": (SMALLEST, {}),
    "elder": (DESK, {"elder": "1"}),
    "elder-phone": (SMALLEST, {"elder": "1"}),
    "dark": (DESK, {"theme": "dark"}),
    "dark-phone": (PHONE, {"theme": "dark"}),
}


@pytest.fixture(params=list(DRESSES))
def dressed(
    request: pytest.FixtureRequest,
    size: Callable[[tuple[int, int]], None],
    dress: Callable[..., None],
) -> str:
    """One way that pages look, after the other."""
    window, cookies = DRESSES[request.param]
    size(window)
    dress(**cookies)
    return str(request.param)


def test_public_pages_are_sound_in_every_dress(
    page: Page, dressed: str, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    for name, path in PUBLIC.items():
        page.goto(path)
        shot(f"{name}-{dressed}")
        sound()


def test_staff_pages_are_sound_in_every_dress(
    page: Page,
    house: House,
    dressed: str,
    sign_in: Callable[..., None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> None:
    sign_in(house.cast.wang)
    for name, path in STAFF.items():
        page.goto(path)
        shot(f"{name}-{dressed}")
        sound()


@pytest.mark.parametrize(
    ("chosen", "system", "dark"),
    [("", "dark", True), ("", "light", False), ("light", "dark", False), ("dark", "light", True)],
)
def test_the_dark_is_chosen_or_the_systems_and_paper_is_white(
    page: Page, dress: Callable[..., None], chosen: str, system: str, dark: bool
) -> None:
    ink = "getComputedStyle(document.documentElement).getPropertyValue('--ink')"
    dress(theme=chosen)
    page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
    page.goto("/book/")
    assert (page.evaluate(ink) == "#e4eaf0") is dark
    page.emulate_media(media="print")
    assert page.evaluate(ink) == "#1b2733"
