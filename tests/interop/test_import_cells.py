"""Each thing that offices write into cells: read, or refused with what a right one looks like."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings

from guanjia.interop import bad_rows, cells, tables
from guanjia.interop.intake import matching, sheets
from guanjia.interop.intake.sheets import Sheet
from guanjia.kit import scope
from guanjia.people import seal
from guanjia.people.documents import check_digit
from guanjia.people.models import Person
from tests import town
from tests.interop import handing
from tests.interop.handing import FAMILY, HOMES, PEOPLE


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The house's files."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "files")
    return tmp_path


def numbered(first: str) -> str:
    """Seventeen digits with their check digit."""
    return first + check_digit(first)


DAY = date(2020, 1, 5)


@pytest.mark.parametrize(
    "written",
    [
        *("2020-01-05", "2020/1/5", "2020.1.5", "2020年1月5日", "20200105", "43835"),
        *("２０２０－０１－０５".translate(sheets.PLAIN), "2020-01-05 00:00:00"),
    ],
)
def test_a_day_is_read_in_every_form_that_offices_write(written: str) -> None:
    assert cells.day(written) == DAY


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("05/01/2020", "分不清哪个是月"),
        ("5.1.2020", "分不清哪个是月"),
        ("20-1-5", "年份要写四位"),
        ("20年1月5日", "年份要写四位"),
        ("2020-13-05", "请写成 2020-01-05"),
        ("20200230", "请写成 2020-01-05"),
        ("去年", "请写成 2020-01-05"),
    ],
)
def test_a_day_that_could_mean_another_is_refused_in_words(written: str, says: str) -> None:
    with pytest.raises(cells.BadCell, match=says):
        cells.day(written)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_usual_encoding_is_recognised(files: Path, encoding: str) -> None:
    file = files / "persons.csv"
    text = handing.text(tables.PERSONS, ["P1,𠮷㙍埗滘,男,1978-05-04,无证件,"])
    file.write_bytes(text.encode(encoding))
    (sheet,) = sheets.read(file)
    assert sheet.headers == tables.PERSONS.headers
    assert sheet.lines[0][1][1] == "𠮷㙍埗滘"
    big = b"\xfe\xff" + text.encode("utf-16-be")
    file.write_bytes(big)
    assert sheets.read(file)[0].lines == sheet.lines


def test_rare_characters_stay_as_they_are(files: Path, cast: town.Cast) -> None:
    people = ["P1,𠮷㙍埗滘,男,1978-05-04,无证件,"]
    done = handing.bring(handing.workbook(files, {**FAMILY, tables.PERSONS: people}), cast.wang)
    assert handing.problems(done) == []
    with scope.hold(town.eyes(cast.wang)):
        assert Person.objects.filter(name="𠮷㙍埗滘").exists()


OLD, NEW = "441900780504001", numbered("44190019780504001")
PERMANENT = numbered("91156197805040019"[:6] + "19780504" + "001")
HONG_KONG = numbered("81000019780504003")


@pytest.mark.parametrize(
    ("kind", "number", "kept"),
    [
        ("居民身份证", OLD, NEW),
        (
            "居民身份证",
            "４４１９００１９７８０５０４００１" + check_digit("44190019780504001"),
            numbered("44190019780504001"),
        ),
        ("港澳台居民居住证", HONG_KONG, HONG_KONG),
        ("外国人永久居留身份证", PERMANENT, PERMANENT),
        ("护照", "e12345678", "E12345678"),
        ("无证件", "", ""),
    ],
)
def test_every_kind_of_document_is_taken(
    files: Path, cast: town.Cast, kind: str, number: str, kept: str
) -> None:
    people = [f"P1,张三,男,1978-05-04,{kind},{number}"]
    done = handing.bring(handing.workbook(files, {**FAMILY, tables.PERSONS: people}), cast.wang)
    assert handing.problems(done) == []
    with scope.hold(town.eyes(cast.wang)):
        person = Person.objects.get(name="张三")
        found = seal.unseal(person.document_sealed) if person.document_sealed else ""
    assert (person.get_document_kind_display(), found) == (kind, kept)
    assert handing.counts(handing.check(files / "book.xlsx", cast.wang))["persons"] == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("P1,张三,男,1978-05-04,居民身份证,4.41900E+17", "证件号码", "格式设成“文本”"),
        ("P1,张三,男,1978-05-04,居民身份证,44190019780504001", "证件号码", "应为18位"),
        (f"P1,张三,男,1978-05-04,居民身份证,{HONG_KONG}", "证件号码", "请改证件类型"),
        (f"P1,张三,男,1978-05-04,港澳台居民居住证,{PERMANENT}", "证件号码", "810000"),
        (f"P1,张三,男,1978-05-04,外国人永久居留身份证,{HONG_KONG}", "证件号码", "以9开头"),
        ("P1,张三,男,1978-05-04,护照,护照一号", "证件号码", "5至20位"),
        ("P1,张三,男,1978-05-04,无证件,E1234567", "证件号码", "这里应空着"),
        ("P1,张三,男,1978-05-04,居民身份证,", "证件号码", "证件类型写“无证件”"),
        ("P1,张三,男,2020-04-02,无证件,", "出生日期", "在今天之后"),
        ("P1,张三,男,1899-03-31,无证件,", "出生日期", "超过 120 岁"),
        ("P1,张三,先生,1978-05-04,无证件,", "性别", "可填：男、女"),
        (",张三,男,1978-05-04,无证件,", "人员编号", "不能空着"),
        ("P1," + "长" * 61 + ",男,1978-05-04,无证件,", "姓名", "最长60个字符"),
    ],
)
def test_a_person_who_cannot_be_is_refused_in_words(
    files: Path, cast: town.Cast, row: str, column: str, says: str
) -> None:
    done = handing.check(handing.csv(files, tables.PERSONS, [row]), cast.wang)
    ((line, where, why),) = handing.problems(done)
    assert (line, where) == (2, column) and says in why
    assert "19780504" not in why, "no reason repeats a document number"


def test_documents_and_numbers_that_come_twice_are_refused_once(
    files: Path, cast: town.Cast
) -> None:
    twice = [PEOPLE[0], PEOPLE[0].replace("P1", "P2"), "P1,李四,男,1990-01-01,无证件,"]
    done = handing.check(handing.csv(files, tables.PERSONS, twice), cast.wang)
    assert [(p[0], p[1]) for p in handing.problems(done)] == [(3, "证件号码"), (4, "人员编号")]
    assert "与第 2 行是同一个证件号码" in handing.problems(done)[0][2]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("H1,441900119999,否", "区划代码里没有“441900119999”。是不是 44190011"),
        ("H1,441900119,否", "应写12位代码"),
        (f"H1,{town.ELSEWHERE},否", "不是本岗位管的地方"),
    ],
)
def test_a_community_that_is_unknown_or_anothers_is_refused(
    files: Path, cast: town.Cast, row: str, says: str
) -> None:
    done = handing.check(handing.csv(files, tables.HOUSEHOLDS, [row]), cast.wang)
    ((_line, column, why),) = handing.problems(done)
    assert column == "村（社区）代码" and says in why


def test_members_without_a_head_and_with_two_are_refused(files: Path, cast: town.Cast) -> None:
    people = [f"P{n},人{n},男,1978-05-04,无证件," for n in (1, 2, 3, 4)]
    rows = {
        tables.HOUSEHOLDS: [*HOMES, "H2,441900119002,否"],
        tables.PERSONS: people,
        tables.MEMBERS: [
            *("H1,P1,2019-01-01,,配偶", "H1,P2,2019-01-01,,子"),
            *("H2,P3,2019-01-01,,户主", "H2,P4,2019-01-01,,本人"),
        ],
    }
    found = handing.problems(handing.check(handing.workbook(files, rows), cast.wang))
    assert [(line, column) for line, column, _why in found] == [
        *((2, "与户主关系"), (3, "与户主关系"), (5, "与户主关系")),
    ]
    assert "没有户主" in found[0][2] and "一户只有一个户主" in found[2][2]


def test_one_person_in_two_households_at_a_time_is_refused(files: Path, cast: town.Cast) -> None:
    lives = ["H1,P1,2019-01-01,", "H2,P1,2019-06-01,"]
    rows = {**FAMILY, tables.HOUSEHOLDS: [*HOMES, "H2,441900119002,否"], tables.MEMBERS: lives}
    ((line, column, why),) = handing.problems(
        handing.check(handing.workbook(files, rows), cast.wang)
    )
    assert (line, column) == (3, "起") and "与第 2 行的时间重叠" in why


def test_a_formula_is_text_and_goes_back_harmless(files: Path, cast: town.Cast) -> None:
    file = files / "book.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("人员")
        for column, header in enumerate(tables.PERSONS.headers):
            sheet.write_string(0, column, header)
        row = ["P1", "", "男", "", "无证件"]
        for column, cell in enumerate(row):
            sheet.write_string(1, column, cell)
        sheet.write_formula(1, 1, '=CONCATENATE("张","三")', None, "张三")
        sheet.write_formula(1, 3, "=TODAY()-10000", None, 33922)
    done = handing.check(file, cast.wang)
    ((_line, column, why),) = handing.problems(done)
    assert column == "出生日期" and "“=TODAY()-10000”不是日期" in why
    returned = bad_rows.find(done.pk, bad_rows.sheet_file(0))
    assert returned is not None
    assert "'=CONCATENATE" in returned.read_text(encoding="utf-8-sig")
    (again,) = sheets.read(returned)
    assert again.lines[0][1][1].startswith("=CONCATENATE")  # read back as it was


def test_cells_that_a_spreadsheet_holds_as_days_and_numbers_are_read(files: Path) -> None:
    file = files / "book.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("人员")
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["起", "证件号码", "值", "是"])
        sheet.write_datetime(1, 0, town.datetime(2020, 1, 5), days)
        sheet.write_number(1, 1, 441900197805040011)
        sheet.write_number(1, 2, 1999.1)
        sheet.write_boolean(1, 3, True)
    (found,) = sheets.read(file)
    assert found.lines == [(2, ["2020-01-05", "4.41900E+17", "1999.1", "是"])]


def test_columns_are_met_by_name_in_any_order_and_language(files: Path) -> None:
    sheet = Sheet("x", ["Born on", "备注", "NAME", "性别*", "Person number", "证件 类型", "原因"])
    found = matching.match(sheet)
    assert found.table is tables.PERSONS and found.trouble == ""
    assert (found.columns["姓名"], found.columns["出生日期"]) == (2, 0)
    assert (found.ignored, found.absent) == (("备注",), ("证件号码",))


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ("人员编号,姓名,性别,出生日期", "缺少列：证件类型"),
        ("人员编号,姓名,性别,出生日期,证件类型,姓名", "“姓名”写了两次"),
        ("甲,乙,丙", "认不出这是哪张表"),
    ],
)
def test_a_sheet_whose_headers_do_not_do_is_named_and_not_read(
    files: Path, cast: town.Cast, headers: str, says: str
) -> None:
    done = handing.check(handing.csv(files, tables.PERSONS, PEOPLE, headers), cast.wang)
    (trouble,) = handing.troubles(done)
    assert says in trouble and done.total == 0


def test_headers_that_come_again_below_are_no_person(files: Path, cast: town.Cast) -> None:
    rows = [*PEOPLE, ",".join(tables.PERSONS.headers)]
    done = handing.check(handing.csv(files, tables.PERSONS, rows), cast.wang)
    assert handing.counts(done) == {"persons": (1, 0, 0, 1)}
    assert "这一行又是列名" in handing.problems(done)[0][2]
