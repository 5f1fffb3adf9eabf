"""What every journey has: a running house, a browser page that tolerates no error, axe, a camera."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from guanjia.staff.models import User
from tests import town
from tests.doors import signed_in
from tests.journeys.houses import House, own_database, serving

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
)
DESK, PHONE, SMALLEST = (1440, 900), (390, 844), (360, 640)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SHOTS = os.environ.get("GUANJIA_SHOTS")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop in this thread


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey needs the test database, from which its own is copied."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture
def _django_db_helper() -> None:
    """No transaction around a journey: what it writes, the server must see."""


@pytest.fixture(autouse=True)
def calm() -> None:
    """Attempts that one journey made do not count against the next."""
    cache.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all journeys."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """A running house with the town's cast, for one file of journeys.

    Its database is open to the test itself; what a journey writes there, later ones find. The two
    of the city desk have their second factor.
    """
    with django_db_blocker.unblock(), own_database():
        cast = town.settle()
        for user in (cast.zhou, cast.liang):
            TOTP.activate(user, SECRET)
        with serving() as url:
            yield House(url, cast)


@pytest.fixture
def context(browser: Browser, house: House) -> Iterator[BrowserContext]:
    """A browser's private window at desk size."""
    width, height = DESK
    opened = browser.new_context(
        base_url=house.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test on a script error, a console error or a policy violation."""
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    yield opened
    unexpected = [t for t in troubles if "the server responded with a status of 4" not in t]
    assert unexpected == []


@pytest.fixture
def sign_in(context: BrowserContext, house: House) -> Callable[[User], None]:
    """Puts a user's session into the window, past the sign-in pages."""

    def signed(user: User) -> None:
        client = signed_in(user)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": house.url}])

    return signed


@pytest.fixture
def size(page: Page) -> Callable[[tuple[int, int]], None]:
    """Makes the window DESK, PHONE or SMALLEST."""

    def sized(wanted: tuple[int, int]) -> None:
        page.set_viewport_size({"width": wanted[0], "height": wanted[1]})

    return sized


@pytest.fixture
def dress(context: BrowserContext, house: House) -> Callable[..., None]:
    """How pages look from now on: dress(theme="dark"), dress(elder="1")."""

    def dressed(**cookies: str) -> None:
        context.add_cookies([{"name": k, "value": v, "url": house.url} for k, v in cookies.items()])

    return dressed


@pytest.fixture
def sound(page: Page) -> Callable[[], None]:
    """Fails where axe finds anything on the page, or where it scrolls sideways."""

    def checked() -> None:
        found = Axe().run(page).response["violations"]
        assert [_violation(v) for v in found] == []
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, f"{page.url} scrolls sideways by {width} px"

    return checked


@pytest.fixture
def shot(page: Page) -> Callable[[str], None]:
    """Photographs the whole page into the folder that GUANJIA_SHOTS names; without one, nothing."""

    def taken(name: str) -> None:
        if SHOTS:
            page.evaluate("window.scrollTo(0, 0)")  # a sticky head would stand in the middle
            page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    return taken


@pytest.fixture
def on_every_size(
    size: Callable[[tuple[int, int]], None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> Callable[[str], None]:
    """Looks at the page on a desk and on two phones: sound on each, photographed as NAME-WIDTH."""

    def looked(name: str) -> None:
        for one in (DESK, PHONE, SMALLEST):
            size(one)
            sound()
            shot(f"{name}-{one[0]}")
        size(DESK)

    return looked


def _violation(found: dict[str, Any]) -> str:
    where = "; ".join(node["html"][:160] for node in found["nodes"][:4])
    return f"{found['id']}: {found['help']} — {where}"
