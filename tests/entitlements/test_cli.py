"""The terminal: a month from asking to paying, and replay."""

import pytest

from guanjia.entitlements import queries
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.models import Run, RunState
from guanjia.entitlements.runs import cli
from tests.committed import Town, _django_db_helper, committed_town
from tests.entitlements import office

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


def test_a_month_in_the_terminal(open_town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["2020-03", "--now"]) == 0
    assert "2020-03：待审批" in capsys.readouterr().out
    assert cli.run(["2020-03"]) == 0  # asked again, it is the same run
    with pytest.raises(cli.NoDesk, match="zhou 没有这项权限"):
        cli.run(["approve", "2020-03", "--as", "zhou"])
    assert cli.run(["approve", "2020-03", "--as", "liang", "--now"]) == 0
    with open_town.as_job():
        (run,) = Run.objects.all()
        assert run.state == RunState.PAID
        assert len(queries.bank_files(run.pk)) == 2
    capsys.readouterr()
    assert cli.run(["list"]) == 0
    assert "2020-03  东莞市  已发放" in capsys.readouterr().out
    assert cli.replay(["replay", "2020-03"]) == 0
    assert "全部一致" in capsys.readouterr().out


def test_what_is_misunderstood_is_said_in_words(
    open_town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(cli.NoDesk, match="wang"):
        cli.run(["2020-03", "--as", "wang"])
    with pytest.raises(RunError, match="没有 2020-02 的批次"):
        cli.run(["approve", "2020-02", "--as", "liang"])
    for words, said in (([], "缺少"), (["2020-13"], "2020-13"), (["一月"], "不是月份")):
        with pytest.raises(SystemExit):
            cli.run(words)
        assert said in capsys.readouterr().err
