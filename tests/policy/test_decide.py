"""One family decided: hand-worked tables for unknowns, relations, places, months."""

from datetime import date
from itertools import product

import pytest

from guanjia.kit import days, money
from guanjia.policy import book, family
from guanjia.policy.book import Book
from guanjia.policy.decide import Result, TooManyMembers, read_reasons, rules
from guanjia.policy.facts import Value
from guanjia.policy.family import HOUSEHOLD, Family
from guanjia.policy.starts import first_due
from tests.policy.toy import chapter, make, relation

MONTH = date(2020, 3, 1)
CITY = book.SHIPPED


def home(
    made: Book, *people: dict[str, Value], held: family.Held | None = None, **of_home: Value
) -> Family:
    """A family of people with these facts."""
    members = [family.person(made.facts, made.city, row) for row in people]
    return Family("441900119002", family.household(made.facts, of_home), members, held or {})


def only(made: Book, *people: dict[str, Value], **of_home: Value) -> Result:
    """The first result of a one-chapter book."""
    return rules(made, MONTH).decide(home(made, *people, **of_home))[0]


KLEENE_AND = {(True, True): True, (True, None): None, (None, None): None}
KLEENE_OR = {(False, False): False, (False, None): None, (None, None): None}


@pytest.mark.parametrize(("a", "b"), list(product((True, False, None), repeat=2)))
def test_and_or_any_all_follow_kleene(a: bool | None, b: bool | None) -> None:
    person: dict[str, Value] = {"alive": a, "serious_illness": b}
    key = tuple(sorted((a, b), key=str, reverse=True))
    both = False if False in (a, b) else KLEENE_AND[key]
    either = True if True in (a, b) else KLEENE_OR[tuple(sorted((a, b), key=str))]  # type: ignore[index]
    assert only(make({"t": chapter("alive and serious_illness")}), person).entitled is both
    assert only(make({"t": chapter("alive or serious_illness")}), person).entitled is either
    people: tuple[dict[str, Value], ...] = ({"alive": a}, {"alive": b})
    assert only(make({"t": chapter("all(alive)", unit="household")}), *people).entitled is both
    assert only(make({"t": chapter("any(alive)", unit="household")}), *people).entitled is either


def test_one_unknown_member_makes_a_total_and_a_count_unknown() -> None:
    made = make({"t": chapter("total(disability_level) > 0", unit="household")})
    assert only(made, {"disability_level": 4}, {"disability_level": None}).entitled is None
    made = make({"t": chapter("count(serious_illness) > 0", unit="household")})
    assert only(made, {"serious_illness": True}, {"serious_illness": None}).entitled is None


def test_a_choice_with_an_unknown_question_is_known_only_where_both_arms_agree() -> None:
    made = make({"t": chapter("alive", "(line if serious_illness else line)")})
    assert only(made, {"serious_illness": None}).gross == 63200
    made = make({"t": chapter("alive", "(line if serious_illness else 0)")})
    assert only(made, {"serious_illness": None}).gross is None


def test_a_refused_person_gets_nought_whatever_else_is_unknown() -> None:
    made = make({"t": chapter("alive", "line * disability_level")})
    result = only(made, {"alive": False, "disability_level": None})
    assert (result.entitled, result.gross, result.net) == (False, 0, 0)


def test_the_difference_is_not_rounded_person_by_person() -> None:
    """Standard 632, three persons, income 1,894: 2 yuan, not 3."""
    pays = "max(0, line * count(alive) - total(last_n_months(wages, 1)))"
    made = make({"t": chapter("any(alive)", pays, unit="household")})
    wages: Value = ((0, days.number(date(2100, 1, 1)), 189400),)
    assert only(made, {"wages": wages}, {}, {}).gross == 200


def test_a_month_without_a_figure_is_not_decidable() -> None:
    made = make(
        {
            "old": chapter("alive", "0").replace("[[figure.line]]", "[[figure.spare]]"),
            "t": chapter(),
        }
    )
    now = rules(made, date(2019, 12, 1))
    assert now.undecidable == ("t",)
    assert [r.benefit for r in now.decide(home(made, {}))] == ["old"]


def test_a_town_tops_up_with_one_row() -> None:
    top = '[[figure.line]]\nvalue = "700 元"\nlaw = "法"\nsince = 2020-01-01\nwhere = "441900119"\n'
    made = make({"t": chapter(more=top)})
    here, there = home(made, {}), home(made, {})
    there.place = "441900121001"
    assert [rules(made, MONTH).decide(f)[0].gross for f in (here, there)] == [70000, 63200]


def test_months_before_the_assessment_are_added_up() -> None:
    made = make({"t": chapter("last_n_months(wages, 6) < line", unit="person")})
    march = days.number(date(2020, 3, 1))
    wages: Value = ((march - 6, march - 5, 10000), (march - 1, march, 53199))
    assert only(made, {"wages": wages}).entitled is True
    assert only(made, {"wages": (*wages, (march, march + 1, 99))}).entitled is True
    assert only(made, {"wages": ((march - 6, march - 5, 10001), wages[1])}).entitled is False  # type: ignore[index]
    assert only(made, {"wages": ((march - 3, march - 2, None),)}).entitled is None
    held: family.Held = {("t", 0): march - 1}
    family_ = home(made, {"wages": ((march - 1, march, 99999999),)}, held=held)
    assert rules(made, MONTH).decide(family_)[0].entitled is True


TWO = {"a": chapter(), "b": chapter().replace("632", "432")}
HELD: family.Held = {("a", 0): 0, ("b", 0): 0}


@pytest.mark.parametrize(
    ("kind", "held", "nets"),
    [
        ("exclude", {("a", 0): 0}, (63200, 0)),
        ("exclude", {}, (63200, 43200)),
        ("exclude", {("b", 0): 0}, (63200, 43200)),
        ("higher_only", HELD, (63200, 0)),
        ("top_up", HELD, (63200, 0)),
        ("compatible", HELD, (63200, 43200)),
    ],
)
def test_a_giver_reduces_its_taker_where_it_is_awarded(
    kind: str, held: family.Held, nets: tuple[int, int]
) -> None:
    made = make(TWO, relation("a", "b", kind))
    results = rules(made, MONTH).decide(home(made, {}, held=held))
    assert tuple(r.net for r in results) == nets
    assert [r.gross for r in results] == [63200, 43200]


def test_the_other_way_round_the_lower_falls_away_and_the_higher_is_topped_up() -> None:
    made = make(TWO, relation("b", "a", "higher_only"))
    assert [r.net for r in rules(made, MONTH).decide(home(made, {}, held=HELD))] == [63200, 0]
    made = make(TWO, relation("b", "a", "top_up"))
    assert [r.net for r in rules(made, MONTH).decide(home(made, {}, held=HELD))] == [20000, 43200]


def test_a_tie_keeps_the_giver() -> None:
    made = make({"a": chapter(), "b": chapter()}, relation("b", "a", "higher_only"))
    assert [r.net for r in rules(made, MONTH).decide(home(made, {}, held=HELD))] == [0, 63200]


def test_the_calculator_treats_all_as_awarded() -> None:
    made = make(TWO, relation("a", "b", "exclude"))
    results = rules(made, MONTH).decide(home(made, {}), assume_awarded=True)
    assert [r.net for r in results] == [63200, 0]


def test_a_relation_holds_in_its_own_dates() -> None:
    made = make(TWO, relation("a", "b", "exclude", "since = 2020-04-01"))
    family_ = home(made, {}, held=HELD)
    assert rules(made, MONTH).decide(family_)[1].net == 43200
    assert rules(made, date(2020, 4, 1)).decide(family_)[1].net == 0


def test_a_choice_decides_and_an_unknown_one_is_asked() -> None:
    made = make(
        {"tekun": chapter(), "b": chapter()},
        relation("tekun", "b", "exclude", 'chosen_by = "chosen_benefit"'),
    )
    nets = []
    for chosen in ("tekun", "orphan", None):
        family_ = home(made, {"chosen_benefit": chosen}, held={("tekun", 0): 0})
        nets.append({r.benefit: r.net for r in rules(made, MONTH).decide(family_)}["b"])
    assert nets == [0, 63200, None]


def test_a_households_amount_is_shared_to_the_fen() -> None:
    giver = chapter("any(alive)", "line", unit="household")
    made = make({"a": giver, "b": chapter()}, relation("a", "b", "top_up"))
    results = rules(made, MONTH).decide(home(made, {}, {}, {}, held={("a", HOUSEHOLD): 0}))
    shares = [63200 - (r.net or 0) for r in results if r.benefit == "b"]
    assert shares == [21067, 21067, 21066]
    assert sum(shares) == 63200


@pytest.mark.parametrize(("fen", "parts"), [(0, 3), (1, 3), (100, 7), (63200, 3)])
def test_shares_add_up(fen: int, parts: int) -> None:
    assert sum(money.shares(fen, parts)) == fen
    assert max(money.shares(fen, parts)) - min(money.shares(fen, parts)) <= 1


def test_reasons_are_two_bits_a_condition() -> None:
    more = '[[condition]]\ncode = "later"\nlabel = "后"\nen = "L"\nholds = "alive"\nlaw = "法"\nsince = 2021-01-01\n'
    made = make({"t": chapter("serious_illness", more=more)})
    told = [only(made, {"serious_illness": value}).reasons for value in (False, True, None)]
    chapter_ = made.chapter("t")
    assert [read_reasons(chapter_, r) for r in told] == [
        {"only": v} for v in ("unmet", "met", "unknown")
    ]


def test_more_than_64_members_are_refused() -> None:
    made = make({"t": chapter()})
    with pytest.raises(TooManyMembers, match="65"):
        rules(made, MONTH).decide(home(made, *[{} for _ in range(65)]))


def test_the_standard_of_the_destitute_is_one_point_six_times_the_line() -> None:
    figures = book.load(CITY).chapter("dibao").figures["dibao_line"]
    assert [row.value * 16 // 10 for row in figures] == [156_800, 169_600]


def test_months_due_follow_the_chapters_start() -> None:
    granted = date(2021, 3, 15)
    assert first_due("month after approval", granted, granted) == date(2021, 4, 1)
    assert first_due("month of application", granted, date(2021, 5, 20)) == date(2021, 3, 1)
    assert first_due("month after approval", granted, date(2021, 12, 31)) == date(2022, 1, 1)
    shipped = book.load(CITY)
    starts = {c.code: c.starts for c in shipped.chapters}
    assert first_due(starts["dibao"], granted, granted) == date(2021, 4, 1)
    assert first_due(starts["disability_living"], granted, date(2021, 5, 20)) == date(2021, 3, 1)
    with pytest.raises(ValueError, match="someday"):
        first_due("someday", granted, granted)
