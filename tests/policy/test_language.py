"""What the expression language takes, and in what words it refuses the rest."""

import pytest

from guanjia.policy import facts
from guanjia.policy import nodes as n
from guanjia.policy.language import LanguageError, Names, expect, parse

FACTS = facts.declared()


def names(**defines: str) -> Names:
    """Figures line (fen) and limit (whole), household defines as given."""
    figures = {"line": ("fen", 98_000, 106_000), "limit": ("whole", 3, 6)}
    made = {name: ("household", text) for name, text in defines.items()}
    return Names(FACTS, figures, made, {"dibao": "household", "longevity": "person"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("age_from(70) and hukou_local", "yes_no"),
        ("line * limit", "fen"),
        ("limit - 1", "whole"),
        ("divide_up(line, 3)", "fen"),
        ("max(0, line - 5 * line)", "fen"),
        ("line if serious_illness else 0", "fen"),
        ('disability_kind in ("intellect", "mental")', "yes_no"),
        ('relation == "0"', "yes_no"),
        ("1 <= disability_level <= 2", "yes_no"),
        ("last_n_months(wages - work_costs, limit)", "fen"),
        ("total(last_n_months(wages, 6) if in_family else 0)", "fen"),
        ("count(alive)", "whole"),
        ("dibao.entitled or held.dibao or longevity.gross > 0", "yes_no"),
        ("born_on == born_on", "yes_no"),
        ("-line", "fen"),
    ],
)
def test_a_right_expression_has_the_type_it_says(text: str, kind: str) -> None:
    node = parse(text, names(), "person")
    expect(node, kind, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("wagess > 0", "是不是 wages"),
        ("line * line", "不能相乘"),
        ("line + limit", "元和个数"),
        ("line / 2", "divide_up"),
        ("line // 2", "divide_up"),
        ("wages and alive", "是或否"),
        ("alive == True", "不必再比较"),
        ('relation == "9"', "没有 '9' 这个选项"),
        ('relation < "1"', "只能用 =="),
        ("alive in (1, 2)", "只有选项"),
        ("last_n_months(deposits, 6)", "按月的数"),
        ("last_n_months(wages, 99)", "1 到 36"),
        ("count(wages > 0)", "按月的数"),
        ("divide_up(line, count(alive))", "大于零"),
        ("dibaoo.entitled", "是不是 dibao"),
        ("dibao.net", "entitled 或 gross"),
        ("hukou", "地点"),
        ("1.5 * line", "只能写整数"),
        ("[alive for alive in x]", "不能用这种写法"),
        ("__import__('os')", "没有叫 __import__"),
        ("(lambda: alive)()", "不能用这种写法"),
        ("alive and", "句子写法不对"),
        ("min(line)", "至少要两项"),
        ("age_from(line)", "以岁计"),
        ("line * 1000000 * 1000000 * 100000", "64 位"),
    ],
)
def test_a_wrong_expression_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(LanguageError, match=says.replace("(", r"\(")):
        parse(text, names(), "person")


def test_a_household_sentence_reads_members_only_together() -> None:
    with pytest.raises(LanguageError, match="count、total、any 或 all"):
        parse("wages > 0", names(), "household")
    assert isinstance(parse("any(alive)", names(), "household"), n.Over)


def test_a_monthly_amount_must_be_added_up_before_it_is_judged() -> None:
    with pytest.raises(LanguageError, match="last_n_months"):
        expect(parse("wages > line", names(), "person"), "yes_no", "wages > line")


def test_defines_that_need_each_other_are_a_circle() -> None:
    with pytest.raises(LanguageError, match="a → b → a"):
        parse("a > 0", names(a="b + 1", b="a + 1"), "household")
