"""The city's reading (SQL) and the family's (Python) agree on every amount and every reason."""

from datetime import date
from random import Random

import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanjia.policy.city.outcome import outcome
from guanjia.policy.decide import Result, rules
from guanjia.policy.family import Family
from tests.policy.agreeing import disagreements, groups
from tests.policy.families import BOOK, MONTHS, at_random, families
from tests.policy.tables import table, turns


def entitled(result: Result) -> bool | None:
    """What the reasons alone say of being entitled."""
    bits = [(result.reasons >> 2 * k) & 3 for k in range(31)]
    return False if 1 in bits else None if 3 in bits else True


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("month", MONTHS)
def test_the_city_and_the_family_agree(month: date, fold: bool) -> None:
    rng = Random(month.toordinal())
    assert disagreements([at_random(rng) for _ in range(400)], month, fold) == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(families(), st.sampled_from(MONTHS), st.booleans())
def test_they_agree_at_the_thresholds(family: Family, month: date, fold: bool) -> None:
    assert disagreements([family], month, fold) == []


def test_reasons_alone_say_who_is_entitled() -> None:
    rng = Random(7)
    for _ in range(300):
        for result in rules(BOOK, MONTHS[1]).decide(at_random(rng)):
            assert entitled(result) is result.entitled


@pytest.mark.parametrize("month", MONTHS)
def test_the_same_text_is_spark_sql(month: date) -> None:
    rng = Random(3)
    for group in groups([at_random(rng) for _ in range(40)], month):
        most = max(len(turns(BOOK, family, month)) for family in group)
        _source, shape = table(BOOK, group, month, most + 1, fold=False)
        said = outcome(BOOK, month, shape, "source", "spark")
        assert sqlglot.parse_one(said.text, read="spark").find(sqlglot.exp.Select) is not None
