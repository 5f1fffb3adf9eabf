"""Other figures from some month on: real text, a whole book, and every wrong wish in words."""

import json
from datetime import date

import pytest

from guanjia.policy import book as books
from guanjia.policy import proposing
from guanjia.policy.book import Book
from guanjia.policy.proposing import BadProposal, propose, read
from tests.policy import toy

CITY = books.load(books.SHIPPED)
APRIL = date(2020, 4, 1)
LINE_IN = {"dibao", "bianyuan", "dibao_single", "price_subsidy", "relief_urgent", "tekun"}


def files(book: Book) -> dict[str, str]:
    """The files that a book was read from."""
    found: dict[str, str] = json.loads(book.text)["files"]
    return found


def tried(*changes: str, book: Book = CITY, since: date = APRIL) -> Book:
    """The book with these changes."""
    return propose(book, [read(text) for text in changes], since)


def shown(book: Book, chapter: str, name: str, on: date, place: str = "") -> str:
    """A figure as the book writes it on a day."""
    row = book.chapter(chapter).figure_on(name, on, place)
    assert row is not None
    return row.shown


def test_a_figure_of_several_chapters_changes_in_all_and_nothing_before_its_day() -> None:
    new = tried("dibao_line=1150")
    changed = {path for path, text in files(new).items() if text != files(CITY)[path]}
    assert changed == {f"chapters/{code}/chapter.toml" for code in LINE_IN}
    for code in LINE_IN:
        assert shown(new, code, "dibao_line", APRIL) == "1150 元/人·月"
        assert shown(new, code, "dibao_line", date(2020, 3, 1)) == "1060 元/人·月"
    assert new.revision != CITY.revision
    assert books.from_text(new.text).revision == new.revision


def test_the_text_gains_one_row_that_says_it_is_a_draft_and_keeps_every_line() -> None:
    path = "chapters/dibao/chapter.toml"
    before, after = files(CITY)[path].split("\n"), files(tried("dibao.house_limit=2"))[path]
    at = after.split("\n").index('value = "2 套"')
    fresh = after.split("\n")[at - 3 : at + 3]
    assert fresh == [
        *("", "[[figure.house_limit]]", "since = 2020-04-01", 'value = "2 套"'),
        *(f'law = "{proposing.DRAFT}"', 'status = "assumption"'),
    ]
    left = after.split("\n")
    del left[at - 3 : at + 3]
    assert left == before
    assert "# ── 数字 ──" in after


def test_a_row_with_an_end_ends_where_the_new_one_begins_and_what_follows_stays() -> None:
    new = tried("minimum_wage=1,800")
    rows = new.chapter("dibao").figures["minimum_wage"]
    assert [(row.since, row.until, row.shown) for row in rows] == [
        (date(2018, 7, 1), APRIL, "1720 元/月"),
        (APRIL, date(2021, 12, 1), "1800 元/月"),
        (date(2021, 12, 1), None, "1900 元/月"),
    ]


def test_a_row_of_the_same_day_is_rewritten_with_what_stood_behind_it() -> None:
    since = date(2020, 1, 1)
    reviewed = toy.chapter().replace(
        'value = "632 元/人·月"', 'value = "632 元/人·月"  # 2019年通知\nreview_by = 2020-12-31'
    )
    new = tried("line=700.5", book=toy.make({"toy": reviewed}), since=since)
    (row,) = new.chapter("toy").figures["line"]
    assert (row.value, row.law, row.status) == (70050, proposing.DRAFT, "assumption")
    assert row.review_by is None
    assert 'value = "700.50 元/人·月"  # 2019年通知' in files(new)["chapters/toy/chapter.toml"]


def test_a_town_gets_a_row_of_its_own_and_keeps_it() -> None:
    new = tried("dibao_line@441900119=1200 元/人·月")
    assert shown(new, "dibao", "dibao_line", APRIL, "441900119002") == "1200 元/人·月"
    assert shown(new, "dibao", "dibao_line", APRIL, "441900121004") == "1060 元/人·月"
    again = tried("dibao_line@441900119=1250", book=new, since=date(2020, 7, 1))
    assert shown(again, "dibao", "dibao_line", APRIL, "441900119002") == "1200 元/人·月"
    assert shown(again, "dibao", "dibao_line", date(2020, 7, 1), "441900119") == "1250 元/人·月"


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("margin_percent=160", "160 %"),
        ("margin_percent = 160%", "160 %"),
        ("margin_percent=160 %", "160 %"),
        ("margin_percent＝１６０％", "160 %"),
        ("bianyuan.margin_percent=0160", "160 %"),
    ],
)
def test_a_value_is_read_in_the_figures_own_unit(written: str, becomes: str) -> None:
    assert shown(tried(written), "bianyuan", "margin_percent", APRIL) == becomes


def test_a_change_is_written_as_it_is_read() -> None:
    for text in ("dibao_line=1150", "dibao.house_limit=2 套", "dibao_line@441900119=1200"):
        assert str(read(text)) == text
        assert read(str(read(text))) == read(text)


def test_what_the_changes_do_is_told_in_steps() -> None:
    changes = [read("dibao_line=1150"), read("care_allowance@441900119=350")]
    new = propose(CITY, changes, APRIL)
    first, second = proposing.steps(CITY, new, changes, APRIL)
    assert (first.label, first.before, first.after) == (
        *("低保标准", "1060 元/人·月", "1150 元/人·月"),
    )
    assert {chapter.code for chapter in first.chapters} == LINE_IN
    assert (second.before, second.after) == ("300 元/人·月", "350 元/人·月")


def test_a_law_that_is_known_already_takes_the_place_of_the_draft() -> None:
    new = propose(CITY, [read("dibao_line=1150")], APRIL, "试行通知第1号", "found")
    row = new.chapter("dibao").figure_on("dibao_line", APRIL)
    assert row is not None
    assert (row.law, row.status) == ("试行通知第1号", "found")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("dibao_lin=3", "没有叫 dibao_lin 的标准；是不是 dibao_line？"),
        ("dibao.refusal=3", "没有叫 refusal 的标准；是不是 refusals？"),
        ("dibao.nothing=3", "有：deposit_months、dibao_line、food_gas"),
        ("dibo.dibao_line=3", "没有叫 dibo 的章节；是不是 dibao？"),
        ("house_limit=一", "“一”不能作住房限额的新数。请照“1 套”这样写"),
        ("house_limit=1.5", "“1.5”不能作住房限额的新数"),
        ("care_allowance=-5", "“-5”不能作"),
        ("care_allowance=350 元/次", "“350 元/次”不能作"),
        ("care_allowance=12.345", "“12.345”不能作"),
        ("dibao_line=99999999999999999", "可能超出 64 位整数"),
        ("dibao_line=1060", "完全一样"),
        ("dibao_line@110000=3", "110000 不是本市的区划代码；本市的以 441900 开头"),
        ("dibao_line", "“dibao_line”读不懂。请写成 名称=新数"),
        ("dibao_line=", "读不懂"),
    ],
)
def test_a_wish_that_cannot_be_tried_is_refused_in_words(wish: str, says: str) -> None:
    with pytest.raises(BadProposal) as caught:
        tried(wish)
    assert says in str(caught.value)


def test_one_figure_takes_one_new_value_from_the_first_of_a_month() -> None:
    with pytest.raises(BadProposal, match="dibao_line 写了两次"):
        tried("dibao_line=1150", "dibao.dibao_line=1160")
    with pytest.raises(BadProposal, match="须从某月1日起"):
        tried("dibao_line=1150", since=date(2020, 4, 2))
    assert tried("dibao_line=1060", "house_limit=2").revision != CITY.revision


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[[figure.line]]\nlabel", "[[figure . 'line']]\nlabel"),
        ("[[figure.line]]\nlabel", '[[ figure."line" ]] # 数\nlabel'),
    ],
)
def test_a_head_may_be_written_as_toml_allows(before: str, after: str) -> None:
    new = tried("line=700", book=toy.make({"toy": toy.chapter().replace(before, after)}))
    assert shown(new, "toy", "line", APRIL) == "700 元/人·月"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (toy.LINE, ""),  # written as one list in the head
        ('value = "632 元/人·月"', "value = '''632 元/人·月'''"),
        (toy.LINE, f'apply = """{toy.LINE}"""\n{toy.LINE}'),
    ],
)
def test_a_text_laid_out_too_oddly_is_left_to_a_person(before: str, after: str) -> None:
    text = toy.chapter().replace(before, after)
    if not after:
        row = '{ label = "标准", since = 2020-01-01, value = "632 元/人·月", law = "法" }'
        text = text.replace('title = "试"', f'figure = {{ line = [{row}] }}\ntitle = "试"')
    with pytest.raises(BadProposal, match="不能自动改"):
        tried("line=700", book=toy.make({"toy": text}), since=date(2020, 1, 1))
