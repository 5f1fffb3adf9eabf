"""Weighing a result: a table of what is paid and what it is called."""

from datetime import date

import pytest

from guanjia.entitlements.families.weighing import Granted, Held, Weighed, differs, weigh

DAY = date(2020, 1, 1)
AWARD = Granted(7, "A-1", "441900119", 500, DAY, DAY, DAY, None, False, "month")


def held(pays: int, what: str = "new", award: int | None = 7, number: str | None = "A-1") -> Held:
    return Held(1, award, number, True, pays, pays, 2, pays, False, DAY if award else None, what)


@pytest.mark.parametrize(
    ("entitled", "net", "award", "before", "wanted"),
    [
        (True, 500, AWARD, None, Weighed("new", 500, False)),
        (True, 500, AWARD, held(500), Weighed("same", 500, False)),
        (True, 600, AWARD, held(500), Weighed("changed", 600, False)),
        (False, 0, AWARD, held(600), Weighed("doubtful", 600, True)),
        (False, 0, AWARD, None, Weighed("doubtful", 500, True)),
        (True, 0, AWARD, held(600), Weighed("doubtful", 600, True)),
        (None, None, AWARD, held(600), Weighed("unknown", 600, True)),
        (True, None, AWARD, held(600), Weighed("unknown", 600, True)),
        (None, None, AWARD, held(600, number="OLD"), Weighed("unknown", 500, True)),
        (True, 500, None, None, Weighed("missed", 0, False)),
        (True, 0, None, None, Weighed("gone", 0, False)),
        (None, None, None, None, Weighed("unknown", 0, False)),
        (False, 0, None, held(500), Weighed("stopped", 0, False)),
        (False, 0, None, held(0, "missed", None, None), Weighed("gone", 0, False)),
        (True, 500, None, held(500), Weighed("missed", 0, False)),
    ],
)
def test_what_a_result_comes_to(
    entitled: bool | None, net: int | None, award: Granted | None, before: Held, wanted: Weighed
) -> None:
    assert weigh(entitled, net, award, before, DAY) == wanted


def test_only_what_differs_is_written() -> None:
    same = (True, 500, 500, 2)
    before = held(500)
    now = weigh(True, 500, AWARD, before, DAY)
    assert not differs(now, same, AWARD, before)
    assert differs(now, (True, 500, 500, 3), AWARD, before)
    assert differs(now, same, AWARD._replace(id=8), before)
    assert differs(now, same, AWARD._replace(assessed_on=date(2020, 2, 1)), before)
    assert differs(weigh(True, 500, AWARD, None, DAY), same, AWARD, None)


def test_an_end_is_written_once() -> None:
    ended = held(0, "stopped", None, None)
    assert not differs(weigh(False, 0, None, ended, DAY), (False, 0, 0, 1), None, ended)
    assert differs(weigh(False, 0, None, held(500), DAY), (False, 0, 0, 1), None, held(500))
