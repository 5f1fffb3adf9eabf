"""What the rates claim, worked by hand: intervals, verdicts, who is too few to be named, a city's targets."""

from fractions import Fraction
from math import sqrt
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as some

from guanjia.concerns.rules import rates

NINETY = Fraction(9, 10)


@pytest.mark.parametrize(
    ("counted", "of", "low", "high"),
    [  # worked by hand from Wilson (1927), z = 1.959964
        (9, 10, 0.5958, 0.9821),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (90, 100, 0.8256, 0.9448),
        (360, 385, 0.9059, 0.9556),
        (1, 2, 0.0945, 0.9055),
    ],
)
def test_wilson_as_worked_by_hand(counted: int, of: int, low: float, high: float) -> None:
    found = rates.wilson(counted, of)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_counted_has_no_interval() -> None:
    assert rates.wilson(0, 0) is None
    assert rates.verdict(0, 0, NINETY) == rates.SILENT
    assert rates.told_share(0, 0) == rates.told_interval(0, 0) == ""


@given(some.integers(1, 100_000).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))))
def test_the_interval_holds_every_share_that_the_count_does_not_refute(
    pair: tuple[int, int],
) -> None:
    counted, of = pair
    found = rates.wilson(counted, of)
    assert found is not None
    assert 0 <= found.low <= counted / of + 1e-12
    assert counted / of - 1e-12 <= found.high <= 1
    for bound in (found.low, found.high):  # each bound is where the score test just refuses
        if 0 < bound < 1:
            score = abs(counted / of - bound) / sqrt(bound * (1 - bound) / of)
            assert score == pytest.approx(rates.Z, rel=1e-6)


@pytest.mark.parametrize(
    ("counted", "of", "target", "claimed"),
    [
        (360, 385, NINETY, rates.MET),  # 90.5 % at least
        (95, 100, NINETY, rates.OPEN),  # 95 %, but perhaps 88.8 %
        (90, 100, NINETY, rates.OPEN),
        (89, 100, NINETY, rates.MISSED),
        (10, 10, NINETY, rates.ALL),  # every one, and too few to prove it
        (1000, 1000, Fraction(1), rates.ALL),  # no count proves a hundred in a hundred
        (999, 1000, Fraction(1), rates.MISSED),
        (5, 10, None, rates.SILENT),
    ],
)
def test_met_is_claimed_only_where_the_lower_bound_is(
    counted: int, of: int, target: Fraction | None, claimed: str
) -> None:
    assert rates.verdict(counted, of, target) == claimed


@given(
    some.integers(1, 5000).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))),
    some.fractions(0, 1),
)
def test_a_claim_is_never_above_its_lower_bound(pair: tuple[int, int], target: Fraction) -> None:
    bounds = rates.wilson(*pair)
    assert bounds is not None
    assert (rates.verdict(*pair, target) == rates.MET) == (bounds.low >= target)


@pytest.mark.parametrize(
    ("counted", "of", "told"),
    [
        (1, 3, "33.3%"),
        (9999, 10000, "99.9%"),
        (1, 100000, "0.1%"),
        (5, 5, "100.0%"),
        (0, 5, "0.0%"),
    ],
)
def test_a_share_is_not_rounded_to_all_or_none(counted: int, of: int, told: str) -> None:
    assert rates.told_share(counted, of) == told


def test_an_interval_is_told_outwards() -> None:
    assert rates.told_interval(9, 10) == "59.5%–98.3%"


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 40, "b": 30}, set()),
        ({"a": 40, "b": 3, "c": 9}, {"b", "c"}),  # 3 alone could be told from the whole
        ({"a": 40, "b": 3, "c": 4}, {"b", "c"}),
        ({"a": 40, "b": 1, "c": 1, "d": 6}, {"b", "c", "d"}),  # two of one each are still too few
        ({"a": 40, "b": 0}, set()),
        ({"a": 4}, {"a"}),
    ],
)
def test_too_few_are_not_named_nor_told_from_the_rest(
    sizes: dict[str, int], hidden: set[str]
) -> None:
    assert rates.unnamed(sizes) == hidden


@given(some.dictionaries(some.text("abcdefgh", min_size=1, max_size=2), some.integers(0, 30)))
def test_what_is_hidden_is_never_a_few(sizes: dict[str, int]) -> None:
    hidden = rates.unnamed(sizes)
    assert all(sizes[place] >= rates.FEWEST or not sizes[place] for place in set(sizes) - hidden)
    together = sum(sizes[place] for place in hidden)
    shown = sum(size for place, size in sizes.items() if place not in hidden)
    assert not hidden or (len(hidden) > 1 and together >= rates.FEWEST) or not shown


def test_the_citys_targets_name_their_source_and_what_cannot_be_measured() -> None:
    folder = Path(settings.GUANJIA_CITY)
    found = rates.targets(folder)
    assert all(t.law and t.status and 0 < t.share <= 1 for t in found)
    assert all(t.rate in rates.RATES for t in found if t.measured)
    assert [t.says for t in found if not t.measured] != [""]


def test_every_rate_says_what_it_counts() -> None:
    for rate in rates.RATES:
        assert rates.label(rate)
        assert rates.counts(rate)
        assert rates.of(rate)
        assert rates.without(rate)
    assert all(rates.reason(outside) for outside in rates.OUTSIDE)
