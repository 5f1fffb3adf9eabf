"""What is carried from month to month comes out as when everybody is decided anew."""

import shutil
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pytest

from bench import people
from guanjia.kit import days
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.policy.city import deciding
from guanjia.policy.city.deciding import Results
from guanjia.policy.city.layout import BadSnapshot, Snapshot, engine
from guanjia.policy.city.reading import rows
from guanjia.policy.month import carrying, register, sorting
from guanjia.policy.month.applying import apply
from guanjia.policy.month.carrying import Carried
from guanjia.policy.month.finding import Span
from guanjia.policy.month.news import City
from guanjia.policy.month.state import State
from tests.policy.families import BOOK, CITY
from tests.policy.variants import changed, condition, figure

FIRST = date(2019, 12, 1)
STEPS = [1, 1, 5, 4, 1, 1, 7]
"""Months at a time: over a January, a falling price index that ends, and two changes of the law."""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A small made-up city with awards, some of which end."""
    return people.city(BOOK, 2_000, FIRST, tmp_path_factory.mktemp("city"))


def registered(snapshot: Snapshot, folder: Path, book: Book = BOOK) -> City:
    """The city of a snapshot."""
    with engine(folder) as con:
        sources = sorting.of_snapshot(snapshot)
        return City(sorting.write(con, book.facts, snapshot.on, sources, folder / "register"), book)


def differing(one: Results, other: Results, book: Book = BOOK) -> int:
    """Results that stand in one and not in the other."""
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE one AS {rows(book, one)}")
        con.execute(f"CREATE TABLE other AS {rows(book, other)}")
        found = con.execute(
            "SELECT count(*) FROM ((FROM one EXCEPT FROM other) UNION ALL (FROM other EXCEPT FROM one))"
        ).fetchone()
    return int(found[0]) if found else 0


class Course(NamedTuple):
    """A city on its way: what was decided at first, and what came out otherwise since."""

    city: City
    state: State
    first: Results
    carried: list[Carried]

    def step(self, span: Span, folder: Path) -> Results:
        """One more month's job, and the whole result of it."""
        self.carried.append(carrying.carry(self.city, span, self.state, [], folder / "patches"))
        with duckdb.connect() as con:
            of = self.city.register
            return apply(con, of, self.first, span.month, self.carried, folder / "carried")


def begun(snapshot: Snapshot, folder: Path, book: Book = BOOK) -> Course:
    """Everybody decided in the snapshot's month."""
    city = registered(snapshot, folder, book)
    results = deciding.decide(book, snapshot.on, snapshot, folder / "first")
    return Course(city, State.begin(city, book, snapshot.on), results, [])


def test_month_after_month_is_as_everybody_anew(snapshot: Snapshot, tmp_path: Path) -> None:
    course, month = begun(snapshot, tmp_path), FIRST
    results, changed_ = course.first, 0
    for number, months in enumerate(STEPS):
        span = Span(BOOK, month, month := days.add_months(month, months))
        before, results = results, course.step(span, tmp_path / str(number))
        anew = deciding.decide(BOOK, month, snapshot, tmp_path / f"anew-{number}")
        assert differing(results, anew) == 0, month
        changed_ += differing(before, results) > 0
    assert changed_ == len(STEPS)
    assert max(each.households for each in course.carried) < snapshot.households / 10


def new_figure(name: str, value: str) -> str:
    """The first row of a figure that the chapter did not have."""
    return figure(name, value).replace("since", 'label = "演示"\nsince')


GATE = f"""
{new_figure("gate", "0 次")}
{figure("gate", "1 次").replace("2019-01-01", "2020-03-01")}
{condition("gate", "gate >= 1")}
"""
"""A sentence that the text alone decides: nobody is entitled before March."""
EDITS = {
    "a town's own figures": [
        ("dibao", "", figure("dibao_line", "1200 元/人·月", "441900119")),
        ("longevity", "", figure("age_first", "60 岁", "441900003")),
    ],
    "a member's own months": [
        ("longevity", "", condition("mates", "any(last_n_months(transfers_in, 12) < first)")),
    ],
    "a sentence that comes": [
        ("longevity", "", condition("late", "deposits < 1000 * first") + "since = 2020-03-01\n"),
    ],
    "a sentence that goes": [
        ("longevity", "", condition("late", "deposits < 1000 * first") + "until = 2020-03-01\n"),
    ],
    "an amount that changes": [
        (
            "disability_care",
            "",
            figure("care_allowance", "345 元/月").replace("2019-01-01", "2020-03-01"),
        ),
    ],
    "a sentence that reads another figure while the text refuses everybody": [
        (
            "longevity",
            "",
            new_figure("limit", "0 元")
            + figure("limit", "900000 元").replace("2019-01-01", "2020-02-01")
            + condition("late", "deposits < limit")
            + GATE,
        ),
    ],
    "a figure of an average": [
        ("dibao", "", figure("income_months", "9 个月").replace("2019-01-01", "2020-03-01")),
    ],
}


@pytest.mark.parametrize("name", EDITS)
def test_another_book_is_carried_on_alike(snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    book = changed(tmp_path / "book", *EDITS[name])
    course, month = begun(snapshot, tmp_path, book), FIRST
    for number in range(5):
        span = Span(book, month, month := days.add_months(month, 1))
        results = course.step(span, tmp_path / str(number))
        anew = deciding.decide(book, month, snapshot, tmp_path / f"anew-{number}")
        assert differing(results, anew, book) == 0, month


def with_a_new_chapter(folder: Path) -> Book:
    """The book with a chapter of which there is a whole rule from February on, and nobody is entitled before March."""
    shutil.copytree(CITY, folder, dirs_exist_ok=True)
    text = (folder / "chapters" / "longevity" / "chapter.toml").read_text(encoding="utf-8")
    new = folder / "chapters" / "later"
    new.mkdir()
    whole = text.replace("since = 2019-01-01", "since = 2020-02-01") + GATE
    (new / "chapter.toml").write_text(whole, encoding="utf-8")
    return books.load(folder)


def test_a_chapter_that_comes_before_anybody_is_entitled(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    book = with_a_new_chapter(tmp_path / "book")
    course, month, entitled = begun(snapshot, tmp_path, book), FIRST, []
    for number in range(5):
        span = Span(book, month, month := days.add_months(month, 1))
        results = course.step(span, tmp_path / str(number))
        anew = deciding.decide(book, month, snapshot, tmp_path / f"anew-{number}")
        assert differing(results, anew, book) == 0, month
        with duckdb.connect() as con:
            asked = (
                f"SELECT count(*) FROM ({rows(book, results)}) WHERE benefit = 'later' AND net > 0"
            )
            entitled += con.execute(asked).fetchone() or ()
    assert entitled[:2] == [0, 0]
    assert entitled[2] > 0


def again(snapshot: Snapshot, folder: Path, gone: np.ndarray | None = None) -> set[int]:
    """Households that are decided again in a quiet month."""
    city = registered(snapshot, folder)
    span = Span(BOOK, date(2020, 6, 1), date(2020, 7, 1))
    state = State.begin(city, BOOK, span.before)
    carried = carrying.carry(city, span, state, [], folder / "carried", gone)
    found = set()
    with duckdb.connect() as con:
        for level, name, _fixed in carried.files:
            if level == 0:
                source = f"read_parquet('{carried.folder / name}')"
                found |= {h for (h,) in con.execute(f"SELECT household FROM {source}").fetchall()}
    assert len(found) == carried.households
    return found


def test_a_quiet_month_decides_few_again(snapshot: Snapshot, tmp_path: Path) -> None:
    assert 0 < len(again(snapshot, tmp_path)) < snapshot.households / 50


def test_those_who_are_laid_out_anew_are_left_to_others(snapshot: Snapshot, tmp_path: Path) -> None:
    every = sorted(again(snapshot, tmp_path / "every"))
    homes = register.read(tmp_path / "every" / "register").arrays["home"]
    gone = np.searchsorted(homes, every[::2])
    others = again(snapshot, tmp_path / "others", gone)
    assert others == set(every) - set(every[::2])


def test_a_state_that_is_read_again_carries_on_alike(snapshot: Snapshot, tmp_path: Path) -> None:
    course = begun(snapshot, tmp_path)
    month = days.add_months(FIRST, 1)
    course.step(Span(BOOK, FIRST, month), tmp_path / "1")
    kept = State.read(tmp_path / "1" / "patches")
    assert (kept.turns == course.state.turns).all()
    assert kept.codes == course.state.codes
    assert kept.standing.tolist() == course.state.standing.tolist()
    again_ = carrying.read(tmp_path / "1" / "patches")
    assert again_ == course.carried[0]


def test_a_register_of_other_declarations_is_refused(snapshot: Snapshot, tmp_path: Path) -> None:
    city = registered(snapshot, tmp_path)
    text = BOOK.text.replace('prison = \\"服刑\\", ', "", 1)
    other = books.from_text(text)
    assert other.revision != BOOK.revision
    with pytest.raises(BadSnapshot, match="另一个版本"):
        City(city.register, other)


def test_what_was_broken_off_is_no_result(snapshot: Snapshot, tmp_path: Path) -> None:
    course = begun(snapshot, tmp_path)
    span, folder = Span(BOOK, FIRST, days.add_months(FIRST, 1)), tmp_path / "1"
    course.step(span, folder)
    course.state.turns = course.state.turns[:-1]  # the next job breaks off on the way
    with pytest.raises((IndexError, ValueError)):
        carrying.carry(course.city, span, course.state, [], folder / "patches")
    with pytest.raises(BadSnapshot, match="没有完整的结果"):
        carrying.read(folder / "patches")


def test_a_state_that_does_not_fit_is_refused_in_words(snapshot: Snapshot, tmp_path: Path) -> None:
    course = begun(snapshot, tmp_path)
    course.state.codes = course.state.codes[:-1]  # of a book with a chapter less
    span = Span(BOOK, FIRST, days.add_months(FIRST, 1))
    with pytest.raises(BadSnapshot, match="另一本政策簿"):
        carrying.carry(course.city, span, course.state, [], tmp_path / "patches")
    with pytest.raises(BadSnapshot, match="没有完整的结果"):
        State.read(tmp_path / "nowhere")
