"""The template words: money, days, verdicts, marks, and the reasons part for each verdict."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string

from guanjia.policy import book as books
from guanjia.policy import family_file
from guanjia.policy.explain import explain
from guanjia.policy.explanation import Explanation
from guanjia.staff.roles import May
from guanjia.web import rooms
from guanjia.web.templatetags import guanjia as words
from tests import town

BOOK = books.load(Path(settings.GUANJIA_CITY))


def shown(template: str, **context: object) -> str:
    """A template's text."""
    return engines["django"].from_string(template).render(context)


@pytest.mark.parametrize(
    ("fen", "text"),
    [(118000, "1,180.00 元"), (0, "0.00 元"), (-5, "−0.05 元"), (100000000, "1,000,000.00 元")],
)
def test_money_is_shown_to_the_fen_with_a_true_minus(fen: int, text: str) -> None:
    assert f">{text}<" in words.yuan(fen)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (12600000000, "1.26 亿元"),
        (3123400, "3.12 万元"),
        (99999999, "100.00 万元"),
        (-3125000, "−3.13 万元"),
        (999999, "9,999.99 元"),
    ],
)
def test_large_sums_are_rounded_to_the_nearest_hundredth(fen: int, text: str) -> None:
    assert f">{text}<" in words.yuan_large(fen)


def test_what_does_not_apply_is_a_dash_with_its_reason() -> None:
    dash = words.yuan(None, "还没有核算")
    assert 'title="还没有核算"' in dash
    assert "—" in dash


def test_days_and_moments_are_the_citys() -> None:
    late = datetime(2020, 2, 29, 17, 5, tzinfo=UTC)  # already 1 March in Dongguan
    assert "2020年3月1日" in str(words.day(late))
    assert "01:05" in str(words.moment(late))
    assert "2020年3月" in str(words.month(date(2020, 3, 31)))


def test_a_verdict_is_never_colour_alone() -> None:
    for value, word in ((True, "符合"), (False, "不符合"), (None, "待补问")):
        said = shown("{% verdict value %}", value=value)
        assert f"<span>{word}</span>" in said
        assert "<svg" in said


@pytest.mark.parametrize("kind", list(words.MARKS))
def test_every_mark_leads_to_what_it_means(kind: str) -> None:
    tag = shown("{% mark kind %}", kind=kind)
    anchor = tag.split("#")[1].split('"')[0]
    meanings = (settings.ROOT / "web" / "templates" / "marks.html").read_text()
    assert f'id="{anchor}"' in meanings


def test_the_rail_offers_only_what_the_post_may_enter() -> None:
    rail = rooms.entered({"see_people": True}, "/people/5/")
    offered = [entry for _group, entries in rail.groups for entry in entries]
    assert [entry.url for entry in offered] == ["/", "/people/", "/book/"]
    assert [entry.url for entry in offered if entry.here] == ["/people/"]
    assert [str(group.label) for group, _entries in rail.groups] == ["", "一户一档", "政策"]
    assert rail.near == offered


def test_every_room_stands_in_one_group_and_a_phone_keeps_few_near() -> None:
    rail = rooms.entered({what.value: True for what in May}, "/inbox/7/")
    names = [entry.room.name for _group, entries in rail.groups for entry in entries]
    assert len(names) == len(set(names)) == 19
    assert [group.code for group, _entries in rail.groups] == [g.code for g in rooms.GROUPS]
    assert [entry.room.name for entry in rail.near] == ["home", "inbox", "intake"]


def explained(title: str) -> Explanation:
    """The explanation of one of the chapter's own examples, by its title's beginning."""
    chapter = BOOK.chapter("dibao")
    example = next(e for e in chapter.examples if e.title.startswith(title))
    written = family_file.from_rows(example.rows, BOOK)
    return explain(
        BOOK, example.month, written.family, "dibao", names=written.names, today=town.TODAY
    )


def test_reasons_put_the_unmet_first_and_fold_the_met() -> None:
    one = explained("三口之家，六个月收入正好到线")
    text = render_to_string("parts/reasons.html", {"explanation": one})
    assert "不符合条件" in text
    assert text.index("家庭月收入低于标准乘人口") < text.index("<details")
    assert text.index("<details") < text.index("有本市户籍的家庭成员")
    assert "怎样会改变这个结果" in text
    assert 'href="/book/dibao/#income"' in text
    assert 'href="/book/dibao/#figure-dibao_line"' in text


def test_reasons_of_the_entitled_show_how_the_amount_is_made_up() -> None:
    one = explained("三口之家，月收入1999元")
    text = render_to_string("parts/reasons.html", {"explanation": one})
    assert "符合条件" in text
    assert "金额怎么算出来" in text
    assert text.count("1,421.00 元") >= 2  # the result, and the foot of the sum
    assert "<details open>" in text


def test_reasons_of_the_unknown_ask_and_do_not_refuse() -> None:
    one = explained("存款没有核对到")
    text = render_to_string("parts/reasons.html", {"explanation": one})
    assert "还不能判断，先补问" in text
    assert "不符合条件" not in text
    assert all(fact.label in text for fact in one.questions)
    assert one.questions


def test_a_month_without_a_rule_is_no_refusal() -> None:
    one = explained("2018年还没有")
    assert not one.decidable
    text = render_to_string("parts/reasons.html", {"explanation": one})
    assert "这不是“不符合”" in text
