"""Workflows: no way to a closed case without an answer, and the checker that would find one."""

from dataclasses import replace

import pytest

from guanjia.cases.workflow import CLOSED, HANDLING, RECEIVED, NoSuchMove, flaws
from guanjia.concerns.rules.workflow import CONCERN


def test_every_way_to_a_closed_concern_passes_an_answer() -> None:
    assert flaws(CONCERN) == []


def without_answers(verb: str) -> list[str]:
    moves = tuple(replace(m, answers=False) if m.verb == verb else m for m in CONCERN.moves)
    return flaws(replace(CONCERN, moves=moves))


def test_a_way_round_the_answer_is_found() -> None:
    assert without_answers("answer")[0].startswith("answered without an answer: ")
    assert without_answers("decline")[0].startswith("answered without an answer: ")


def test_a_short_cut_to_closed_is_found() -> None:
    moves = tuple(replace(m, to=CLOSED) if m.verb == "contact" else m for m in CONCERN.moves)
    assert any("closed without an answer" in flaw for flaw in flaws(replace(CONCERN, moves=moves)))


def test_a_state_without_a_way_out_and_one_without_a_way_in_are_found() -> None:
    stuck = tuple(m for m in CONCERN.moves if m.verb != "resume")
    assert "paused cannot be left" in flaws(replace(CONCERN, moves=stuck))
    unreached = tuple(m for m in CONCERN.moves if m.verb != "pause")
    assert "paused is out of reach" in flaws(replace(CONCERN, moves=unreached))


def test_a_verb_outside_its_state_is_no_move() -> None:
    assert CONCERN.move("accept", RECEIVED).to == HANDLING
    with pytest.raises(NoSuchMove):
        CONCERN.move("close", HANDLING)
