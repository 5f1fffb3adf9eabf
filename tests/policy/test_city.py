"""The city's reading (SQL) and the family's (Python) agree on every amount and every reason."""

from datetime import date
from random import Random
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanjia.policy.city.compile import column
from guanjia.policy.city.outcome import Outcome, outcome
from guanjia.policy.city.packing import spots
from guanjia.policy.decide import Result, rules
from guanjia.policy.family import HOUSEHOLD, Family
from tests.policy.families import BOOK, MONTHS, at_random, families
from tests.policy.tables import table, turns


def told(row: dict[str, Any], benefit: str, unit: int) -> tuple[Any, Any, int]:
    """Gross, net and reasons that a row of the result says of one unit."""
    spot = spots(BOOK, "household" if unit == HOUSEHOLD else "person")[benefit]
    net = row[column(unit, f"{benefit}_net")]
    gross = row.get(column(unit, f"{benefit}_gross"), net)
    return gross, net, spot.read(row[column(unit, f"reasons_{spot.word}")])


def groups(many: list[Family], month: date) -> list[list[Family]]:
    """Families of one size and of about as many stretches."""
    found: dict[tuple[int, bool], list[Family]] = {}
    for family in many:
        moving = bool(turns(BOOK, family, month))
        found.setdefault((len(family.people), moving), []).append(family)
    return list(found.values())


def decided(group: list[Family], month: date, fold: bool) -> tuple[list[dict[str, Any]], Outcome]:
    """The rows that DuckDB gives for a group, with what was known beforehand."""
    most = max(len(turns(BOOK, family, month)) for family in group)
    source, shape = table(BOOK, group, month, most + 1, fold)
    connection = duckdb.connect(config={"threads": 1})
    connection.register("source", source)
    said = outcome(BOOK, month, shape, "source")
    rows = connection.sql(said.text).to_arrow_table().to_pylist()
    return [{**said.fixed, **row} for row in rows], said


def disagreements(many: list[Family], month: date, fold: bool) -> list[str]:
    """What the two readings say differently."""
    found = []
    for group in groups(many, month):
        rows, _said = decided(group, month, fold)
        for family, row in zip(group, rows, strict=True):
            for result in rules(BOOK, month).decide(family):
                said = told(row, result.benefit, result.unit)
                if said != (result.gross, result.net, result.reasons):
                    found.append(f"{result}: {said}: {family}")
    return found


def entitled(result: Result) -> bool | None:
    """What the reasons alone say of being entitled."""
    bits = [(result.reasons >> 2 * k) & 3 for k in range(31)]
    return False if 1 in bits else None if 3 in bits else True


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("month", MONTHS)
def test_the_city_and_the_family_agree(month: date, fold: bool) -> None:
    rng = Random(month.toordinal())
    assert disagreements([at_random(rng) for _ in range(1000)], month, fold) == []


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
