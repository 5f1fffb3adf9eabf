"""What-ifs and adoption in the terminal; and a worker killed with kill -9 in the middle of a month."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from guanjia.entitlements import queries
from guanjia.entitlements.errors import AlreadyDecided, Overtaken, RunError
from guanjia.entitlements.proposals import cli as cli_book
from guanjia.entitlements.runs import cli
from guanjia.entitlements.tables.books import Proposal, WhatIf, WhatIfFigure, WhatIfState
from guanjia.entitlements.what_if import cli as cli_what_if
from guanjia.entitlements.what_if import trying, what_ifs
from guanjia.policy.proposing import BadProposal
from tests import town
from tests.committed import Town, _django_db_helper, committed_town
from tests.entitlements import office
from tests.entitlements.test_killed import data_folder, work_off
from tests.entitlements.test_what_ifs import AT, wish

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def open_town(committed_town: Town) -> Town:
    """The committed town with a book, money and two awards."""
    with committed_town.as_job():
        office.open_house(committed_town.cast)
        office.award_chen(committed_town.cast)
        office.award_li(committed_town.cast)
    return committed_town


def newest(open_town: Town, model: type[WhatIf] | type[Proposal]) -> int:
    """The number of the latest."""
    with open_town.as_job():
        return int(model._default_manager.order_by("-pk").values_list("pk", flat=True)[0])


def test_a_what_if_in_the_terminal(open_town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli_what_if.what_if(["dibao_line=1150", "--months", "2"]) == 0
    out = capsys.readouterr().out
    number = newest(open_town, WhatIf)
    assert f"试算 {number}：dibao_line=1150，自 2020-05 起 2 个月，已算完" in out
    rows = [line.split("  ") for line in out.splitlines() if line.startswith(("长安镇", "合计"))]
    # in June the price index is lower, and so is the subsidy that goes with the line
    assert [[cell.strip() for cell in row if cell.strip()] for row in rows] == [
        [name, "1 户、3 人", "0", "278.91 元", "555.39 元"] for name in ("长安镇", "合计")
    ]


def test_two_stand_side_by_side(open_town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli_what_if.what_if(["longevity.second=160", "--months", "1"]) == 0
    capsys.readouterr()
    longer = ["longevity.second=120", "--months", "1", "--against"]
    assert cli_what_if.what_if([*longer, str(newest(open_town, WhatIf))]) == 0
    table = capsys.readouterr().out.split("相差")[1]
    assert table.split() == [
        *("长安镇", "−30.00", "元", "10.00", "元", "40.00", "元"),
        *("合计", "−30.00", "元", "10.00", "元", "40.00", "元"),
    ]
    assert cli_what_if.what_if([*longer, "longevity.second=170"]) == 0
    assert "：longevity.second=170" in capsys.readouterr().out


def test_what_cannot_be_tried_is_said_in_words(
    open_town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadProposal, match="是不是 dibao_line"):
        cli_what_if.what_if(["dibao_lin=1150"])
    with pytest.raises(cli.NoDesk, match="wang"):
        cli_what_if.what_if(["dibao_line=1150", "--as", "wang"])
    with pytest.raises(RunError, match="没有编号为 9999 的试算"):
        cli_what_if.what_if(["longevity.second=120", "--months", "1", "--against", "9999"])
    for words, said in (([], "缺少"), (["x"], "读不懂"), (["a=1", "--since", "x"], "不是月份")):
        with pytest.raises(SystemExit):
            cli_what_if.what_if(words)
        assert said in capsys.readouterr().err
    with open_town.as_job():
        office.months(open_town.cast, office.JANUARY)
    with pytest.raises(AlreadyDecided):
        cli_what_if.what_if(["dibao_line=1150", "--since", "2020-01"])


@pytest.fixture
def dearer(tmp_path: Path) -> Path:
    """The city's book with one line changed."""
    folder = tmp_path / "book"
    shutil.copytree(settings.GUANJIA_CITY, folder)
    for chapter in folder.glob("chapters/*/chapter.toml"):
        text = chapter.read_text(encoding="utf-8")
        chapter.write_text(text.replace("1060 元/人·月", "1070 元/人·月"), encoding="utf-8")
    return folder


def test_a_new_book_shows_what_changes_and_wants_a_second_person(
    open_town: Town, dearer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli_book.adopt(["adopt", str(settings.GUANJIA_CITY)]) == 0
    assert "已经采用" in capsys.readouterr().out
    assert cli_book.adopt(["adopt", str(dearer)]) == 1
    shown = capsys.readouterr().out
    assert "- 标准 低保标准 1060 元/人·月" in shown
    assert "+ 标准 低保标准 1070 元/人·月" in shown and "还没有提请采用" in shown
    assert "处例子按新文字的结果和写的不一样" in shown
    assert "高龄津贴" not in shown
    with pytest.raises(cli.NoDesk):
        cli_book.adopt(["adopt", str(dearer), "--as", "zhou", "--approved-by", "zhou"])
    assert cli_book.adopt(["adopt", str(dearer), "--as", "zhou"]) == 0
    number = str(newest(open_town, Proposal))
    assert f"已提请采用，编号 {number}" in capsys.readouterr().out
    assert cli_book.adopt(["adopt", number]) == 1
    assert f"改动 {number}：待审批，周 提请" in capsys.readouterr().out
    with pytest.raises(cli.NoDesk):
        cli_book.adopt(["adopt", number, "--approved-by", "zhou"])
    assert cli_book.adopt(["adopt", number, "--approved-by", "liang"]) == 0
    adopted = queries.newest_revision()
    assert adopted is not None and "1070 元" in adopted.text


def test_a_book_goes_back_or_is_taken_back_or_overtaken(
    open_town: Town, dearer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["--approved-by", "liang", "--reject", "等文件"],
        ["--as", "zhou", "--withdraw"],
    ):
        assert cli_book.adopt(["adopt", str(dearer), "--as", "zhou"]) == 0
        assert cli_book.adopt(["adopt", str(newest(open_town, Proposal)), *words]) == 0
    with open_town.as_job():
        assert [p.state for p in Proposal.objects.order_by("pk")] == ["rejected", "withdrawn"]
    assert cli_book.adopt(["adopt", str(dearer), "--as", "zhou"]) == 0
    waits = str(newest(open_town, Proposal))
    more = dearer / "chapters" / "longevity" / "chapter.toml"
    more.write_text(more.read_text(encoding="utf-8") + "\n# 修订\n", encoding="utf-8")
    both = ["--as", "zhou", "--approved-by", "liang"]
    assert cli_book.adopt(["adopt", str(dearer), *both]) == 0
    with pytest.raises(Overtaken):
        cli_book.adopt(["adopt", waits, "--approved-by", "liang"])
    with pytest.raises(RunError, match="没有编号为 9999 的改动"):
        cli_book.adopt(["adopt", "9999", "--approved-by", "liang"])


def test_a_worker_killed_in_a_month_is_followed_by_one_that_goes_on(
    open_town: Town, tmp_path: Path
) -> None:
    figures = []
    for kill_at in ("", "what_if"):
        with open_town.as_job():
            asked = wish("dibao_line=1150", months=3)
            found = trying.ask_what_if(asked, town.CITY, open_town.cast.zhou, AT, town.TODAY)
        with data_folder(tmp_path / f"house{kill_at}") as environment:
            work_off(environment, open_town.database, kill_at)
        with open_town.as_job():
            what_if = WhatIf.objects.get(pk=found.pk)
            assert (what_if.state, what_if.done) == (WhatIfState.DONE, 3)
            rows = WhatIfFigure.objects.filter(what_if=what_if).order_by("month", "pk")
            figures.append(
                [
                    (r.month, r.place_id, r.benefit, r.held, r.after_fen)
                    for r in sorted(rows, key=lambda r: (r.month, r.place_id, r.benefit, r.held))
                ]
            )
            assert what_ifs.tried(what_if).revision == what_if.revision
    assert figures[0] == figures[1] and len({row[0] for row in figures[0]}) == 3
