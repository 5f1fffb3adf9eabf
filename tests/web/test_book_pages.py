"""The book in public: the adopted edition, every row with its law, marks where something is unsure."""

import html
import json
import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from guanjia.entitlements.runs import actions
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.web.book import charts
from guanjia.web.book import pages as book_pages
from tests import town
from tests.doors import queries_of, text_of

BOOK = books.load(settings.GUANJIA_CITY)
TOWNS_OWN = """
[[figure.food_gas]]
since = 2020-01-01
value = "95 元/人·月"
where = "441900119"
law = "长安镇2020年通知"
status = "known"
"""
CODES = [chapter.code for chapter in BOOK.chapters]


def words_of(page: str) -> str:
    """The page's words without its tags, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def changed(old: str, new: str) -> Book:
    """The city's book with one text in it replaced."""
    assert old in BOOK.text
    return books.from_text(BOOK.text.replace(old, new))


@pytest.mark.parametrize("code", CODES)
def test_a_chapter_shows_every_row_sentence_and_example_with_its_law(db: None, code: str) -> None:
    chapter = BOOK.chapter(code)
    page = words_of(text_of(Client(), f"/book/{code}/"))
    rows = [row for rows in chapter.figures.values() for row in rows]
    said = [part for row in rows for part in (row.shown, row.law)]
    said += [t for s in (*chapter.conditions, *chapter.amounts) for t in (s.label, s.law)]
    said += [example.title for example in chapter.examples]
    assert [part for part in said if part not in page] == []


@pytest.mark.parametrize("code", CODES)
def test_examples_on_the_page_come_out_as_the_book_expects(code: str) -> None:
    chapter = BOOK.chapter(code)
    for shown in book_pages.examples(BOOK, chapter, town.TODAY):
        assert [r.benefit for r in shown.results] == [code] * len(shown.results)
        assert all(r.month == shown.example.month for r in shown.results)
    assert {
        r.verdict for e in book_pages.examples(BOOK, chapter, town.TODAY) for r in e.results
    } >= {
        "met",
        "unmet",
    }


def test_a_chapter_that_is_not_there_is_not_found(db: None) -> None:
    assert "找不到这个页面" in text_of(Client(), "/book/no_such_benefit/", 404)


def test_the_page_shows_the_edition_that_was_adopted_last(cast: town.Cast) -> None:
    newer = changed("1060 元/人·月", "1061 元/人·月")
    actions.adopt_book(BOOK, cast.zhou, cast.liang, town.KNOWN)
    assert BOOK.revision in text_of(Client(), "/book/dibao/")
    actions.adopt_book(newer, cast.zhou, cast.liang, town.KNOWN.replace(year=2020))
    page = text_of(Client(), "/book/dibao/")
    assert newer.revision in page
    assert "1061 元/人·月" in page
    assert "还没有由两个人启用" not in page


def test_an_edition_nobody_adopted_says_so(db: None) -> None:
    assert "还没有由两个人启用" in text_of(Client(), "/book/")


def test_figures_past_their_review_are_marked_from_the_day_after(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for on, marked in ((date(2020, 12, 31), False), (date(2021, 1, 1), True)):
        monkeypatch.setattr(settings, "GUANJIA_DEMO_DAY", on)
        assert ("未复核" in text_of(Client(), "/book/dibao/")) is marked


def test_a_towns_own_figure_is_shown_with_the_towns_name(cast: town.Cast) -> None:
    whole = json.loads(BOOK.text)
    whole["files"]["chapters/dibao/chapter.toml"] += TOWNS_OWN
    own = books.from_text(json.dumps(whole))
    actions.adopt_book(own, cast.zhou, cast.liang, town.KNOWN)
    page = words_of(text_of(Client(), "/book/dibao/"))
    assert "长安镇" in page
    assert "95 元/人·月" in page
    assert "长安镇2020年通知" in page


def test_a_steady_figure_has_no_chart_and_a_changed_one_says_by_how_much() -> None:
    shown = {f.name: f for f in book_pages.figures(BOOK.chapter("dibao"), town.TODAY)}
    assert shown["dibao_line"].message == "低保标准从2020年1月起为 1060 元/人·月，比之前高 8.2 %"
    assert shown["minimum_wage"].message.startswith("最低工资标准将从2021年12月起为 1900 元/月")
    assert shown["refusals"].chart is None


def test_a_chart_holds_the_books_values_from_nought_to_today() -> None:
    rows = list(BOOK.chapter("dibao").figures["dibao_line"])
    drawn = charts.steps(rows, town.TODAY)
    assert [(p["on"], p["value"]) for p in drawn["points"]] == [
        ("2019-01-01", 980),
        ("2020-01-01", 1060),
    ]
    assert drawn["end"] >= drawn["today"] == "2020-04-01"


def test_relations_are_read_as_sentences() -> None:
    said = [one.words for one in book_pages.relations(BOOK)]
    assert len(said) == len(BOOK.relations)
    assert all("%(" not in words for words in said)
    assert all("最低生活保障" in one.words for one in book_pages.relations(BOOK, "dibao"))


def test_a_chapter_takes_few_queries_however_long_it_is(cast: town.Cast) -> None:
    actions.adopt_book(BOOK, cast.zhou, cast.liang, town.KNOWN)
    assert queries_of(Client(), "/book/dibao/") <= 3


def test_the_folder_is_read_again_once_a_file_in_it_changed(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in Path(settings.GUANJIA_CITY).rglob("*.toml"):
        copy = tmp_path / file.relative_to(settings.GUANJIA_CITY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    monkeypatch.setattr(settings, "GUANJIA_CITY", tmp_path)
    assert "1060 元/人·月" in text_of(Client(), "/book/dibao/")
    chapter = tmp_path / "chapters" / "dibao" / "chapter.toml"
    chapter.write_text(chapter.read_text().replace("1060 元", "1062 元"))
    assert "1062 元/人·月" in text_of(Client(), "/book/dibao/")
