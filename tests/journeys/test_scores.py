"""The scoreboard in a browser: for everybody, on every size, in large letters, without scripts; then as a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from guanjia.staff.models import User
from tests import town
from tests.concerns import month
from tests.journeys.conftest import SMALLEST
from tests.journeys.houses import House

Looked = Callable[[str], None]


@pytest.fixture
def counted(house: House) -> None:
    """April, with enough of two towns to be shown by name."""
    month.lived(house.cast)
    for n in range(7):
        month.rated(month.handled(house.cast, f"more{n}", place=town.ELSEWHERE), True, n != 3)
    month.taken()


def test_the_scoreboard(
    house: House,
    counted: None,
    page: Page,
    sign_in: Callable[[User], None],
    dress: Callable[..., None],
    size: Callable[[tuple[int, int]], None],
    sound: Callable[[], None],
    on_every_size: Looked,
    shot: Looked,
) -> None:
    page.goto("/scoreboard/")
    on_every_size("scoreboard")
    page.get_by_role("heading", name="反馈率", exact=True).get_by_role("link").click()
    expect(page.locator(".draw svg")).to_be_visible()
    on_every_size("rate")
    dress(elder="1")
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    size(SMALLEST)
    for name in ("scoreboard/", "scoreboard/satisfied/"):
        page.goto(f"/{name}")
        sound()
        shot(f"elder-{name.strip('/').replace('/', '-')}")
    dress(elder="0")
    page.unroute("**/*.js")
    sign_in(house.cast.wang)
    page.goto("/scoreboard/feedback/")
    on_every_size("rate-staff")
    page.get_by_role("link", name="看是哪些件").click()
    on_every_size("rate-cases")
