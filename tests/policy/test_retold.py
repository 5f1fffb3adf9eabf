"""A book in other words decides as the book does, says the same sentences, and keeps laws as they are."""

from collections.abc import Iterator
from datetime import date

import pytest

from guanjia.policy import book as books
from guanjia.policy import family_file, words
from guanjia.policy.explain import explain
from guanjia.policy.retold import in_words
from guanjia.policy.words import Speaker

CITY = books.SHIPPED
BOOK = books.load(CITY)
ASIDE = [f"{chapter.code}/{n}" for chapter in BOOK.chapters for n in range(len(chapter.examples))]


@pytest.fixture
def in_brackets() -> Iterator[None]:
    """A reader in whose language the book's words stand in brackets, or are English."""
    before = words._speaker[0]
    words.speak_with(Speaker(lambda: "xx", str, lambda text, en: en or f"[{text}]"))
    yield
    words.speak_with(before)


def test_the_book_itself_is_given_where_it_needs_no_other_words() -> None:
    assert in_words(BOOK) is BOOK


def test_words_for_readers_change_and_laws_codes_and_texts_stay(in_brackets: None) -> None:
    told = in_words(BOOK)
    dibao, before = told.chapter("dibao"), BOOK.chapter("dibao")
    assert told.revision == BOOK.revision
    assert told.text == BOOK.text
    assert dibao.title == "Minimum living allowance"
    assert dibao.summary == f"[{before.summary}]"
    assert dibao.figures["dibao_line"][0].label == "[低保标准]"
    assert dibao.figures["dibao_line"][0].shown == "980 [元/人·月]"
    assert [c.label for c in dibao.conditions] == [c.en for c in before.conditions]
    assert [c.law for c in dibao.conditions] == [c.law for c in before.conditions]
    assert [c.text for c in dibao.conditions] == [c.text for c in before.conditions]
    assert dibao.bring == tuple(f"[{what}]" for what in before.bring)
    assert dibao.text == before.text
    assert told is in_words(BOOK)


@pytest.mark.parametrize("which", ASIDE)
def test_every_example_comes_out_the_same(which: str, in_brackets: None) -> None:
    code, number = which.split("/")
    example = BOOK.chapter(code).examples[int(number)]
    written = family_file.from_rows(example.rows, BOOK)
    unit = -1 if BOOK.chapter(code).unit == "household" else 0
    asked = (example.month, written.family, code, unit, written.names, date(2020, 4, 1))
    one, other = explain(BOOK, *asked), explain(in_words(BOOK), *asked)
    assert (one.entitled, one.gross, one.net) == (other.entitled, other.gross, other.net)
    assert [s.verdict for s in one.sentences] == [s.verdict for s in other.sentences]
    assert [s.en for s in one.sentences] == [s.label for s in other.sentences]
