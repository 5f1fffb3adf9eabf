"""What was recorded since a snapshot, read beside it, comes out as when everything is laid out anew."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from bench import people
from guanjia.kit import days
from guanjia.policy.city import deciding, laying
from guanjia.policy.city.layout import Snapshot
from guanjia.policy.facts import OPEN_END
from guanjia.policy.month import carrying, folding
from guanjia.policy.month.applying import apply
from guanjia.policy.month.finding import Span
from guanjia.policy.month.news import City, Misfit
from guanjia.policy.month.state import State
from tests.policy.families import BOOK, PLACES
from tests.policy.test_carrying import differing, registered

FIRST = date(2019, 10, 1)
MONTHS = 5
"""Over a January, in which the line of 低保 and others change."""
LOCAL = PLACES[0]
MORE = {
    "settled": f"""
      SELECT household, 0 AS unit, 'hukou' AS kind, NULL::BIGINT AS number, '{LOCAL}' AS word, NULL::DATE AS day
        FROM homes WHERE household % 97 = {{0}}
      UNION ALL SELECT household, size - 1, 'alive', 0, NULL, NULL FROM homes WHERE household % 89 = {{0}}
      UNION ALL SELECT household, 0, 'born_on', NULL, NULL, DATE '{{1}}' - 25567 FROM homes WHERE household % 83 = {{0}}
      UNION ALL SELECT household, -1, 'houses', NULL, NULL, NULL FROM homes WHERE household % 79 = {{0}}
      UNION ALL SELECT household, 0, 'supporters', NULL, 'none', NULL FROM homes WHERE household % 73 = {{0}}
    """,
    "monthly": """
      SELECT household, 0 AS unit, 'business' AS kind, {2} AS since,
        CASE WHEN household % 2 = 0 THEN 90000 END AS number FROM homes WHERE household % 71 = {0}
    """,
    "held": """
      SELECT household, -1 AS unit, 'dibao' AS benefit, {2} - 1 AS assessed,
        CASE WHEN household % 2 = 0 THEN {2} + 2 END AS until FROM homes WHERE household % 67 = {0}
      UNION ALL SELECT household, unit, benefit, assessed, {2} + 1 FROM held WHERE household % 5 = {0}
    """,
}
TAKEN_UP = """
DELETE FROM settled USING new_settled n
  WHERE settled.household = n.household AND settled.unit = n.unit AND settled.kind = n.kind;
INSERT INTO settled SELECT household, unit, kind, number, word, day FROM new_settled;
UPDATE monthly SET until = n.since FROM new_monthly n WHERE monthly.household = n.household
  AND monthly.unit = n.unit AND monthly.kind = n.kind AND monthly.until > n.since;
DELETE FROM monthly WHERE since >= until;
INSERT INTO monthly SELECT household, unit, kind, since, {open_end}, number FROM new_monthly;
DELETE FROM held USING new_held n
  WHERE held.household = n.household AND held.unit = n.unit AND held.benefit = n.benefit;
INSERT INTO held SELECT household, unit, benefit, assessed, until FROM new_held
"""
BACK = """
  UNION ALL SELECT household, 0, 'wages', {2} - 4 - household % 5, 250000 FROM homes WHERE household % 61 = {0}
"""
"""Pay that became known months later: it counts from then on, in place of what was recorded."""


@pytest.fixture
def facts(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """What is recorded of a small made-up city, with awards."""
    con = people.recorded(BOOK, 1_500, FIRST)
    people.grant(con, BOOK, FIRST, tmp_path / "first")
    return con


def recorded(con: duckdb.DuckDBPyConnection, number: int, folder: Path) -> Path:
    """The rows of one more month, which the connection's facts take up: of every kind of fact."""
    month = days.add_months(FIRST, number)
    people.record(con, 1, month, folder / "made")
    for name, more in MORE.items():
        text = (more + (BACK if name == "monthly" else "")).format(
            number, month, days.number(month)
        )
        made = f"read_parquet('{folder / 'made' / name}.parquet')"
        key = "household, unit, " + ("benefit" if name == "held" else "kind")
        con.execute(
            f"""CREATE OR REPLACE TABLE new_{name} AS
            SELECT DISTINCT ON ({key}) * FROM (SELECT * FROM {made} UNION ALL BY NAME {text}) ORDER BY ALL"""
        )
        con.execute(f"COPY new_{name} TO '{folder / name}.parquet' (FORMAT parquet)")
    con.execute(TAKEN_UP.format(open_end=OPEN_END))
    return folder


def anew(
    con: duckdb.DuckDBPyConnection, month: date, folder: Path
) -> tuple[Snapshot, deciding.Results]:
    """Everything laid out and everybody decided."""
    snapshot = laying.lay(con, BOOK, month, folder / "facts", 250)
    return snapshot, deciding.decide(BOOK, month, snapshot, folder / "results")


def test_month_after_month_with_new_rows_is_as_everything_anew(
    facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    snapshot, first = anew(facts, FIRST, tmp_path / "0")
    city = registered(snapshot, tmp_path)
    state = State.begin(city, BOOK, FIRST)
    carried, results = [], first
    for number in range(MONTHS):
        before, month = (days.add_months(FIRST, number + k) for k in (0, 1))
        part = city.take(recorded(facts, number, tmp_path / f"recorded-{number}"))
        span, patches = Span(BOOK, before, month), tmp_path / f"patches-{number}"
        carried.append(carrying.carry(city, span, state, [part], patches))
        into = tmp_path / f"carried-{number}"
        with duckdb.connect() as con:
            old, results = results, apply(con, city.register, first, month, carried, into)
        _laid, wanted = anew(facts, month, tmp_path / f"anew-{number}")
        assert differing(results, wanted) == 0, month
        assert differing(results, old) > 0


def test_a_snapshot_folded_is_as_one_laid_out_anew(
    facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    snapshot, _results = anew(facts, FIRST, tmp_path / "0")
    city = registered(snapshot, tmp_path)
    for k in range(2):
        city.take(recorded(facts, k, tmp_path / f"recorded-{k}"))
    month = days.add_months(FIRST, 2)
    _laid, wanted = anew(facts, month, tmp_path / "anew")
    folded = folding.fold(city, month, tmp_path / "folded")
    found = deciding.decide(BOOK, month, folded, tmp_path / "results")
    assert differing(found, wanted) == 0


def test_what_is_of_no_household_of_the_snapshot_is_refused(
    facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    snapshot, _results = anew(facts, FIRST, tmp_path / "0")
    city = registered(snapshot, tmp_path)
    folder = recorded(facts, 0, tmp_path / "recorded")
    for wrong in ("household + 900000 AS household, unit", "household, 63 AS unit"):
        strange = folder / "settled.parquet"
        facts.execute(
            f"""COPY (SELECT {wrong}, kind, number, word, day FROM new_settled)
            TO '{strange}' (FORMAT parquet)"""
        )
        with pytest.raises(Misfit, match="请把这户重新导出"):
            City(city.register, BOOK).take(folder)


def test_what_no_fact_is_declared_for_is_refused(
    facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    snapshot, _results = anew(facts, FIRST, tmp_path / "0")
    city = registered(snapshot, tmp_path)
    folder = recorded(facts, 0, tmp_path / "recorded")
    facts.execute(
        f"""COPY (SELECT household, unit, 'wagez' AS kind, since, number FROM new_monthly)
        TO '{folder / "monthly.parquet"}' (FORMAT parquet)"""
    )
    with pytest.raises(Misfit, match="wagez"):
        city.take(folder)


@pytest.mark.parametrize("wrong", ["gone", "lacking", "mistyped", "no parquet"])
def test_a_file_that_cannot_be_read_is_told_by_name(
    facts: duckdb.DuckDBPyConnection, tmp_path: Path, wrong: str
) -> None:
    snapshot, _results = anew(facts, FIRST, tmp_path / "0")
    city = registered(snapshot, tmp_path)
    folder = recorded(facts, 0, tmp_path / "recorded")
    file = folder / "monthly.parquet"
    if wrong == "gone":
        file.unlink()
    elif wrong == "no parquet":
        file.write_text("since,number", encoding="utf-8")
    else:
        said = "'much' AS number" if wrong == "mistyped" else "number AS much"
        facts.execute(
            f"COPY (SELECT household, unit, kind, since, {said} FROM new_monthly) TO '{file}' (FORMAT parquet)"
        )
    with pytest.raises(Misfit, match=r"monthly\.parquet.*请重新导出"):
        city.take(folder)
    assert city.parts == []
