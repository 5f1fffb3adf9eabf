"""What was recorded since a snapshot, read over it, comes out as when everything is laid out anew."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from bench import people
from guanjia.kit import days
from guanjia.policy.city import deciding, laying, overlaying
from guanjia.policy.city.applying import apply
from guanjia.policy.city.carrying import Step, carry
from guanjia.policy.city.layout import Snapshot, engine
from guanjia.policy.facts import OPEN_END
from tests.policy.families import BOOK, PLACES
from tests.policy.test_carrying import differing

FIRST = date(2020, 10, 1)
MONTHS = 4
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
        text = more.format(number, month, days.number(month))
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


def test_month_after_month_with_new_rows_folded_now_and_then_is_as_everything_anew(
    facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    snapshot, results = anew(facts, FIRST, tmp_path / "0")
    folders: list[Path] = []
    for number in range(MONTHS):
        before, month = (days.add_months(FIRST, number + k) for k in (0, 1))
        folders.append(recorded(facts, number, tmp_path / f"recorded-{number}"))
        _laid, wanted = anew(facts, month, tmp_path / f"anew-{number}")
        with engine(tmp_path) as con:
            overlay = overlaying.gather(con, BOOK, snapshot, folders, month)
            patches = tmp_path / f"patches-{number}"
            carried = carry(con, Step(BOOK, before, month), snapshot, patches, overlay=overlay)
            old, results = (
                results,
                apply(con, results, month, carried, patches, tmp_path / f"carried-{number}"),
            )
            assert differing(results, wanted) == 0, month
            assert differing(results, old) > 0
            if number == 1:
                snapshot = overlaying.fold(con, snapshot, overlay, month, tmp_path / "folded")
                folders = []


def test_a_snapshot_folded_is_as_one_laid_out_anew(
    facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    snapshot, _results = anew(facts, FIRST, tmp_path / "0")
    folders = [recorded(facts, k, tmp_path / f"recorded-{k}") for k in range(2)]
    month = days.add_months(FIRST, 2)
    _laid, wanted = anew(facts, month, tmp_path / "anew")
    with engine(tmp_path) as con:
        overlay = overlaying.gather(con, BOOK, snapshot, folders, month)
        folded = overlaying.fold(con, snapshot, overlay, month, tmp_path / "folded")
    found = deciding.decide(BOOK, month, folded, tmp_path / "results")
    assert differing(found, wanted) == 0


def test_what_became_known_of_before_the_snapshot_is_refused(
    facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    snapshot, _results = anew(facts, FIRST, tmp_path / "0")
    folder = recorded(facts, -1, tmp_path / "recorded")
    with engine(tmp_path) as con, pytest.raises(overlaying.Misfit, match="2020-09"):
        overlaying.gather(con, BOOK, snapshot, [folder], FIRST)
