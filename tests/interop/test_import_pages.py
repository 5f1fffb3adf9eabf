"""Imports on pages and in the terminal: handed in, looked at, let in, taken back, by who may."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guanjia.interop import (
    import_cli,
    import_tasks,
    import_views,
    imports,
    tables,
    uploads,
    workbook,
)
from guanjia.interop.intake import passing, sheets
from guanjia.interop.models import Import
from guanjia.kit import scope
from guanjia.people.models import Person
from guanjia.staff import roles
from guanjia.staff.models import User
from guanjia.staff.roles import ROLES
from tests import town
from tests.doors import at_desk, queries_of, text_of
from tests.interop import cities, handing
from tests.interop.handing import FAMILY, PEOPLE
from tests.interop.test_import_undo import AWARD


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The house's files."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "files")
    return tmp_path


def post(client: Client, file: Path, table: str = "", name: str = "") -> str:
    """Hand a file in on the page; where it leads, or what it says."""
    sent = SimpleUploadedFile(name or file.name, file.read_bytes())
    answer = client.post(reverse("hand_in"), {"file": sent, "table": table})
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def newest(user: User) -> Import:
    """The import that was asked for last."""
    with handing.at_desk(user):
        found = imports.imports().first()
    assert found is not None
    return found


def test_a_file_is_handed_in_looked_at_let_in_and_taken_back(files: Path, cast: town.Cast) -> None:
    wang = at_desk(cast.wang)
    assert "还没有导入过" in text_of(wang, reverse("imports"))
    assert "下载空表" in text_of(wang, reverse("hand_in"))
    bad = [*PEOPLE, "P9,,男,1990-01-01,无证件,"]
    where = post(wang, handing.workbook(files, {**FAMILY, tables.PERSONS: bad}))
    found = newest(cast.wang)
    assert where == reverse("import", args=[found.pk])
    working = text_of(wang, where)
    assert f'hx-get="{where}progress/"' in working and "排队检查" in working
    assert "正在检查" in text_of(wang, f"{where}progress/")
    import_tasks.check_import(None, found.pk)
    assert wang.get(f"{where}progress/").headers["HX-Refresh"] == "true"
    looked = text_of(wang, where)
    assert "写入 3 行" in looked and "还没有写入任何内容" in looked and "不能空着" in looked
    for name in ("bad-rows.xlsx", "bad-rows-1.csv"):
        assert wang.get(where + name).status_code == 200
    assert wang.get(where + "bad-rows-0.csv").status_code == 404
    wang.post(f"{where}apply/")
    assert "正在写入" in text_of(wang, where)
    import_tasks.apply_import(None, found.pk)
    done = text_of(wang, where)
    assert "退回 1 行，改好可以再交" in done and "撤销这次导入" in done
    wang.post(f"{where}undo/")
    assert "正在撤销" in text_of(wang, where)
    import_tasks.undo_import(None, found.pk)
    assert "曾经怎样登记，仍然可查" in text_of(wang, where)
    late = wang.post(f"{where}apply/", follow=True).content.decode()
    assert "导入现在是“已撤销”" in late


def test_what_cannot_be_taken_is_said_at_its_field(
    files: Path, cast: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = at_desk(cast.wang)
    answer = wang.post(reverse("hand_in"), {"table": ""})
    assert answer.status_code == 422 and "请选一个文件" in answer.content.decode()
    file = handing.csv(files, tables.PERSONS, PEOPLE)
    first = post(wang, file)
    assert post(wang, file, name="other.csv") == first  # the same content: led to the one at work
    assert "正在导入" in text_of(wang, first)
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000)
    big = files / "big.csv"
    big.write_bytes(b"x" * 300_000)
    assert "最多收 64 MB" in post(wang, big)
    assert list((files / "files" / "imports" / "incoming").iterdir()) == []


def test_a_file_that_is_not_read_says_why_on_its_page(files: Path, cast: town.Cast) -> None:
    wang = at_desk(cast.wang)
    broken = files / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 half")
    where = post(wang, broken)
    import_tasks.check_import(None, newest(cast.wang).pk)
    page = text_of(wang, where)
    assert "出错待处理" in page and "可能还没有写完" in page


def test_one_is_stopped_on_its_page(files: Path, cast: town.Cast) -> None:
    wang = at_desk(cast.wang)
    where = post(wang, handing.csv(files, tables.PERSONS, PEOPLE))
    assert "没有写入任何内容" in wang.post(f"{where}cancel/", follow=True).content.decode()
    import_tasks.check_import(None, newest(cast.wang).pk)  # its job comes too late
    assert newest(cast.wang).state == "cancelled"


def test_awards_wait_for_the_second_person(files: Path, cast: town.Cast) -> None:
    zhou, liang = at_desk(cast.zhou), at_desk(cast.liang)
    row = AWARD.format(home="T-2", payee="陈大文")
    where = post(zhou, handing.csv(files, tables.AWARDS, [row]))
    number = newest(cast.zhou).pk
    import_tasks.check_import(None, number)
    mine = text_of(zhou, where)
    assert "请由有审批权限的另一位来写入" in mine and "apply/" not in mine
    assert "须是两个人" in zhou.post(f"{where}apply/", follow=True).content.decode()
    assert "导入的待遇待审批" in text_of(liang, "/")
    assert "apply/" in text_of(liang, where)
    liang.post(f"{where}apply/")
    import_tasks.apply_import(None, number)
    assert "已写入" in text_of(liang, where)
    assert "导入的待遇待审批" not in text_of(liang, "/")


def test_only_who_imports_comes_in(files: Path, cast: town.Cast) -> None:
    where = post(at_desk(cast.wang), handing.csv(files, tables.PERSONS, PEOPLE))
    other = at_desk(cast.huang)
    assert other.get(where).status_code == 404
    for verb in ("apply/", "cancel/", "undo/"):
        assert other.post(where + verb).status_code == 404
    liang = at_desk(cast.liang)
    assert liang.get(where).status_code == 200
    for verb in ("apply/", "cancel/", "undo/"):
        assert liang.post(where + verb).status_code == 403
    assert liang.get(reverse("hand_in")).status_code == 403
    village = at_desk(town.desk("cun", "村", roles.VILLAGE_WORKER, town.COMMUNITY))
    for url in (where, reverse("imports"), reverse("hand_in"), reverse("import_template")):
        assert village.get(url).status_code == 403


def test_the_list_asks_as_often_for_many_as_for_few(files: Path, cast: town.Cast) -> None:
    wang = at_desk(cast.wang)
    post(wang, handing.csv(files, tables.PERSONS, PEOPLE))
    few = queries_of(wang, reverse("imports"))
    for n in range(5):
        post(wang, handing.csv(files, tables.PERSONS, [f"P{n},人{n},男,1978-05-04,无证件,"]))
    assert queries_of(wang, reverse("imports")) <= few
    page = text_of(wang, reverse("imports") + f"?before={newest(cast.wang).pk}")
    assert "已到末尾" in page
    assert wang.get(reverse("imports") + "?before=x").status_code == 400
    old, import_views.PAGE = import_views.PAGE, 2
    assert "下一页" in text_of(wang, reverse("imports"))
    import_views.PAGE = old


def test_the_empty_workbook_is_read_as_it_was_written(files: Path, cast: town.Cast) -> None:
    raw = b"".join(at_desk(cast.wang).get(reverse("import_template")).streaming_content)  # type: ignore[attr-defined]
    file = files / "template.xlsx"
    file.write_bytes(raw)
    found = passing.open_file(file, "", ROLES[roles.CITY_CLERK] | ROLES[roles.ADMINISTRATOR])
    assert [m.table for m in found] == list(tables.IMPORTED)
    assert all(not m.trouble and not m.ignored and passing.lines(m) == [] for m in found)
    titles = [sheet.title for sheet in sheets.read(file)]
    assert titles[-2:] == list(workbook.ASIDE)


def test_the_workbook_offers_what_may_be_picked(files: Path) -> None:
    file = files / "template.xlsx"
    workbook.write(file, cities.book(), tables.local(cities.folder()))
    lists = {s.title: s for s in sheets.read(file)}[workbook.CHOICES]
    offered = dict(zip(lists.headers, zip(*_padded(lists), strict=True), strict=True))
    assert "港澳台居民居住证" in offered["persons.证件类型"]
    assert "工资性收入" in offered["person_facts.情况"]
    assert "最低生活保障" in offered["awards.待遇"]
    assert offered["members.与户主关系"][0] == "本人"


def _padded(sheet: sheets.Sheet) -> list[list[str]]:
    width = len(sheet.headers)
    return [[*line, *[""] * (width - len(line))] for _number, line in sheet.lines]


def test_in_the_terminal_a_file_is_checked_let_in_and_taken_back(
    files: Path,
    cast: town.Cast,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def here(desk: object, found: Import) -> None:
        for task in (
            import_tasks.check_import,
            import_tasks.apply_import,
            import_tasks.undo_import,
        ):
            task(None, found.pk)
        with handing.at_desk(cast.wang):
            found.refresh_from_db()

    monkeypatch.setattr(import_cli, "_work_off", here)
    rows = {**FAMILY, tables.PERSONS: [*PEOPLE, "P9,,男,1990-01-01,无证件,"]}
    file = str(handing.workbook(files, rows))
    assert import_cli.main([file, "--dry-run", "--as", "wang"]) == 1
    told = capsys.readouterr()
    assert "人员：新的 1，更正 0，没有变化 0，退回 1" in told.out and "没有写入" in told.out
    assert "第 3 行 · 姓名 · 不能空着" in told.err
    assert import_cli.main([file, "--as", "wang"]) == 1
    assert "已写入" in capsys.readouterr().out
    with scope.hold(town.eyes(cast.wang)):
        assert Person.objects.filter(name="张三").exists()
    assert import_cli.main(["undo", str(newest(cast.wang).pk), "--as", "wang"]) == 0
    assert "已撤销" in capsys.readouterr().out
    with pytest.raises(ValueError, match="没有编号为 999999 的导入"):
        import_cli.main(["undo", "999999", "--as", "wang"])


def test_the_same_words_in_memory_and_on_disk() -> None:
    out = io.BytesIO()
    workbook.write(out, cities.book(), tables.local(cities.folder()))
    assert out.getvalue().startswith(b"PK")
