"""The calculator's questions: only what still matters, and nothing asked twice."""

from datetime import date

from guanjia.policy import asking
from guanjia.policy.facts import Value
from guanjia.policy.family import Family
from tests.policy.families import BOOK

MONTH = date(2020, 4, 1)
NOTHING = {"yes_no": False, "whole": 0, "fen": 0, "place": "441900119002", "day": date(1985, 1, 1)}
CHOICES = {"supporters": "able", "father_state": "able", "mother_state": "able"}


def answers(**given: Value) -> dict[str, Value]:
    """What a healthy person without anything says, and what is given."""
    plain = {
        f.name: NOTHING.get(f.type, "none") for f in (*BOOK.facts.person, *BOOK.facts.household)
    }
    return plain | CHOICES | {"care_form": "parents"} | given


def ask(given: dict[str, Value], people: int = 1) -> tuple[list[list[str]], Family]:
    """Answer screen by screen until nothing more is asked; the facts of each screen."""
    family, screens, asked = asking.blank(BOOK, people, "441900"), [], set()
    names = ["您", "老伴", "孩子"][:people]
    while questions := asking.next_screen(BOOK, MONTH, family, names, asked):
        screens.append([q.fact.name for q in questions])
        for question in questions:
            assert (question.fact.name, question.unit) not in asked
            asked.add((question.fact.name, question.unit))
            asking.answer(BOOK, family, question.fact, question.unit, given[question.fact.name])
    return screens, family


def due(family: Family, names: list[str]) -> dict[str, int | None]:
    """Benefits that come out with an amount."""
    told = asking.outcome(BOOK, MONTH, family, names, MONTH)
    return {why.benefit: why.net for why in told if why.entitled and why.amounts}


def test_an_elder_without_income_learns_what_she_is_due() -> None:
    screens, family = ask(answers(born_on=date(1938, 3, 15)))
    assert screens[0] == ["born_on", "hukou"]
    assert due(family, ["您"]) == {"dibao": 114_000, "longevity": 15_000}


def test_who_earns_enough_is_not_asked_what_she_owns() -> None:
    screens, _family = ask(answers(wages=900_000))
    asked = {name for screen in screens for name in screen}
    assert "deposits" not in asked
    assert "eats_alone" not in asked


def test_the_healthy_are_not_asked_about_certificates_and_grown_ups_not_about_parents() -> None:
    screens, _family = ask(answers())
    asked = {name for screen in screens for name in screen}
    assert not asked & {"disability_kind", "same_kind_care", "father_state", "care_form"}


def test_a_child_is_asked_about_both_parents() -> None:
    given = answers(
        born_on=date(2012, 5, 1),
        father_state="dead",
        mother_state="prison",
        supporters="unable",
        chosen_benefit="unattended",
    )
    screens, family = ask(given)
    assert any({"father_state", "mother_state"} <= set(screen) for screen in screens)
    assert due(family, ["您"])["unattended"] == 182_000 - 114_000


def test_what_the_asker_does_not_know_is_not_asked_again_and_stays_open() -> None:
    _screens, family = ask(answers(deposits=None))
    told = {w.benefit: w.verdict for w in asking.outcome(BOOK, MONTH, family, ["您"], MONTH)}
    assert told["dibao"] == "unknown"


def test_what_is_assumed_is_listed() -> None:
    names = {fact.name for fact in asking.assumed(BOOK)}
    assert {"alive", "in_family", "claims"} <= names
    assert not names & {"wages", "born_on", "hukou_local"}
