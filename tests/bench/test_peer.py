"""The peer of the benchmarks decides what the book decides, so that the two may be compared."""

from copy import deepcopy
from datetime import date
from random import Random

import numpy as np
import pytest

from bench.peer import decide as peer
from bench.peer import facts
from guanjia.policy.decide import rules
from guanjia.policy.facts import OPEN_END
from guanjia.policy.family import Family
from tests.bench.known import arrays, at_chance, columns
from tests.policy.families import BOOK, MONTHS

OTHER_MONTHS = [date(2020, 11, 1), date(2021, 1, 1), date(2021, 12, 1)]
"""A month without a price subsidy; wider conditions for children; another minimum wage."""
REDUCED = {"tekun", "dibao_single", "orphan", "unattended", "disability_living", "disability_care"}


@pytest.fixture(scope="module")
def few() -> list[Family]:
    """Families of whom everything is known."""
    return made(2_000)


def made(count: int) -> list[Family]:
    rng = Random(20200101)
    return [at_chance(rng) for _ in range(count)]


def agree(families: list[Family], month: date) -> peer.Results:
    """Every result of every unit is the book's; returns them."""
    decide = rules(BOOK, month).decide
    expected = columns([decide(family) for family in families])
    found = peer.decide(*arrays(families), month)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert np.array_equal(found[name], values), name
    return found


@pytest.mark.slow
def test_the_peer_agrees_with_the_book() -> None:
    families = made(20_000)
    for month in MONTHS:
        found = agree(families, month)
        decided = {name.removesuffix("_net") for name in found if name.endswith("_net")}
        assert all(0 < found[f"{b}_entitled"].mean() < 1 for b in decided)
        reduced = {b for b in decided if (found[f"{b}_net"] < found[f"{b}_gross"]).any()}
        assert reduced == REDUCED & decided
        assert ((found["orphan_net"] > 0) & (found["orphan_net"] < found["orphan_gross"])).any()


@pytest.mark.parametrize("month", [*MONTHS, *OTHER_MONTHS])
def test_some_families_agree_in_every_kind_of_month(few: list[Family], month: date) -> None:
    agree(few, month)


def test_fortunes_neither_wrap_nor_round(few: list[Family]) -> None:
    """Any amount that may be recorded: many times what 32 bits hold, or a 32-bit float exactly."""
    rng, rich = Random(42_780_000), deepcopy(few[:500])
    for family in rich:
        declared = [(f, row) for row in family.people for f in BOOK.facts.person]
        declared += [(f, family.household) for f in BOOK.facts.household]
        for fact, row in declared:
            if fact.type == "fen" and rng.random() < 0.5:
                amount = rng.randint(fact.minimum or 0, fact.maximum or 0)
                row[fact.position] = ((0, OPEN_END, amount),) if fact.by_month else amount
    found = agree(rich, MONTHS[1])
    of_persons, _of_households, _home = arrays(rich)
    assert 6 * of_persons["wages"].max() > 2**32
    assert found["dibao_gross"].max() > 2**24


def test_blocks_change_nothing(few: list[Family], monkeypatch: pytest.MonkeyPatch) -> None:
    of_persons, of_households, home = arrays(few[:500])
    whole = peer.decide(of_persons, of_households, home, MONTHS[1])
    monkeypatch.setattr(peer.blocks, "__defaults__", (7,))
    assert len(list(peer.blocks(home))) > 100
    parted = peer.decide(of_persons, of_households, home, MONTHS[1])
    assert parted.keys() == whole.keys()
    assert all(np.array_equal(parted[name], whole[name]) for name in whole)


def test_choices_stand_in_their_declared_order() -> None:
    declared = {name: BOOK.facts.find(name) for name in facts.CHOICES}
    assert {n: tuple(f.choices) for n, f in declared.items() if f} == facts.CHOICES
    codes = ["adopted", "parents", "foster"]
    assert facts.encode("care_form", codes).tolist() == [4, 0, 3]


@pytest.mark.parametrize("code", [None, "step_parents"])
def test_a_code_that_is_unknown_is_refused(code: str | None) -> None:
    with pytest.raises(ValueError, match="care_form"):
        facts.encode("care_form", ["parents", code])


@pytest.mark.parametrize("home", [[0, 1, 0], [0, 0, 2], [1, 1, 2]])
def test_households_that_do_not_stand_together_are_refused(home: list[int]) -> None:
    with pytest.raises(peer.NotSorted):
        list(peer.blocks(np.array(home)))


def test_a_fact_that_is_missing_is_no_nought(few: list[Family]) -> None:
    of_persons, of_households, home = arrays(few[:10])
    del of_persons["wages"]
    with pytest.raises(KeyError, match="wages"):
        peer.decide(of_persons, of_households, home, MONTHS[1])


@pytest.mark.parametrize(
    ("name", "values", "error"),
    [
        ("disability_level", [1, 256], OverflowError),
        ("wages", [0.5, 1.0], TypeError),
        ("alive", [1, 0], TypeError),
        ("born_on", np.array(["1950-01-01"], "datetime64[D]"), TypeError),
    ],
)
def test_what_would_be_read_wrongly_is_refused(
    name: str, values: list[float], error: type[Exception]
) -> None:
    with pytest.raises(error, match=name):
        facts.as_kept(peer.system().variables[name], np.array(values))
