"""Bad files, bad moments, other towns: each a clear answer, and nothing lost."""

import zipfile
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings

from guanjia.interop import bad_rows, import_tasks, imports, tables, uploads
from guanjia.interop.errors import NothingGood, SameFile
from guanjia.interop.intake import sheets
from guanjia.interop.intake.sheets import BadFile
from guanjia.kit import clock, scope
from guanjia.people import registering
from guanjia.people.desk_models import Registration, Transfer
from guanjia.people.models import Household, Person, PersonFact
from guanjia.people.registering import Stated
from tests import town
from tests.interop import handing
from tests.interop.handing import FAMILY, HOMES, PEOPLE


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The house's files."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "files")
    return tmp_path


def as_job() -> scope.Scope:
    return scope.job("test", town.CITY, town.TODAY)


def failed(file: Path, cast: town.Cast) -> str:
    """What a file that is not read at all says."""
    found = handing.check(file, cast.wang)
    assert found.state == "failed"
    return found.trouble


def test_a_file_of_300_mb_is_refused_and_not_kept(files: Path) -> None:
    big = files / "big.csv"
    with big.open("wb") as out:
        out.truncate(300 << 20)
    with pytest.raises(BadFile, match="文件有 300 MB，最多收 64 MB"):
        uploads.keep_file(big)
    with pytest.raises(BadFile, match="最多收 64 MB"):
        uploads.keep((bytes(1 << 20) for _ in range(300)), "big.csv")
    assert list((files / "files" / "imports" / "incoming").iterdir()) == []


def test_two_hundred_columns_are_refused(files: Path, cast: town.Cast) -> None:
    wide = files / "wide.csv"
    wide.write_text(",".join(f"列{n}" for n in range(200)) + "\n", encoding="utf-8")
    assert "有 200 列，最多 60 列" in failed(wide, cast)


def test_too_many_rows_are_refused(
    files: Path, cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert "超过 2 行" in failed(handing.csv(files, tables.HOUSEHOLDS, HOMES * 3), cast)


def test_a_zip_bomb_is_not_opened(files: Path, cast: town.Cast) -> None:
    bomb = files / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(600):
                part.write(bytes(1 << 20))
    assert bomb.stat().st_size < 1 << 20
    with mock.patch.object(sheets.CalamineWorkbook, "from_path") as opened:
        assert "解开后太大（超过 512 MB）" in failed(bomb, cast)
    opened.assert_not_called()


def test_a_bomb_that_lies_about_its_size_is_not_opened(files: Path, cast: town.Cast) -> None:
    bomb = files / "liar.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", bytes(4 << 20))
    real, said = (4 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")
    bomb.write_bytes(bomb.read_bytes().replace(real, said))
    with mock.patch.object(sheets.CalamineWorkbook, "from_path") as opened:
        assert "工作簿不完整" in failed(bomb, cast)
    opened.assert_not_called()


def test_a_cell_at_the_far_end_of_a_sheet_is_not_laid_out(files: Path, cast: town.Cast) -> None:
    far = files / "far.xlsx"
    handing.workbook(files, FAMILY, "far.xlsx")
    with zipfile.ZipFile(far, "a") as packed:
        cell = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        packed.writestr("xl/worksheets/sheet9.xml", cell)
    assert "第 100 列以外" in failed(far, cast)


def test_a_workbook_that_is_still_being_written_is_refused(files: Path, cast: town.Cast) -> None:
    half = handing.workbook(files, FAMILY)
    half.write_bytes(half.read_bytes()[:-500])
    assert "可能还没有写完" in failed(half, cast)


def test_a_file_that_grows_while_it_is_read_is_refused(files: Path) -> None:
    file = handing.csv(files, tables.PERSONS, PEOPLE)
    whole = uploads._pieces

    def growing(of: Path) -> object:
        yield from whole(of)
        with of.open("a") as out:
            out.write("P2")

    with mock.patch.object(uploads, "_pieces", growing), pytest.raises(BadFile, match="还在写入"):
        uploads.keep_file(file)
    assert list((files / "files" / "imports" / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("persons.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式"),
        ("persons.xlsx", b"%PDF-1.7", "读不出文字"),
        ("persons.csv", b"\x89PNG\r\n\x1a\n", "读不出文字"),
        ("persons.csv", b"", "文件是空的"),
        ("persons.csv", b"\n\n", "没有一行内容"),
        ("persons.csv", '人员编号\n"张三'.encode(), "读不下去"),
        ("persons.csv", bytes(range(128, 256)) * 4, "读不出文字"),
    ],
)
def test_what_a_file_is_its_content_says(
    files: Path, cast: town.Cast, name: str, content: bytes, says: str
) -> None:
    file = files / name
    file.write_bytes(content)
    assert says in failed(file, cast)


def test_a_workbook_is_read_whatever_its_name(files: Path, cast: town.Cast) -> None:
    book = handing.workbook(files, FAMILY, "persons.csv")
    assert handing.check(book, cast.wang).state == "checked"


def test_files_are_readable_by_the_house_alone(files: Path, cast: town.Cast) -> None:
    bad = [PEOPLE[0].replace("张三", "")]
    found = handing.check(handing.csv(files, tables.PERSONS, bad), cast.wang)
    for file in (uploads.file_of(found.pk), bad_rows.find(found.pk, bad_rows.WORKBOOK)):
        assert file is not None
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        assert settings.STATIC_ROOT not in file.parents


def test_a_towns_file_in_another_towns_hands_tells_nothing(files: Path, cast: town.Cast) -> None:
    """黄 at 虎门 hands in 长安's people: what exists there and what does not read the same."""
    rows = {
        tables.HOUSEHOLDS: ["T-2,441900119002,否", "N-1,441900119002,否"],
        tables.PERSONS: [
            f"A,陈大文,男,1978-05-04,居民身份证,{cast.chen.document}",
            f"B,别人,男,1979-05-04,居民身份证,{town.number(date(1979, 5, 4), 61)}",
        ],
        tables.MEMBERS: ["T-2,A,2019-01-01,", "N-1,B,2019-01-01,"],
        tables.PERSON_FACTS: [f"{cast.chen.document},存款,,1,2019-01-01,"],
    }
    dry = handing.check(handing.workbook(files, rows), cast.huang)
    assert handing.counts(dry)["persons"] == (2, 0, 0, 0)  # no dry run is an oracle
    with handing.at_desk(cast.huang):
        imports.apply_import(dry.pk, cast.huang, False, clock.now())
    import_tasks.apply_import(None, dry.pk)
    found = handing.problems(dry)
    assert [why for _line, column, why in found if column == "村（社区）代码"] == [
        "不是本岗位管的地方。请由当地经办导入，或改用市级岗位。"
    ] * 2
    (known,) = [why for _line, column, why in found if column == "证件号码"]
    assert known.startswith("已登记，待核") and "长安" not in known and "陈" not in known
    with scope.hold(as_job()):
        chen = Person.objects.get(pk=cast.chen.id)
        assert (chen.name, Person.objects.filter(name="别人").count()) == ("陈大文", 1)
        assert not Household.objects.filter(number="N-1").exists()
    with scope.hold(town.eyes(cast.huang)):
        assert not Person.objects.filter(name="陈大文").exists()
        assert Transfer.objects.count() == 0
    with scope.hold(town.eyes(cast.wang)):  # the desk that knows him is asked, and by whom
        asked = Transfer.objects.get()
        assert (asked.person_id, asked.registration.asked_by_id) == (cast.chen.id, cast.huang.pk)


def test_one_post_learns_of_so_many_elsewhere_in_an_hour_and_of_no_more(
    files: Path, cast: town.Cast
) -> None:
    """黄 at 虎门 fishes for documents: what an hour tells is counted, however it is asked."""

    def asked() -> int:
        with scope.hold(town.eyes(cast.huang)):
            return Registration.objects.count()

    with scope.hold(town.eyes(cast.huang)):
        for order in range(registering.AT_MOST_AN_HOUR - 1):
            number = town.number(date(1945, 1, 1), 500 + order)
            one = Stated("何新", "1", date(1945, 1, 1), "citizen", number, town.ELSEWHERE)
            registering.register(one, cast.huang.pk, clock.now())
    known = [
        f"A,陈大文,男,1978-05-04,居民身份证,{cast.chen.document}",
        f"B,李月好,女,1938-03-15,居民身份证,{cast.li.document}",
    ]
    new = [f"C,别人,男,1979-05-04,居民身份证,{town.number(date(1979, 5, 4), 61)}"]
    both = handing.bring(handing.csv(files, tables.PERSONS, [*new, *known]), cast.huang)
    assert both.state == "failed" and both.trouble.startswith("已在别处登记的人太多")
    assert handing.problems(both) == []  # nothing says which
    assert asked() == registering.AT_MOST_AN_HOUR  # what was undone is counted
    for rows in (known[:1], new):  # from now on known and new are answered alike
        one = handing.bring(handing.csv(files, tables.PERSONS, rows), cast.huang)
        assert (one.state, one.trouble) == ("failed", both.trouble)
    with scope.hold(as_job()):
        assert not Person.objects.filter(name="别人").exists()
    assert (
        handing.bring(files / tables.PERSONS.file, cast.zhou).state == "applied"
    )  # the city's desk


def test_a_household_number_of_another_town_waits(files: Path, cast: town.Cast) -> None:
    done = handing.bring(
        handing.csv(files, tables.HOUSEHOLDS, [f"T-2,{town.ELSEWHERE},否"]), cast.huang
    )
    assert handing.counts(done) == {"households": (0, 0, 0, 1)}
    assert "已登记，待核" in handing.problems(done)[0][2]


def test_one_file_twice_at_once_is_one_import(files: Path, cast: town.Cast) -> None:
    file = handing.csv(files, tables.PERSONS, PEOPLE)
    first = handing.hand_in(file, cast.wang)
    with pytest.raises(SameFile, match=f"第 {first.pk} 号"):
        handing.hand_in(file, cast.wang)
    assert list((files / "files" / "imports" / "incoming").iterdir()) == []
    assert handing.hand_in(file, cast.huang).pk != first.pk  # another desk knows nothing of it
    with handing.at_desk(cast.wang):
        imports.cancel_import(first.pk, cast.wang, clock.now())
    assert handing.hand_in(file, cast.wang).pk != first.pk


def test_a_key_that_is_gone_is_said_and_nothing_is_written(
    files: Path, cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "GUANJIA_SEAL_KEYS", {})
    assert "密钥不在这台服务器上" in failed(handing.workbook(files, FAMILY), cast)
    with scope.hold(as_job()):
        assert Person.objects.count() == 5


def test_a_clock_that_goes_back_corrects_nothing(
    files: Path, cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{cast.chen.document},工资性收入,,5.00,2019-01-01,"]
    found = handing.check(handing.csv(files, tables.PERSON_FACTS, rows), cast.wang)
    assert handing.counts(found) == {"person_facts": (0, 1, 0, 0)}
    long_ago = town.KNOWN - timedelta(days=1)
    with handing.at_desk(cast.wang):
        imports.apply_import(found.pk, cast.wang, False, clock.now())
    monkeypatch.setattr(import_tasks.clock, "now", lambda: long_ago)
    import_tasks.apply_import(None, found.pk)
    assert "时钟可能拨慢了" in handing.problems(found)[0][2]
    with scope.hold(as_job()):
        assert PersonFact.objects.get(person_id=cast.chen.id, kind="wages").number == 199900


def test_one_that_is_stopped_writes_no_more_and_goes_on_where_it_stood(
    files: Path, cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tasks.passing, "BATCH", 1)
    people_ = [f"P{n},人{n},男,1978-05-04,无证件," for n in range(4)]
    found = handing.check(handing.csv(files, tables.PERSONS, people_), cast.wang)
    with handing.at_desk(cast.wang):
        imports.apply_import(found.pk, cast.wang, False, clock.now())
    batches = iter(range(4))

    def stopped_meanwhile(_stop: object) -> None:
        if next(batches) == 2:
            with handing.at_desk(cast.wang):
                imports.cancel_import(found.pk, cast.wang, clock.now())

    with mock.patch.object(import_tasks.tasks, "stop_if", stopped_meanwhile):
        import_tasks.apply_import(None, found.pk)
    assert (handing.again(found, cast.wang).state, written(cast)) == ("cancelled", 2)
    with handing.at_desk(cast.wang):
        imports.apply_import(found.pk, cast.wang, False, clock.now())
    import_tasks.apply_import(None, found.pk)
    assert (handing.again(found, cast.wang).state, written(cast)) == ("applied", 4)
    assert handing.counts(found) == {"persons": (4, 0, 0, 0)}
    assert handing.undo(found, cast.wang).state == "undone"
    assert written(cast) == 0


def written(cast: town.Cast) -> int:
    """How many people of the file the town sees."""
    with scope.hold(town.eyes(cast.wang)):
        return Person.objects.filter(name__startswith="人").count()


def test_nothing_good_is_nothing_to_write(files: Path, cast: town.Cast) -> None:
    found = handing.check(
        handing.csv(files, tables.PERSONS, [PEOPLE[0].replace("张三", "")]), cast.wang
    )
    with handing.at_desk(cast.wang), pytest.raises(NothingGood, match="没有一行可以写入"):
        imports.apply_import(found.pk, cast.wang, False, clock.now())


def test_bad_rows_come_back_and_are_handed_in_again(files: Path, cast: town.Cast) -> None:
    rows = [PEOPLE[0], "P2,李四,男,1990年1月,无证件,", "P3,,男,1990-01-01,无证件,"]
    done = handing.bring(handing.csv(files, tables.PERSONS, rows), cast.wang)
    assert handing.counts(done) == {"persons": (1, 0, 0, 2)}
    for name in (bad_rows.WORKBOOK, bad_rows.sheet_file(0)):
        returned = bad_rows.find(done.pk, name)
        assert returned is not None
        (sheet,) = sheets.read(returned)
        assert sheet.headers == [*tables.PERSONS.headers, "原因"]
        assert [line[1][0] for line in sheet.lines] == ["P2", "P3"]
        assert sheet.lines[0][1][-1].startswith("出生日期：“1990年1月”不是日期")
    mended = returned.read_text(encoding="utf-8-sig").replace("1990年1月", "1990年1月1日", 1)
    again = files / "again.csv"
    again.write_text(mended, encoding="utf-8")
    assert handing.counts(handing.check(again, cast.wang)) == {"persons": (1, 0, 0, 1)}


def test_files_are_forgotten_after_their_time(files: Path, cast: town.Cast) -> None:
    found = handing.check(
        handing.csv(files, tables.PERSONS, [PEOPLE[0].replace("张三", "")]), cast.wang
    )
    later = clock.now() + timedelta(days=uploads.KEPT_DAYS + 1)
    with mock.patch.object(import_tasks.clock, "now", lambda: later):
        import_tasks.forget_files(0)
    now = handing.again(found, cast.wang)
    assert (now.state, now.forgotten_at, handing.problems(found)) == ("cancelled", later, [])
