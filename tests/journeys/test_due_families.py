"""Five families, from the first question to the answer by keys alone, on the smallest phone, to the fen.

What the page says is held against the book itself, which decides the same family with all its facts
written out: those too that nobody was asked.
"""

from datetime import date

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from guanjia.kit import clock, money
from guanjia.policy import book as books
from guanjia.policy import family_file
from guanjia.policy.decide import rules
from guanjia.policy.family import HOUSEHOLD
from guanjia.web.due import pages as due_pages
from guanjia.web.due import words as due_words
from tests import town
from tests.journeys.keys import PLAIN, Ask, Said, ask, reach

__all__ = ["ask"]
Sums = dict[tuple[str, str], tuple[str, int]]
"""Benefit and person to how often it is paid, and fen."""
CARE = ("eats", "dresses", "leaves_bed", "uses_toilet", "walks_indoors", "bathes")
ABLE = {f"{what}_alone": "yes" for what in CARE}
ASKED = PLAIN | ABLE | {"disability_kind": "none", "serious_illness": "no"}
CARDS = """() => Array.from(document.querySelectorAll(".due-card"), card =>
  [card.querySelector("h2").innerText, card.querySelector(".sum")?.innerText ?? ""])"""
OFTEN = {"month": "每月", "year": "每年", "once": "一次"}

# Name, who lives together with the asker, and the answers that differ from ASKED.
FAMILIES: list[tuple[str, list[str], Said]] = [
    ("elder", [], {"born_on.0": "1940-3-15", "supporters": "able"}),
    (
        "dibao",
        ["spouse", "son"],
        {"born_on.0": "1978-5-4", "born_on.1": "1981-7-9", "born_on.2": "2012-2-29"}
        | {"wages.0": "1999.50", "disability_level.2": "2", "disability_kind.2": "intellect"}
        | {"father_state": "able", "mother_state": "able", "care_form": "parents"}
        | {"student_stage": "none", "student_stage.2": "compulsory"},
    ),
    (
        "orphan",
        ["spouse", "grandchild"],
        {"born_on.0": "1950-3-15", "born_on.1": "1953-6-1", "born_on.2": "2012-5-1"}
        | {"father_state": "dead", "mother_state": "missing", "care_form": "relatives"}
        | {"transfers_in.0": "3300", "transfers_in.1": "2100.55", "supporters.2": "unable"}
        | {"chosen_benefit": "orphan"},
    ),
    (
        "fire",
        ["spouse", "daughter"],
        {"born_on.0": "1985-5-4", "born_on.1": "1986-7-9", "born_on.2": "2015-2-28"}
        | {"hukou": "elsewhere", "emergency.0": "fire", "wages.0": "9000"}
        | {"father_state": "able", "mother_state": "able", "care_form": "parents"},
    ),
    (
        "margin",
        ["spouse", "son"],
        {"born_on.0": "1968-5-4", "born_on.1": "1969-7-9", "born_on.2": "1995-2-28"}
        | {"wages.0": "4200.40", "serious_illness.2": "yes", "medical_own.2": "800"},
    ),
]


def typed(fact: str, text: str) -> object:
    """An answer as a family file writes it."""
    if fact == "born_on":
        year, month, day = map(int, text.split("-"))
        return date(year, month, day)
    whole = fact in ("disability_level", "vehicles", "houses")
    said = {"local": town.COMMUNITY, "yes": True, "no": False}
    return int(text) if whole else said.get(text, text)


def decided(kin: list[str], said: Said) -> Sums:
    """What the book says of the family, all granted together: who gets what."""
    book = books.load(settings.GUANJIA_CITY)
    answers = {
        unit: {fact.name: said.get(f"{fact.name}.{unit}", said.get(fact.name)) for fact in facts}
        for unit, facts in (
            (HOUSEHOLD, book.facts.household),
            *((unit, book.facts.person) for unit in range(len(kin))),
        )
    }
    rows = [
        {fact: typed(fact, text) for fact, text in answers[unit].items() if text is not None}
        for unit in sorted(answers)
    ]
    written = family_file.from_rows({"household": rows[0], "person": rows[1:]}, book)
    now = rules(book, due_pages.month_of(clock.today()))
    names = [*due_words.names(kin), "家庭"]
    sums: Sums = {}
    for one in now.decide(written.family, assume_awarded=True):
        chapter = book.chapter(one.benefit)
        if one.entitled and one.net is not None and (one.net or not one.gross):
            sums[chapter.title, names[one.unit]] = OFTEN[chapter.cadence], one.net
    return sums


def shown(page: Page) -> list[tuple[str, str, str]]:
    """What the page says: benefit, person, and the sum with how often it is paid."""
    cards = page.evaluate(CARDS)
    return sorted((*title.rsplit(" ", 1), said) for title, said in cards)


@pytest.mark.parametrize(("name", "kin", "said"), FAMILIES)
def test_a_family_learns_what_it_is_due(
    name: str, kin: list[str], said: Said, page: Page, ask: Ask
) -> None:
    titles = ask(name, kin, ASKED | said)
    assert titles[0] == "年龄和户籍"
    wanted = decided(["self", *kin], ASKED | said)
    assert wanted, "a family that is due nothing proves little"
    assert shown(page) == sorted(
        (*whose, f"{often} {money.show(fen)}" if fen else "")
        for whose, (often, fen) in wanted.items()
    )
    for often in {often for often, fen in wanted.values() if fen}:
        total = sum(fen for how, fen in wanted.values() if how == often)
        expect(page.locator(".due-totals div").filter(has_text=f"{often}合计")).to_contain_text(
            money.show(total)
        )
    reach(page, ".due-card summary")
    page.keyboard.press("Enter")
    expect(page.locator(".reasons").first).to_be_visible()
    expect(page.locator(".due-card dd").first).not_to_be_empty()


def test_what_a_benefit_needs_no_longer_is_not_asked(page: Page, ask: Ask) -> None:
    _name, kin, said = FAMILIES[3]
    titles = ask("unasked", kin, ASKED | said)
    assert "残疾和重病" not in titles, "only residents by 户籍 may have what it would be asked for"
    assert "日常自理" not in titles
    expect(page.locator("main")).to_contain_text("急难发生地")
