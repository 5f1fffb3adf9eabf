"""The book's expressions in words: every kind of part, brackets where they matter and nowhere else."""

from pathlib import Path

import pytest
from django.conf import settings

from guanjia.policy import book as books
from guanjia.policy import language
from guanjia.policy.language import Names
from guanjia.policy.nodes import Node, Unit
from guanjia.web.book.aloud import Aloud

BOOK = books.load(Path(settings.GUANJIA_CITY))
DIBAO = BOOK.chapter("dibao")
WORDS = Aloud(BOOK, DIBAO)

CASES = [
    ("person", "wages + business - work_costs", "工资性收入 + 经营净收入 − 必要就业成本"),
    ("person", "wages - (business + work_costs)", "工资性收入 − （经营净收入 + 必要就业成本）"),
    ("person", "3 * (wages + business)", "3 × （工资性收入 + 经营净收入）"),
    ("household", "2 * 3 * dibao_line", "2 × 3 × 低保标准"),
    ("household", "houses <= house_limit", "住房（套） 不超过 住房限额"),
    ("household", "vehicles == 0", "机动车（辆，残疾人代步车除外） 等于 0"),
    ("person", "1 <= disability_level", "残疾等级（0 为无） 不低于 1"),
    ("person", 'disability_kind == "mental"', "残疾类别是“精神”"),
    ("person", 'disability_kind in ("mental", "intellect")', "残疾类别是“精神、智力”之一"),
    ("person", "hukou_local and (alive or able_to_work)", "本市户籍，并且（在世，或者有劳动能力）"),
    ("person", "not injury_nursing", "没有“领取工伤生活护理费”这一情况"),
    ("household", "held.dibao", "正在享受“最低生活保障”"),
    ("household", "not held.dibao", "没有在享受“最低生活保障”"),
    ("household", "not bianyuan.entitled", "不符合“低保边缘家庭”的条件"),
    ("household", "bianyuan.gross", "“低保边缘家庭”的应得金额"),
    ("household", "count(alive)", "家庭成员中（在世）的人数"),
    ("household", "any(alive)", "至少一名家庭成员（在世）"),
    ("household", "all(alive)", "每一名家庭成员都（在世）"),
    ("household", "total(last_n_months(wages, 6))", "全家合计（工资性收入最近 6 个月合计）"),
    ("person", "age_from(70)", "已满 70 周岁"),
    ("person", "age_under(18)", "未满 18 周岁"),
    ("household", "max(0, dibao_line - deposits)", "低保标准 − 存款，不足 0 的按 0 计"),
    ("household", "min(dibao_line, minimum_wage)", "低保标准、最低工资标准 中较低的"),
    ("household", "divide_up(dibao_line, 3)", "低保标准 ÷ 3（向上取整到分）"),
    (
        "household",
        "divide_half_up(dibao_line + dibao_line, 3)",
        "（低保标准 + 低保标准） ÷ 3（四舍五入到分）",
    ),
    ("person", "wages if alive else 0", "在世的，取 工资性收入；否则，0"),
]


def parsed(text: str, unit: Unit) -> str:
    """The words of an expression in the chapter of 低保."""
    ranges = {
        name: (rows[0].unit, min(r.value for r in rows), max(r.value for r in rows))
        for name, rows in DIBAO.figures.items()
    }
    benefits: dict[str, Unit] = {chapter.code: chapter.unit for chapter in BOOK.chapters}
    node = language.parse(text, Names(BOOK.facts, ranges, {}, benefits), unit)
    return WORDS.read(node)


@pytest.mark.parametrize(("unit", "text", "words"), CASES, ids=[case[1] for case in CASES])
def test_an_expression_is_read_in_the_books_own_words(unit: Unit, text: str, words: str) -> None:
    assert parsed(text, unit) == words


def test_every_sentence_of_the_citys_book_has_words() -> None:
    for chapter in BOOK.chapters:
        words = Aloud(BOOK, chapter)
        parts = [*chapter.conditions, *chapter.amounts, *chapter.defines]
        assert all(words.read(part.node) for part in parts)


def test_a_part_without_words_is_an_error_and_not_silence() -> None:
    with pytest.raises(TypeError, match="no words for Node"):
        WORDS.read(Node("yes_no", False, None))
