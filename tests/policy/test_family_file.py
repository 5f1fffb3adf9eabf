"""Families written in files: what is wrong is told at once, with the nearest name."""

from pathlib import Path

import pytest

from guanjia.policy import book, facts, family_file
from guanjia.policy.family import HOUSEHOLD

CITY = book.SHIPPED
BOOK = book.load(CITY)


def position(name: str) -> int:
    """Where a fact stands."""
    fact = BOOK.facts.find(name)
    assert fact is not None
    return fact.position


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ({"wagess": "1"}, "没有叫 wagess 的事实；是不是 wages"),
        ({"wages": 1999}, "请用引号写成元"),
        ({"wages": 1999.5}, "请用引号写成元"),
        ({"wages": "一千"}, "不是金额"),
        ({"wages": "-1"}, "超出范围"),
        ({"wages": {"2020-13": "1"}}, "“2020-13”不是月份"),
        ({"wages": {"去年": "1"}}, "不是月份"),
        ({"alive": "是"}, "true 或 false"),
        ({"relation": "9"}, "可填：0（本人）"),
        ({"born_on": "1978-05-04"}, "请填日期"),
        ({"disability_level": 5}, "超出范围"),
        ({"deposits": "1"}, "应写在 [household] 里"),
        ({"hukou_local": True}, "请写 hukou"),
        ({"held": ["dibao"]}, "没有叫 dibao 的待遇"),
        ({"held": {"longevity": "某月"}}, "不是月份"),
    ],
)
def test_a_wrong_value_is_told_in_words(person: dict[str, object], says: str) -> None:
    with pytest.raises(family_file.BadFamily) as caught:
        family_file.from_rows({"person": [person]}, BOOK)
    assert says in str(caught.value)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(family_file.BadFamily) as caught:
        family_file.from_rows(
            {"monht": "2020-01", "person": [{"wagess": "1"}, {"sexx": "1"}]}, BOOK
        )
    assert len(caught.value.problems) == 3


def test_a_family_needs_somebody() -> None:
    with pytest.raises(family_file.BadFamily, match="1 至 64 人"):
        family_file.from_rows({}, BOOK)


def test_what_is_not_written_reads_as_the_register_says() -> None:
    family_ = family_file.from_rows({"person": [{"hukou": "441900119002"}]}, BOOK).family
    assert family_.people[0][position("disability_level")] == 0
    assert family_.people[0][position("wages")] == ()
    assert family_.people[0][position("able_to_work")] is facts.UNKNOWN
    assert family_.people[0][position("hukou_local")] is True
    assert family_.household[position("deposits")] is facts.UNKNOWN


def test_local_means_of_this_city_and_unknown_stays_unknown() -> None:
    rows = {"person": [{"hukou": "440100001001"}, {"hukou": "elsewhere"}, {"hukou": "unknown"}, {}]}
    local = [
        row[position("hukou_local")] for row in family_file.from_rows(rows, BOOK).family.people
    ]
    assert local == [False, False, None, None]


def test_awards_are_read_with_the_month_of_their_assessment() -> None:
    rows = {"month": "2020-01", "held": {"dibao": "2019-09"}, "person": [{"held": ["longevity"]}]}
    held = family_file.from_rows(rows, BOOK).family.held
    assert held == {("dibao", HOUSEHOLD): 2019 * 12 + 8, ("longevity", 0): 2020 * 12}


def test_months_are_yuan_as_text_throughout_or_by_month() -> None:
    rows = {
        "person": [{"wages": "1,999.00 元"}, {"wages": {"2019-07": "１２.5", "2019-08": "unknown"}}]
    }
    people = family_file.from_rows(rows, BOOK).family.people
    assert people[0][position("wages")] == ((0, facts.OPEN_END, 199900),)
    july = 2019 * 12 + 6
    assert people[1][position("wages")] == ((july, july + 1, 1250), (july + 1, july + 2, None))


def test_a_broken_file_says_where(tmp_path: Path) -> None:
    (tmp_path / "f.toml").write_text("person = [", encoding="utf-8")
    with pytest.raises(family_file.BadFamily, match="TOML"):
        family_file.load(tmp_path / "f.toml", BOOK)


def test_a_declaration_without_a_register_reads_as_unknown_or_is_refused() -> None:
    text = '[x]\nlabel = "x"\nen = "x"\nof = "person"\ntype = "yes_no"\nabsent = false\n'
    with pytest.raises(ValueError, match="register"):
        facts.from_text(text)
    made = facts.from_text(text + 'register = "r"\n')
    assert made.person[0].absent is False
    assert made.find("x") is made.person[0]
