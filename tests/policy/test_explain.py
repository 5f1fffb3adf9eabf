"""Explanations: order, figures, laws, what would change it."""

from datetime import date

from guanjia.policy import book, family_file
from guanjia.policy.explain import explain
from guanjia.policy.explanation import Explanation
from guanjia.policy.family import HOUSEHOLD
from tests.policy.toy import chapter, make, relation

CITY = book.SHIPPED
BOOK = book.load(CITY)
JANUARY = date(2020, 1, 1)
HOME = "441900119002"


def why(
    benefit: str = "dibao", unit: int = HOUSEHOLD, deposits: str = "0", **person: object
) -> Explanation:
    """The explanation for a person who lives alone."""
    rows = {
        "household": {"deposits": deposits},
        "person": [{"name": "李月好", "hukou": HOME, **person}],
    }
    written = family_file.from_rows(rows, BOOK)
    return explain(BOOK, JANUARY, written.family, benefit, unit, written.names, date(2021, 1, 1))


def test_a_refusal_names_every_unmet_condition_first() -> None:
    told = why(wages="1060.00", deposits="30000.00")
    assert [s.code for s in told.sentences if s.verdict == "unmet"] == ["income", "assets"]
    assert [s.verdict for s in told.sentences] == ["unmet", "unmet", "met", "met", "met"]


def test_a_number_is_compared_with_the_sign_that_holds() -> None:
    reads = {s.code: s.reads for s in why(wages="1060.00").sentences}["income"]
    assert reads == (
        "六个月家庭收入合计 6,360.00 元 ≥ 6 个月 × 1,060.00 元 × 计入的家庭成员 1 人 = 6,360.00 元"
    )


def test_a_hair_is_told_to_the_fen() -> None:
    assert (
        "六个月家庭收入合计再少 0.01 元，“家庭月收入低于标准乘人口”就符合"
        in why(wages="1060.00").changes
    )
    assert any("升到 6,360.00 元" in text for text in why().changes)


def test_figures_carry_their_law_and_are_unreviewed_after_their_review_day() -> None:
    figures = {f.name: f for s in why().sentences for f in s.figures}
    assert figures["dibao_line"].shown == "1060 元/人·月"
    assert figures["dibao_line"].law.startswith("会议报道")
    assert figures["dibao_line"].unreviewed_since == date(2020, 12, 31)
    assert figures["income_months"].unreviewed_since is None


def test_what_must_be_asked_is_named_with_whose_it_is() -> None:
    told = why(deposits="unknown")
    assert told.verdict == "unknown"
    assert [(q.who, q.name) for q in told.questions] == [("家庭", "deposits")]
    assert any("补问家庭的存款" in text for text in told.changes)


def test_an_unknown_wage_says_which_months() -> None:
    told = why(wages={"2019-08": "unknown"})
    reads = {s.code: s.reads for s in told.sentences}["income"]
    assert "2019年7月至2019年12月" in reads
    assert "工资性收入 待补问" in reads
    assert [(q.who, q.name) for q in told.questions] == [("李月好", "wages")]


def test_amounts_say_how_they_are_made_up() -> None:
    told = why(wages="500.00")
    assert [(line.code, line.fen) for line in told.amounts] == [
        ("difference", 56000),
        ("food_gas", 8000),
    ]
    assert told.amounts[0].reads.endswith("÷ 6 个月，向上取整到分")


def test_a_benefit_without_a_rule_says_so() -> None:
    written = family_file.from_rows({"person": [{"name": "李月好"}]}, BOOK)
    told = explain(BOOK, date(2018, 1, 1), written.family, "dibao")
    assert not told.decidable
    assert "2018年1月" in told.changes[0]


def test_ages_are_told_in_years() -> None:
    reads = {s.code: s.reads for s in why("longevity", 0, born_on=date(1950, 1, 2)).sentences}
    assert reads["age"] == "1950年1月2日出生，2020年1月1日满 69 岁"


def test_a_reduction_is_a_sentence() -> None:
    made = make({"a": chapter(), "b": chapter()}, relation("a", "b", "exclude"))
    written = family_file.from_rows({"person": [{"held": ["a"]}]}, made)
    told = explain(made, JANUARY, written.family, "b", 0)
    assert (told.gross, told.net) == (63200, 0)
    assert [(r.giver, r.fen, r.text) for r in told.reductions] == [
        ("a", 63200, "已享试，本项不再发放")
    ]
    assert explain(made, JANUARY, written.family, "a", 0).reductions == ()
