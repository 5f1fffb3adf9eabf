"""Every programme's workflow is sound: no way to a closed case passes without an answer."""

import importlib

import pytest

from guanjia.cases import words
from guanjia.cases.models import ClockKind, State
from guanjia.cases.workflow import CLOCKS, STATES, Workflow, flaws
from tests.house_rules.reading import modules, name

FOUND = {
    f"{name(path)}:{called}": thing
    for path in modules("guanjia")
    if path.name == "workflow.py"
    for called, thing in vars(
        importlib.import_module(name(path).removesuffix(".py").replace("/", "."))
    ).items()
    if isinstance(thing, Workflow)
}


def test_there_are_workflows() -> None:
    assert FOUND


@pytest.mark.parametrize("named", FOUND)
def test_every_closing_path_answers(named: str) -> None:
    assert flaws(FOUND[named]) == []


@pytest.mark.parametrize("named", FOUND)
def test_every_move_and_reason_has_its_words(named: str) -> None:
    for move in FOUND[named].moves:
        assert move.verb in words.MOVES
        assert move.verb in words.TO_ASKER
        assert set(move.reasons) <= words.REASONS.keys()


def test_states_and_clocks_are_those_that_rows_may_hold() -> None:
    assert set(STATES) == set(State.values)
    assert set(CLOCKS) == set(ClockKind.values)
