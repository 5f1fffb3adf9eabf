"""The city's reading (SQL) and the family's (Python) agree on every amount and every reason."""

from datetime import date
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanjia.kit import days
from guanjia.policy import compile as city
from guanjia.policy.codegen import at
from guanjia.policy.compile import Shape, column
from guanjia.policy.decide import rules
from guanjia.policy.facts import Fact
from guanjia.policy.family import HOUSEHOLD, Family
from tests.policy.families import BOOK, MONTHS, at_random, families

FIRST = days.number(date(2018, 1, 1))
MANY = 48
KINDS = {"yes_no": pa.bool_(), "whole": pa.int64(), "fen": pa.int64(), "day": pa.date32()}


def kind(fact: Fact) -> pa.DataType:
    """How a fact stands in Parquet."""
    plain = KINDS.get(fact.type, pa.string())
    return pa.list_(plain) if fact.by_month else plain


def row(family: Family, month: date) -> dict[str, Any]:
    """One household as the snapshot's wide row, month by month."""
    found: dict[str, Any] = {"household": 1, "place": family.place}
    for unit in range(HOUSEHOLD, len(family.people)):
        declared = BOOK.facts.household if unit == HOUSEHOLD else BOOK.facts.person
        values = family.household if unit == HOUSEHOLD else family.people[unit]
        for fact, value in zip(declared, values, strict=True):
            if fact.by_month:
                value = [at(value, FIRST + k, fact.absent) for k in range(MANY)]  # type: ignore[arg-type]
            found[column(unit, fact.name)] = value
        for chapter in BOOK.chapters:
            if (chapter.unit == "household") == (unit == HOUSEHOLD):
                key = (chapter.code, unit)
                found[column(unit, f"held_{chapter.code}")] = key in family.held
                found[column(unit, f"assessed_{chapter.code}")] = family.held.get(
                    key, days.number(month)
                )
    return found


def schema(size: int) -> pa.Schema:
    """The table of households of one size."""
    fields = [pa.field("household", pa.int64()), pa.field("place", pa.string())]
    for unit in range(HOUSEHOLD, size):
        declared = BOOK.facts.household if unit == HOUSEHOLD else BOOK.facts.person
        fields += [pa.field(column(unit, f.name), kind(f)) for f in declared]
        for c in (c for c in BOOK.chapters if (c.unit == "household") == (unit == HOUSEHOLD)):
            fields.append(pa.field(column(unit, f"held_{c.code}"), pa.bool_()))
            fields.append(pa.field(column(unit, f"assessed_{c.code}"), pa.int64()))
    return pa.schema(fields)


def disagreements(many: list[Family], month: date) -> list[str]:
    """What the two readings say differently."""
    by_size: dict[int, list[Family]] = {}
    for family in many:
        by_size.setdefault(len(family.people), []).append(family)
    connection, found = duckdb.connect(config={"threads": 1}), []
    for size, group in by_size.items():
        table = pa.Table.from_pylist([row(f, month) for f in group], schema=schema(size))
        connection.register("source", table)
        text = city.statement(BOOK, month, Shape(size, False, FIRST), "source")
        told = connection.execute(text).to_arrow_table().to_pylist()
        connection.unregister("source")
        for family, said in zip(group, told, strict=True):
            for result in rules(BOOK, month).decide(family):
                for what in ("entitled", "gross", "net", "reasons"):
                    name = column(result.unit, f"{result.benefit}_{what}")
                    if said[name] != getattr(result, what):
                        found.append(f"{name}: {said[name]} != {getattr(result, what)}: {family}")
    return found


@pytest.mark.parametrize("month", MONTHS)
def test_the_city_and_the_family_agree(month: date) -> None:
    rng = Random(month.toordinal())
    assert disagreements([at_random(rng) for _ in range(1000)], month) == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(families(), st.sampled_from(MONTHS))
def test_they_agree_at_the_thresholds(family: Family, month: date) -> None:
    assert disagreements([family], month) == []


@pytest.mark.parametrize("month", MONTHS)
def test_the_same_text_is_spark_sql(month: date) -> None:
    for steady in (True, False):
        text = city.statement(BOOK, month, Shape(2, steady, FIRST), "source", "spark")
        assert sqlglot.parse_one(text, read="spark").find(sqlglot.exp.Select) is not None
