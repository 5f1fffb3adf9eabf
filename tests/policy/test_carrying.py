"""What is carried from month to month comes out as when everybody is decided anew."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from bench.people import city
from guanjia.kit import days
from guanjia.policy.city import deciding
from guanjia.policy.city.applying import apply
from guanjia.policy.city.carrying import Step, carry
from guanjia.policy.city.deciding import Results
from guanjia.policy.city.layout import Snapshot, engine
from guanjia.policy.city.reading import rows
from tests.policy.families import BOOK

FIRST = date(2019, 12, 1)
STEPS = [1, 1, 5, 4, 1, 1, 7]
"""Months at a time: over a January, a falling price index that ends, and two changes of the law."""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A small made-up city with awards, some of which end."""
    return city(BOOK, 2_000, FIRST, tmp_path_factory.mktemp("city"))


def differing(one: Results, other: Results) -> int:
    """Results that stand in one and not in the other."""
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE one AS {rows(BOOK, one)}")
        con.execute(f"CREATE TABLE other AS {rows(BOOK, other)}")
        found = con.execute(
            "SELECT count(*) FROM ((FROM one EXCEPT FROM other) UNION ALL (FROM other EXCEPT FROM one))"
        ).fetchone()
    return int(found[0]) if found else 0


def test_month_after_month_is_as_everybody_anew(snapshot: Snapshot, tmp_path: Path) -> None:
    results, month = deciding.decide(BOOK, FIRST, snapshot, tmp_path / "first"), FIRST
    changed = 0
    for number, months in enumerate(STEPS):
        then, month = month, days.add_months(month, months)
        patches = tmp_path / f"patches-{number}"
        with engine(tmp_path) as con:
            carried = carry(con, Step(BOOK, then, month), snapshot, patches)
            folder = tmp_path / f"carried-{number}"
            before, results = results, apply(con, results, month, carried, patches, folder)
        anew = deciding.decide(BOOK, month, snapshot, tmp_path / f"anew-{number}")
        assert differing(results, anew) == 0, month
        changed += differing(before, results) > 0
    assert changed == len(STEPS)


def again(snapshot: Snapshot, folder: Path, gone: str = "") -> set[int]:
    """Households that are decided again in a quiet month, without those whom only the text touches."""
    step = Step(BOOK, date(2020, 6, 1), date(2020, 7, 1))
    found = set()
    with engine(folder) as con:
        for table in carry(con, step, snapshot, folder, gone):
            for file in (f for f in table.files if f.endswith("-some.parquet")):
                source = f"read_parquet('{folder / file}')"
                found |= {h for (h,) in con.execute(f"SELECT household FROM {source}").fetchall()}
    return found


def test_a_quiet_month_decides_few_again(snapshot: Snapshot, tmp_path: Path) -> None:
    assert 0 < len(again(snapshot, tmp_path)) < snapshot.households / 2


def test_those_who_are_laid_out_anew_are_left_to_others(snapshot: Snapshot, tmp_path: Path) -> None:
    every = again(snapshot, tmp_path / "every")
    gone = set(sorted(every)[::2])
    others = again(snapshot, tmp_path / "others", f"SELECT unnest({sorted(gone)})")
    assert gone
    assert others == every - gone
