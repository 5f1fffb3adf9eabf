"""A city's own files: what is right goes in and decides the same; what is wrong is named, and nothing goes in."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError

from guanjia.entitlements.families import snapshot
from guanjia.entitlements.models import Award
from guanjia.interop import cells, load, tables
from guanjia.interop.lines import BadFolder
from guanjia.interop.synthetic.city import make
from guanjia.kit import scope
from guanjia.people import actions as people
from guanjia.people.models import Household, Membership, Person, PersonFact
from guanjia.people.records import NewHousehold
from guanjia.policy import facts
from guanjia.policy.decide import Result, rules
from guanjia.staff.models import User
from tests import town
from tests.interop import cities, export

AT = datetime(2019, 11, 30, tzinfo=UTC)
HUKOU = next(fact.label for fact in facts.declared().person if fact.name == "hukou")
GOOD = {
    tables.HOUSEHOLDS: ["H1,441900119002,否", "H2,441900121004,是"],
    tables.PERSONS: [
        "P1,陈大文,男,1978-05-04,居民身份证,44190019780504001{check}",
        "P2,何𠮷,女,1981/7/9,无证件,",
    ],
    tables.MEMBERS: ["H1,P1,2019-01-01,", "H1,P2,2019-01-01,2020-02-01", "H2,P2,2020-02-01,"],
    tables.PERSON_FACTS: [
        f"P1,{HUKOU},,441900119002,2019-01-01,",
        'P1,wages,,"1,999.00 元",2019-01-01,2019-06-01',
        "P1,工资性收入,,未知,2019-06-01,",
        "P2,hukou,,外地,2019年1月1日,",
        "P2,重特大疾病,,是,2019-01-01,",
    ],
    tables.HOUSEHOLD_FACTS: ["H1,存款,,8600,2019-01-01,", "H1,houses,,1,2019-01-01,"],
    tables.AWARDS: [
        "DB-1,最低生活保障,H1,,441900119002,2019-03-04,2019-03-12,2019-03-29,陈大文,"
        "6214 6712 3456 7890 123,941.00,2019-04,2019-12,"
    ],
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the good folder, some lines of it replaced or added, in an encoding."""

    def written(
        change: tuple[tables.Table, str, str] | None = None,
        add: tuple[tables.Table, str] | None = None,
        encoding: str = "utf-8-sig",
    ) -> Path:
        check = town.number(date(1978, 5, 4), 1)[-1]
        for table, lines in GOOD.items():
            text = "\r\n".join([",".join(table.headers), *lines]).replace("{check}", check)
            if change and change[0] is table:
                assert change[1] in text
                text = text.replace(change[1], change[2])
            if add and add[0] is table:
                text += "\r\n" + add[1]
            (tmp_path / table.file).write_bytes((text + "\r\n").encode(encoding))
        return tmp_path

    return written


@pytest.fixture
def office(db: None) -> tuple[User, User]:
    """Places, a clerk and a chief."""
    return cities.office()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_good_folder_goes_in_whatever_its_encoding(
    office: tuple[User, User], write: Write, encoding: str
) -> None:
    done = load.load_folder(cities.book(), write(encoding=encoding), AT, office)
    assert (done.households, done.persons, done.awards) == (2, 2, 1)
    with scope.hold(cities.all_eyes()):
        chen = Person.objects.get(name="陈大文")
        assert Person.objects.get(name="何𠮷").document_kind == "none"
        wages = PersonFact.objects.filter(person=chen, kind="wages").order_by("since")
        assert [(w.number, w.until) for w in wages] == [(199900, date(2019, 6, 1)), (None, None)]
        award = Award.objects.get()
        assert (award.granted, award.account_tail, award.since) == (94100, "0123", date(2019, 4, 1))
        assert award.household is not None
        assert award.household.number == "H1"
        assert not award.synthetic
        lived = Membership.objects.filter(person__name="何𠮷", superseded_at=None).order_by("since")
        assert [(m.household.number, m.until) for m in lived] == [
            ("H1", date(2020, 2, 1)),
            ("H2", None),
        ]


WRONG = [
    (
        tables.HOUSEHOLDS,
        "H1,441900119002",
        "H1,441900120002",
        "households.csv · 第 2 行 · 村（社区）代码",
    ),
    (tables.HOUSEHOLDS, ",是", ",也许", "请写“是”或“否”"),
    (tables.HOUSEHOLDS, "H2,", "H1,", "“H1”已在前面出现过"),
    (tables.PERSONS, "1978-05-04", "1978-13-04", "persons.csv · 第 2 行 · 出生日期"),
    (tables.PERSONS, "44190019780504001", "44190019780504011", "最后一位与前17位对不上"),
    (tables.PERSONS, "无证件,", "居民身份证,", "确实没有证件的"),
    (tables.PERSONS, ",男,", ",先生,", "可填：男、女、未知、未说明"),
    (tables.PERSONS, "陈大文", "", "姓名 · 不能空着"),
    (tables.MEMBERS, "H1,P1,2019-01-01", "H1,P9,2019-01-01", "persons.csv 里没有这个人"),
    (tables.MEMBERS, "H1,P1,2019-01-01", "H9,P1,2019-01-01", "households.csv 里没有这一户"),
    (tables.MEMBERS, "H2,P2,2020-02-01", "H2,P2,2020-01-01", "与第 3 行的时间重叠"),
    (tables.PERSON_FACTS, "工资性收入", "工资收入", "是不是“工资性收入”？"),
    (tables.PERSON_FACTS, "P1,wages", "P1,wage", "是不是“wages”？"),
    (tables.PERSON_FACTS, "重特大疾病", "存款", "不写在这张表里"),
    (tables.PERSON_FACTS, "1,999.00 元", "一千九", "person_facts.csv · 第 3 行 · 值"),
    (tables.PERSON_FACTS, "未知,2019-06-01", "未知,2019-05-01", "与第 3 行的时间重叠"),
    (tables.PERSON_FACTS, "未知,2019-06-01", "未知,2019-06-15", "应是某月1日"),
    (tables.PERSON_FACTS, ",441900119002", ",441900119999", "区划代码里没有“441900119999”"),
    (tables.PERSON_FACTS, "外地", "广西", "外地写“外地”"),
    (tables.HOUSEHOLD_FACTS, ",8600,", ",-5,", "超出范围"),
    (tables.HOUSEHOLD_FACTS, "houses,,1", "houses,,一套", "不是整数"),
    (tables.AWARDS, "最低生活保障", "低保金", "可填：最低生活保障"),
    (tables.AWARDS, "H1,,4419", ",P1,4419", "“最低生活保障”填“家庭编号”"),
    (tables.AWARDS, "2019-04,", "2019-03,", "最早是 2019-04"),
    (tables.AWARDS, "2019-03-29", "2019-03-10", "应不早于申请日期和核定日期"),
    (tables.AWARDS, "7890 123", "7.89E+18", "应只有数字"),
    (tables.AWARDS, "941.00", "0", "应大于零"),
]


@pytest.mark.parametrize(("table", "right", "wrong", "says"), WRONG)
def test_what_is_wrong_is_named_with_its_place_and_nothing_goes_in(
    office: tuple[User, User],
    write: Write,
    table: tables.Table,
    right: str,
    wrong: str,
    says: str,
) -> None:
    with pytest.raises(BadFolder) as refused:
        load.load_folder(cities.book(), write((table, right, wrong)), AT, office)
    assert says in str(refused.value)
    assert any(problem.file == table.file for problem in refused.value.problems)
    with scope.hold(cities.all_eyes()):
        assert not Household.objects.exists()


def test_a_document_written_twice_is_named_with_both_lines(
    office: tuple[User, User], write: Write
) -> None:
    check = town.number(date(1978, 5, 4), 1)[-1]
    again = f"P3,陈大文,男,1978-05-04,居民身份证,44190019780504001{check}"
    with pytest.raises(BadFolder, match="与第 2 行是同一个证件号码"):
        load.load_folder(cities.book(), write(add=(tables.PERSONS, again)), AT, office)


def test_two_awards_of_one_benefit_at_a_time_are_refused(
    office: tuple[User, User], write: Write
) -> None:
    again = GOOD[tables.AWARDS][0].replace("DB-1", "DB-2")
    with pytest.raises(BadFolder, match="同一待遇同一时间只能有一份"):
        load.load_folder(cities.book(), write(add=(tables.AWARDS, again)), AT, office)


ONCE = (
    "R-1,急难型临时救助,,P1,441900119002,2020-01-15,2020-01-15,2020-01-17,陈大文,"
    "6214 6712 3456 7890 123,3180.00,2020-01,2020-01,"
)
YEARLY = (
    "I-1,disability_insurance,,P1,441900119002,2019-03-04,2019-03-12,2019-03-29,社会保险基金,"
    "6214 6712 3456 7890 123,360.00,2019-03,2020-01,2020-06-01"
)


def test_what_is_paid_once_or_by_the_year_goes_in_with_its_cadence(
    office: tuple[User, User], write: Write
) -> None:
    load.load_folder(cities.book(), write(add=(tables.AWARDS, f"{ONCE}\r\n{YEARLY}")), AT, office)
    with scope.hold(cities.all_eyes()):
        once, yearly = Award.objects.get(number="R-1"), Award.objects.get(number="I-1")
        assert (once.cadence, once.until) == ("once", date(2021, 1, 1))
        assert (yearly.cadence, yearly.until) == ("year", date(2020, 6, 1))


def test_a_second_yearly_award_in_a_year_is_refused(
    office: tuple[User, User], write: Write
) -> None:
    again = YEARLY.replace("I-1", "I-2").replace("2019-03,2020-01,2020-06-01", "2020-07,2020-07,")
    with pytest.raises(BadFolder, match="按年发的同一年只能有一份"):
        load.load_folder(
            cities.book(), write(add=(tables.AWARDS, f"{YEARLY}\r\n{again}")), AT, office
        )
    next_year = again.replace("2020-07,2020-07,", "2020-07,2021-01,")
    load.load_folder(
        cities.book(), write(add=(tables.AWARDS, f"{YEARLY}\r\n{next_year}")), AT, office
    )


def test_a_missing_file_and_a_missing_column_are_named(
    office: tuple[User, User], write: Write
) -> None:
    where = write((tables.MEMBERS, "人员编号", "人员"))
    (where / tables.PERSONS.file).unlink()
    with pytest.raises(BadFolder) as refused:
        load.load_folder(cities.book(), where, AT, office)
    assert "persons.csv · 没有这个文件" in str(refused.value)
    assert "members.csv · 第 1 行 · 第一行缺少列：人员编号" in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"PK\x03\x04\xff\xff\xff\x00", "另存为 CSV"), ('"没有关上的引号'.encode(), "不是完整的 CSV")],
)
def test_a_file_that_is_no_table_is_named(
    office: tuple[User, User], write: Write, raw: bytes, says: str
) -> None:
    where = write()
    (where / tables.AWARDS.file).write_bytes(raw)
    with pytest.raises(BadFolder, match=says):
        load.load_folder(cities.book(), where, AT, office)


def test_many_problems_are_counted_beyond_what_can_be_read(
    office: tuple[User, User], write: Write
) -> None:
    many = "\r\n".join(f"P1,情况{n},,1,2019-01-01," for n in range(100))
    with pytest.raises(BadFolder, match="另有 60 处") as refused:
        load.load_folder(cities.book(), write(add=(tables.PERSON_FACTS, many)), AT, office)
    assert len(refused.value.problems) == 100


def test_awards_want_two_named_people(office: tuple[User, User], write: Write) -> None:
    with pytest.raises(load.NobodyNamed, match="经办人和审批人"):
        load.load_folder(cities.book(), write(), AT)
    with scope.hold(cities.all_eyes()):
        assert not Person.objects.exists()


def test_a_failure_at_the_end_leaves_nothing(
    office: tuple[User, User], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object) -> int:
        raise IntegrityError("no")

    monkeypatch.setattr("guanjia.entitlements.runs.actions.grant", fail)
    with pytest.raises(IntegrityError):
        load.load_folder(cities.book(), write(), AT, office)
    with scope.hold(cities.all_eyes()):
        assert not Person.objects.exists()


def test_example_rows_are_skipped(office: tuple[User, User], tmp_path: Path) -> None:
    for table in tables.ALL:
        tables.write(tmp_path, table, tables.examples(table, tables.local(cities.folder())))
    done = load.load_folder(cities.book(), tmp_path, AT)
    assert (done.households, done.persons, done.awards) == (0, 0, 0)


def decided(homes: list[str]) -> dict[str, list[Result]]:
    """Household number to what it is owed in January 2020."""
    numbers = dict(Household.objects.filter(number__in=homes).values_list("id", "number"))
    month = date(2020, 1, 1)
    book = cities.book()
    read = snapshot.read(book, list(numbers), month, datetime(2020, 4, 1, tzinfo=UTC))
    return {numbers[h.household]: rules(book, month).decide(h.family) for h in read}


def test_a_city_written_as_files_and_loaded_decides_the_same(
    office: tuple[User, User], tmp_path: Path
) -> None:
    def made() -> list[NewHousehold]:
        homes = list(make(cities.scene(11), cities.towns(), 1_500))
        for unit in [*homes, *(person for home in homes for person in home.members)]:
            unit.later = []  # files hold one belief
        return homes

    homes = made()
    numbers = [home.number for home in homes]
    with pytest.raises(ZeroDivisionError), scope.hold(cities.all_eyes()):
        people.ensure_source("test", "测试", synthetic=True)
        people.register(homes, "test", AT)
        before = decided(numbers)
        raise ZeroDivisionError  # roll back
    written = export.write(tmp_path, cities.book().facts, made())
    done = load.load_folder(cities.book(), tmp_path, AT)
    assert done.persons == written
    with scope.hold(cities.all_eyes()):
        after = decided(numbers)
    assert any(r.entitled for results in after.values() for r in results)
    assert after == before


def test_every_fact_that_a_table_may_name_reads_back_what_it_shows() -> None:
    declared = [*facts.declared().person, *facts.declared().household]
    for fact in filter(cells.writable, declared):
        for value in samples(fact):
            assert cells.value(fact, cells.show(fact, value)) == value


def samples(fact: facts.Fact) -> list[int | str | date | None]:
    """Some values that the declaration allows, not known among them."""
    if fact.type == "yes_no":
        return [None, True, False]
    if fact.type == "choice":
        return [None, *fact.choices]
    if fact.type == "day":
        return [None, date(2020, 2, 29)]
    if fact.type == "place":
        return [None, "elsewhere", "441900119002"]
    return [None, fact.minimum, fact.maximum]


@pytest.mark.parametrize("text", ["2020-02-30", "昨天", "20201301", "2020-1"])
def test_what_is_no_day_is_refused_with_what_a_day_looks_like(text: str) -> None:
    with pytest.raises(cells.BadCell, match="请写成 2020-01-05"):
        cells.day(text)
