"""Awards, facilities, posts; and imports that are taken back, or stand under something else."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from guanjia.interop import imports, tables, undoing
from guanjia.interop.errors import Depended, NotNow, SecondPerson
from guanjia.interop.models import Import
from guanjia.kit import clock, scope
from guanjia.people import actions as people
from guanjia.people.models import Person, PersonFact
from guanjia.people.records import NewFact
from guanjia.places.models import Facility
from guanjia.staff import roles
from guanjia.staff.models import Post
from tests import town
from tests.interop import handing
from tests.interop.handing import FAMILY


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The house's files."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "files")
    return tmp_path


AWARD = (
    "DB-9,最低生活保障,{home},,441900119,2019-03-04,2019-03-12,2019-03-29,{payee},"
    "6214670000000000000,941.00,2019-04,2020-04,"
)


def as_job() -> scope.Scope:
    return scope.job("test", town.CITY, town.TODAY)


def test_awards_are_let_in_by_a_second_person(files: Path, cast: town.Cast) -> None:
    row = AWARD.format(home="T-2", payee="陈大文")
    file = handing.csv(files, tables.AWARDS, [row])
    found = handing.check(file, cast.zhou)
    assert handing.counts(found) == {"awards": (1, 0, 0, 0)}
    with handing.at_desk(cast.zhou), pytest.raises(SecondPerson):
        imports.apply_import(found.pk, cast.zhou, True, clock.now())
    with scope.hold(as_job()):
        attack = "UPDATE interop_import SET applied_by_id = by_id, applied_at = now()"
        with (
            pytest.raises(DatabaseError, match="awards_is_written_by_a_second_person"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attack)
    with handing.at_desk(cast.zhou):
        imports.cancel_import(found.pk, cast.zhou, clock.now())
    done = handing.bring(file, cast.zhou, cast.liang)
    assert handing.counts(done) == {"awards": (1, 0, 0, 0)}
    assert handing.counts(handing.check(file, cast.zhou)) == {"awards": (0, 0, 1, 0)}
    changed = handing.csv(files, tables.AWARDS, [row.replace("941.00", "1.00")])
    assert "不能用表格改" in handing.problems(handing.check(changed, cast.zhou))[0][2]
    second = handing.csv(files, tables.AWARDS, [row.replace("DB-9", "DB-10")])
    assert "批准文号 DB-9" in handing.problems(handing.check(second, cast.zhou))[0][2]


def test_facilities_come_in_change_and_go_back(files: Path, cast: town.Cast) -> None:
    row = "4419001190020001,441900119002,厦边长者饭堂,长者饭堂,60,2019-01-01,"
    first = handing.bring(handing.csv(files, tables.FACILITIES, [row]), cast.wang)
    more = handing.csv(files, tables.FACILITIES, [row.replace(",60,", ",80,")])
    second = handing.bring(more, cast.wang)
    assert handing.counts(second) == {"facilities": (0, 1, 0, 0)}
    assert Facility.objects.get().capacity == 80
    handing.undo(second, cast.wang)
    assert Facility.objects.get().capacity == 60
    handing.undo(first, cast.wang)
    assert not Facility.objects.exists()
    bad = [row.replace("4419001190020001", "4419001210010001"), row.replace("60", "许多")]
    found = handing.problems(handing.check(handing.csv(files, tables.FACILITIES, bad), cast.wang))
    assert ["应以所在地代码开头" in found[0][2], "不是容量" in found[1][2]] == [True, True]


def test_posts_come_in_by_who_may_give_them(files: Path, cast: town.Cast) -> None:
    rows = ["huang,村（社区）协理员,441900121004,2020-01-01,2021-01-01"]
    file = handing.csv(files, tables.POSTS, rows)
    refused = handing.check(file, cast.zhou)
    assert "不能导入“岗位”表" in handing.troubles(refused)[0]
    with handing.at_desk(cast.zhou):
        imports.cancel_import(refused.pk, cast.zhou, clock.now())
    admin = town.desk("guan", "管", roles.ADMINISTRATOR, town.CITY)
    done = handing.bring(file, admin)
    assert Post.objects.filter(user=cast.huang, role=roles.VILLAGE_WORKER).count() == 1
    assert handing.counts(handing.check(file, admin)) == {"posts": (0, 0, 1, 0)}
    own = ["guan,市级审批,441900,2020-01-01,", "nobody,市级审批,441900,2020-01-01,"]
    found = handing.problems(handing.check(handing.csv(files, tables.POSTS, own), admin))
    assert "不能给自己派岗位" in found[0][2] and "没有这个账号" in found[1][2]
    apart = ["huang,镇街审批,441900121,2020-01-01,", "huang,镇街经办,441900,2020-01-01,"]
    found = handing.problems(handing.check(handing.csv(files, tables.POSTS, apart), admin))
    assert "同一个人不能同时担任这两个岗位" in found[0][2] and "要派在相应的地方" in found[1][2]
    with pytest.raises(Depended, match="只能在“岗位与账号”里结束"):
        handing.undo(done, admin)
    assert Post.objects.filter(user=cast.huang, role=roles.VILLAGE_WORKER).exists()


def test_an_import_is_taken_back_whole_and_may_come_again(files: Path, cast: town.Cast) -> None:
    from tests.interop.test_imports import WAGES, everything

    before = everything()
    book = handing.workbook(files, {**FAMILY, tables.PERSON_FACTS: WAGES})
    done = handing.undo(handing.bring(book, cast.wang), cast.wang)
    assert done.state == "undone"
    with scope.hold(as_job()):
        kept = Person.objects.filter(name="张三")
        assert [(p.document_kind, p.document_index) for p in kept] == [("none", None)]
        assert PersonFact.objects.filter(person=kept[0], superseded_at=None).count() == 0
        assert PersonFact.objects.filter(person=kept[0]).count() == 3  # what was believed stays
        kept.update(name="")
    after = everything()
    assert [row for row in after[0] if row[0]] == before[0] and after[1:] == before[1:]  # type: ignore[attr-defined]
    again = handing.bring(book, cast.wang)
    assert handing.counts(again)["persons"] == (1, 0, 0, 0)
    with pytest.raises(NotNow, match="已撤销"):
        handing.undo(done, cast.wang)


def test_corrections_that_are_taken_back_believe_again_what_stood_before(
    files: Path, cast: town.Cast
) -> None:
    rows = [f"{cast.chen.document},工资性收入,,5.00,2019-06-01,2019-07-01"]
    done = handing.bring(handing.csv(files, tables.PERSON_FACTS, rows), cast.wang)
    handing.undo(done, cast.wang)
    with scope.hold(as_job()):
        wages = PersonFact.objects.filter(person_id=cast.chen.id, kind="wages", superseded_at=None)
        assert list(wages.values_list("number", "since", "until", "source")) == [
            (199900, town.START, None, "test")
        ]


def test_what_something_stands_on_is_not_taken_back(files: Path, cast: town.Cast) -> None:
    done = handing.bring(handing.workbook(files, FAMILY), cast.wang)
    with scope.hold(as_job()):
        person = Person.objects.get(name="张三")
        later = clock.now()
        people.correct_fact(person, NewFact("relation", "8", date(2020, 1, 1)), "test", later)
    with pytest.raises(Depended, match="后来又改过"):
        handing.undo(done, cast.wang)
    with scope.hold(as_job()):
        assert Import.objects.get(pk=done.pk).state == "applied"
        assert any("另有" in reason for reason in undoing.depends(done))


def test_an_award_on_an_imported_household_holds_it(files: Path, cast: town.Cast) -> None:
    done = handing.bring(handing.workbook(files, FAMILY), cast.zhou)
    row = AWARD.format(home="H1", payee="张三")
    award = handing.bring(handing.csv(files, tables.AWARDS, [row]), cast.zhou, cast.liang)
    with pytest.raises(Depended, match="家庭已有 1 条“待遇”"):
        handing.undo(done, cast.zhou)
    handing.undo(award, cast.zhou)
