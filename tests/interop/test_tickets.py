"""Tickets of another system: each comes in once by its number; what is wrong comes back in words."""

from pathlib import Path

import pytest
import xlsxwriter

from guanjia.cases.models import Case, Clock
from guanjia.concerns.models import Concern, Ticket
from guanjia.interop import tickets
from guanjia.interop.tickets import NoTickets
from guanjia.kit import scope
from tests import town
from tests.concerns.test_desk import EYES

HEAD = ["工单号", "来件时间", "地方", "分类", "内容", "电话"]
GOOD = ["T-1", "2020-03-31 09:00", town.COMMUNITY, "投诉、建议", "工地夜里打桩", "13800001234"]


def written(tmp_path: Path, *rows: list[str]) -> str:
    """A CSV file of tickets."""
    file = tmp_path / "tickets.csv"
    lines = [",".join(row) for row in (HEAD, *rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def let_in(file: str, *more: str) -> int:
    """The command, by the clerk of 长安."""
    return tickets.main([file, "--system", "12345", "--as", "wang", *more])


def test_a_ticket_comes_in_once(cast: town.Cast, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    assert let_in(file, "--dry-run") == 0
    with scope.hold(EYES):
        assert not Case.objects.exists()
    assert let_in(file) == let_in(file) == 0
    assert let_in(written(tmp_path, [*GOOD[:5], "13900009999"])) == 0
    with scope.hold(EYES):
        concern = Concern.objects.select_related("case").get()
        assert Ticket.objects.get().number == "12345/T-1"
        assert Clock.objects.get().started_at == concern.case.opened_at
    assert (concern.channel, concern.category) == ("import", "complaint")
    assert f"{concern.case.opened_at:%Y-%m-%d %H:%M}" == "2020-03-31 01:00"
    with scope.hold(town.eyes(cast.huang)):
        assert not Ticket.objects.exists()


def test_a_workbook_is_read_too(cast: town.Cast, tmp_path: Path) -> None:
    file = tmp_path / "tickets.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, GOOD)
    assert let_in(str(file)) == 0
    with scope.hold(EYES):
        assert Concern.objects.count() == 1


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (0, "", "没有工单号"),
        (1, "昨天", "不是时间"),
        (1, "2099-01-01", "来件时间还没有到"),
        (2, "广州", "不是本市的一个地方"),
        (2, town.ELSEWHERE, "不在您的辖区"),
        (3, "不存在的类", "没有“不存在的类”这一类"),
        (4, " ", "内容空着"),
        (4, "长" * 100_000, "内容有 100000 字"),
        (5, "12", "电话是 11 位"),
    ],
)
def test_what_is_wrong_comes_back_and_the_rest_goes_in(
    cast: town.Cast,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    place: int,
    value: str,
    told: str,
) -> None:
    bad = ["T-2", *GOOD[1:]]
    bad[place] = value
    assert let_in(written(tmp_path, GOOD, bad)) == 1
    assert told in capsys.readouterr().err
    with scope.hold(EYES):
        assert Concern.objects.count() == 1


def test_a_file_without_the_columns_is_refused(cast: town.Cast, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NoTickets, match="工单号"):
        let_in(str(file))
