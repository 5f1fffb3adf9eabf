"""`guanjia deadline` on the command line."""

import pytest

from guanjia.__main__ import main


def test_the_days_on_the_way_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadline", "2020-09-30 09:00", "2个工作日"]) == 0
    told = capsys.readouterr().out
    assert "2020-10-08 星期四  休息日（由 2020-10-10 调休），放假，不计" in told
    assert "2020-10-09 星期五  第 1 日" in told
    assert told.rstrip().endswith("2 个工作日，到 2020-10-10 24:00 为止")


def test_a_year_without_a_notice_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadline", "2027-06-01", "3日", "--closes", "17:30"]) == 0
    assert "2027-06-04 17:30（暂定" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["deadline", "2020-13-01", "3日"], "请写成 2020-09-29 16:20"),
        (["deadline", "2020-01-01", "三日"], "请写成 24小时"),
        (["deadline", "2020-01-01", "3日", "--closes", "25"], "请写成 17:30"),
        (["deadline", "2099-12-01", "9月"], "超出日历的范围"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert says in capsys.readouterr().err
