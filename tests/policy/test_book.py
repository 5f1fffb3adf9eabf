"""A book that is wrong does not load, and says everything that is wrong, with its place."""

from datetime import date

import pytest

from guanjia.policy import book
from guanjia.policy.check import check, uncovered
from guanjia.policy.starts import ends
from tests.policy import toy
from tests.policy.toy import chapter, make, relation

CITY = book.SHIPPED


def problems(chapters: dict[str, str], relations: str = "") -> str:
    """What the loader says."""
    with pytest.raises(book.BookError) as caught:
        make(chapters, relations)
    return str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('law = "第一条"', "", "没有写依据"),
        ('law = "试行办法"\n', "", "没有写依据"),
        ("holds = '''alive'''", "holds = '''alife'''", "是不是 alive"),
        ("holds = '''alive'''", "holds = '''line'''", "应是 yes_no"),
        ("pays = '''line'''", "pays = '''alive'''", "应是 fen"),
        ('label = "条件"', 'labell = "条件"', "不认识的项 labell；是不是 label"),
        ('status = "found"', 'status = "sure"', "status 应是"),
        ('cadence = "month"', 'cadence = "week"', "cadence 应是"),
        ('value = "632 元/人·月"', 'value = "六百"', "读不懂"),
        ("since = 2020-01-01", 'since = "2020"', "应是日期"),
        ('title = "试"', "", "缺少 title"),
        ('title = "试"', "title = 试", "TOML 写法不对"),
        ("[[figure.line]]", "[[figure.wages]]", "已另有所指"),
        ('notice = "name, amount"', 'notice = "all"', "notice 应是"),
        ('title = "试"', 'title = "试"\nbring = "身份证"', "bring 应是一列材料"),
        ('title = "试"', 'title = "试"\nbring = [""]', "bring 应是一列材料"),
        ('title = "试"', 'title = "试"\napply = 12345', "apply 应是一句话"),
    ],
)
def test_a_wrong_chapter_does_not_load(before: str, after: str, says: str) -> None:
    text = chapter()
    assert before in text
    assert says in problems({"toy": text.replace(before, after, 1)})


def rows(*periods: str) -> str:
    """More rows of the figure `line`."""
    shape = '[[figure.line]]\nvalue = "700 元"\nlaw = "法"\n{}\n'
    return "".join(shape.format(period) for period in periods)


def test_dates_of_a_figure_neither_overlap_nor_leave_a_gap() -> None:
    closed = toy.LINE.replace("since = 2020-01-01", "since = 2020-01-01\nuntil = 2020-07-01")
    text = chapter(more=rows("since = 2020-06-01")).replace(toy.LINE, closed)
    assert "两行重叠" in problems({"toy": text})
    text = chapter(more=rows("since = 2020-08-01")).replace(toy.LINE, closed)
    assert "中间有空档：2020-07-01 至 2020-08-01" in problems({"toy": text})
    assert "两行同时生效" in problems({"toy": chapter(more=rows("since = 2020-01-01"))})
    assert "须晚于" in problems(
        {"toy": chapter(more=rows("since = 2021-01-01\nuntil = 2020-12-01"))}
    )


def test_a_name_that_no_statement_could_hold_is_refused() -> None:
    sly = chapter(more=rows('since = 2020-01-01\nwhere = "441900\') THEN 1 --"'))
    assert "where 应是本市（441900）的区划代码" in problems({"toy": sly})
    assert "只能用英文字母、数字和下划线" in problems({"long-evity": chapter()})


def test_sentences_of_one_code_follow_each_other() -> None:
    second = '[[condition]]\ncode = "only"\nlabel = "条件"\nen = "C"\nholds = "alive"\nlaw = "法"\n'
    assert "两行同时生效" in problems({"toy": chapter(more=second)})
    made = make({"toy": chapter(more=second + "until = 2020-06-01\n")
                 .replace("law = \"第一条\"", 'law = "第一条"\nsince = 2020-06-01')})  # fmt: skip
    assert len(made.chapter("toy").codes()) == 1


def test_an_open_row_ends_where_the_next_begins() -> None:
    first, second = (
        make({"toy": chapter(more=rows("since = 2021-01-01"))}).chapter("toy").figures["line"]
    )
    assert first.until == second.since
    assert second.until is None


def test_a_town_has_its_own_row_and_no_other_city_has() -> None:
    with_town = chapter(more=rows('since = 2020-01-01\nwhere = "441900119"'))
    figure = make({"toy": with_town}).chapter("toy")
    assert figure.figure_on("line", figure.figures["line"][0].since, "441900119002").value == 70000  # type: ignore[union-attr,arg-type]
    assert figure.figure_on("line", figure.figures["line"][0].since, "441900121002").value == 63200  # type: ignore[union-attr,arg-type]
    elsewhere = chapter(more=rows('since = 2020-01-01\nwhere = "440100"'))
    assert "本市" in problems({"toy": elsewhere})


def test_chapters_that_wait_for_each_other_are_a_circle() -> None:
    one = chapter(holds="two.entitled")
    two = chapter(holds="one.entitled")
    assert "绕成了一圈" in problems({"one": one, "two": two})


def test_a_chapter_stands_after_what_it_reads() -> None:
    made = make({"a": chapter(holds="b.entitled"), "b": chapter()})
    assert [c.code for c in made.chapters] == ["b", "a"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (relation("toy", "toi", "exclude"), "是不是 toy"),
        (relation("toy", "toy", "forbid"), "is 应是"),
        (relation("toy", "toy", "exclude").replace('law = "试行办法"', ""), "没有写依据"),
        (relation("toy", "toy", "exclude", 'chosen_by = "wages"'), "chosen_by"),
        (relation("toy", "home", "exclude"), "不能直接减家庭"),
        (relation("home", "toy", "higher_only"), "就高"),
    ],
)
def test_a_wrong_relation_does_not_load(text: str, says: str) -> None:
    assert says in problems(
        {"toy": chapter(), "home": chapter(holds="any(alive)", unit="household")}, text
    )


FOLLOWS = "asked = false\nfollows = ['basic']"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (FOLLOWS, "asked = false", "要写 follows"),
        (FOLLOWS, "asked = true\nfollows = ['basic']", "follows 只用在不用申请"),
        (FOLLOWS, "asked = false\nfollows = 'basic'", "follows 应是一列章节代码"),
        ("'basic'", "'basis'", "没有叫 basis 的章节；是不是 basic"),
        ("'basic'", "'extra'", "须是要申请、按月发的待遇"),
        ('cadence = "month"', 'cadence = "year"', "须按人（person）、按月（month）发"),
    ],
)
def test_what_follows_another_benefit_says_which(before: str, after: str, says: str) -> None:
    extra = chapter(holds="held.basic").replace("asked = true", FOLLOWS)
    assert make({"basic": chapter(), "extra": extra}).chapter("extra").follows == ("basic",)
    assert says in problems({"basic": chapter(), "extra": extra.replace(before, after, 1)})


def test_what_is_paid_once_says_how_long_an_award_stands() -> None:
    once = chapter().replace('cadence = "month"', 'cadence = "once"')
    assert "award_months" in problems({"toy": once})
    term = '[[figure.award_months]]\nlabel = "多久"\nsince = 2020-01-01\nvalue = "6 个月"\nlaw = "法"\n'
    made = make({"toy": once.replace("[[condition]]", f"{term}[[condition]]", 1)}).chapter("toy")
    assert ends(made, date(2020, 1, 1)) == date(2020, 7, 1)
    assert ends(make({"toy": chapter()}).chapter("toy"), date(2020, 1, 1)) is None


def test_every_problem_is_told_at_once_with_its_place() -> None:
    text = chapter(holds="alife", pays="lime")
    with pytest.raises(book.BookError) as caught:
        make({"toy": text})
    assert {p.where for p in caught.value.problems} == {"条件 only", "金额 sum"}
    assert {p.file for p in caught.value.problems} == {"chapters/toy/chapter.toml"}


def test_a_book_reads_again_from_its_own_text_with_the_same_revision() -> None:
    shipped = book.load(CITY)
    again = book.from_text(shipped.text)
    assert again.revision == shipped.revision
    assert [c.code for c in again.chapters] == [c.code for c in shipped.chapters]


def test_another_figure_is_another_revision() -> None:
    one, two = make({"toy": chapter()}), make({"toy": chapter().replace("632", "633")})
    assert one.revision != two.revision


def test_the_shipped_book_agrees_with_its_examples_on_both_sides_of_everything() -> None:
    shipped = book.load(CITY)
    assert check(shipped) == []
    assert uncovered(shipped) == []


def test_every_shipped_chapter_says_where_to_go_and_what_to_bring() -> None:
    for one in book.load(CITY).chapters:
        assert one.apply, one.code
        assert one.bring or not one.asked, one.code


def test_a_false_example_is_told() -> None:
    shipped = book.load(CITY)
    broken = book.from_text(shipped.text.replace('amount = \\"240.01\\"', 'amount = \\"240.02\\"'))
    assert ["240.02" in str(p) for p in check(broken)] == [True]


def test_figures_of_one_name_say_the_same_in_every_chapter() -> None:
    seen: dict[str, list[tuple[object, int]]] = {}
    for chapter_ in book.load(CITY).chapters:
        for name in ("dibao_line", "income_months"):
            if name in chapter_.figures:
                dated = [(row.since, row.value) for row in chapter_.figures[name]]
                assert seen.setdefault(name, dated) == dated
