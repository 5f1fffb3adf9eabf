"""The calculator gone through by keys alone, on the smallest phone, from the front door to the answer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from guanjia.web.due import words as due_words
from tests.journeys.conftest import SMALLEST

Said = dict[str, str]
Ask = Callable[[str, list[str], Said], list[str]]
PLAIN: Said = {"hukou": "local", "emergency": "none", "disability_level": "0", "wages": "0"}
PLAIN |= {"business": "0", "transfers_in": "0", "deposits": "2000", "vehicles": "0", "houses": "1"}
PLAIN |= {"medical_own": "0", "supporters": "able", "injury_nursing": "no"}
PLAIN |= {"same_kind_living": "0", "same_kind_care": "0", "social_insurance": "none"}
PLAIN |= {"insurance_contribution": "0"}
FOCUSED = """() => { const node = document.activeElement;
  return [node.type ?? "", node.name ?? "", node.value ?? "", node.checked ?? false] }"""


def focused(page: Page) -> tuple[str, str, str, bool]:
    """Type, name, value and whether checked, of what the keys now act on."""
    return tuple(page.evaluate(FOCUSED))


def choose(page: Page, wanted: str) -> None:
    """By arrows to the radio that is wanted."""
    page.keyboard.press("Space")
    for _ in range(16):
        if focused(page)[2] == wanted:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{wanted} cannot be reached: {focused(page)}")


def answer(page: Page, said: Said) -> None:
    """Answer a screen by keys and go on; `wages.1` goes before `wages`."""
    for _ in range(120):
        page.keyboard.press("Tab")
        kind, name, value, _checked = focused(page)
        if (kind, name, value) == ("submit", "go", "next") and page.evaluate(
            "document.activeElement.closest('main') !== null"
        ):
            page.keyboard.press("Enter")
            return
        fact, _dot, part = name.rpartition(".")
        if kind == "radio":
            choose(page, said.get(name) or said[fact])
        elif kind == "text" and part in ("y", "m", "d"):
            page.keyboard.type(said[fact].split("-")["ymd".index(part)])
        elif kind == "text":
            page.keyboard.type(said.get(name) or said[fact])
    raise AssertionError("the way on cannot be reached by keys")


def reach(page: Page, selector: str) -> None:
    """By Tab to the first part of the page that the selector means."""
    for _ in range(60):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keys")


def gather(page: Page, kin: list[str]) -> None:
    """Who lives together, by keys, from the front door on."""
    page.goto("/")
    reach(page, "section a[href='/due/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/due/")
    order = [code for code in due_words.KIN if code != due_words.SELF]
    for place, code in enumerate(kin, start=2):
        reach(page, f"#kin-{place}")
        for _ in range(order.index(code) + 1):
            page.keyboard.press("ArrowDown")
    reach(page, "main button[value=start]")
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture
def ask(
    page: Page,
    size: Callable[[tuple[int, int]], None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> Ask:
    """Goes the whole way for a family and gives back the titles of the screens."""

    def asked(name: str, kin: list[str], said: Said) -> list[str]:
        size(SMALLEST)
        gather(page, kin)
        titles = []
        while page.locator("form#due button[value=next]").count():
            expect(page.locator("#wrong")).to_have_count(0)
            titles.append(page.get_by_role("heading", level=1).inner_text())
            sound()
            shot(f"due-{name}-{len(titles)}")
            with page.expect_navigation():
                answer(page, said)
        sound()
        shot(f"due-{name}-result")
        assert page.context.cookies() == [] or {c["name"] for c in page.context.cookies()} == {
            "csrftoken"
        }
        return titles

    return asked
