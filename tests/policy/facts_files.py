"""Families as a table of facts, the file that `guanjia determine` reads."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guanjia.kit import days
from guanjia.policy.facts import OPEN_END, Fact
from guanjia.policy.family import HOUSEHOLD, Family
from tests.policy.families import BOOK

ARROW = {"yes_no": pa.bool_(), "whole": pa.int64(), "fen": pa.int64(), "day": pa.date32()}
SPAN = pa.list_(pa.struct([("since", pa.date32()), ("until", pa.date32()), ("fen", pa.int64())]))


def written(rows: Sequence[dict[str, Any]], file: Path, **kinds: pa.DataType) -> Path:
    """Rows as a file; types as the facts are held, unless said otherwise."""
    columns = {}
    for name in rows[0]:
        columns[name] = pa.array([row[name] for row in rows], kinds.get(name) or kind(name))
    pq.write_table(pa.table(columns), file)
    return file


def kind(name: str) -> pa.DataType | None:
    """How a column is held."""
    fact = BOOK.facts.find(name)
    if fact is None:
        return pa.date32() if name.startswith("held_") else None
    return ARROW.get(fact.type, pa.string())


def told(fact: Fact, value: Any) -> Any:
    """A fact as the file holds it."""
    if not fact.by_month:
        return value
    return [
        {
            "since": days.of_number(a),
            "until": None if b == OPEN_END else days.of_number(b),
            "fen": v,
        }
        for a, b, v in value
    ]


def rows_of(family: Family, household: str, number: int) -> list[dict[str, Any]]:
    """A family as rows of the file."""
    held = {}
    found = []
    for chapter in BOOK.chapters:
        held[chapter.code] = {u: a for (code, u), a in family.held.items() if code == chapter.code}
    for seat, values in enumerate(family.people):
        row = {"household": household, "person": number + seat, "place": family.place}
        for fact in BOOK.facts.person:
            if not fact.derived_from:
                row[fact.name] = told(fact, values[fact.position])
        for fact in BOOK.facts.household:
            row[fact.name] = told(fact, family.household[fact.position])
        for chapter in BOOK.chapters:
            unit = seat if chapter.unit == "person" else HOUSEHOLD
            month = held[chapter.code].get(unit)
            row[f"held_{chapter.code}"] = month and days.of_number(month)
        found.append(row)
    return found


def city_file(many: Sequence[Family], file: Path, rng: Random) -> Path:
    """All facts of many families, the rows in no order: 户0, 户1 …, persons from ten times its number on."""
    rows = [row for k, family in enumerate(many) for row in rows_of(family, f"户{k}", k * 10)]
    rng.shuffle(rows)
    monthly = {fact.name: SPAN for fact in BOOK.facts.person if fact.by_month}
    return written(rows, file, **monthly)
