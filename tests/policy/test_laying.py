"""How households are sorted into tables: by nothing but what they are, and each is read from its own."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from guanjia.policy.city import deciding, reading
from guanjia.policy.city.drafts import draft
from guanjia.policy.city.laying import lay
from guanjia.policy.city.layout import Snapshot, engine
from tests.policy.families import BOOK, PLACES

MONTH = date(2020, 1, 1)
LOCAL, ELSEWHERE = PLACES[0], PLACES[2]
MIXED = ((LOCAL, LOCAL), (ELSEWHERE, ELSEWHERE), (LOCAL, None), (ELSEWHERE, LOCAL), (None, None))
"""Where the two of a household are registered; None is not known."""


def couples(con: duckdb.DuckDBPyConnection, count: int) -> None:
    """So many couples of elders of every mixture, as recorded facts."""
    con.execute(
        f"""CREATE TABLE homes AS SELECT h AS household, '{LOCAL}' AS place, 2 AS size FROM range({count}) r(h);
        CREATE TABLE settled (household BIGINT, unit INT, kind VARCHAR, number BIGINT, word VARCHAR, day DATE);
        CREATE TABLE monthly (household BIGINT, unit INT, kind VARCHAR, since INT, until INT, number BIGINT);
        CREATE TABLE held (household BIGINT, unit INT, benefit VARCHAR, assessed BIGINT, until BIGINT);
        INSERT INTO settled SELECT h, u, 'born_on', NULL, NULL, DATE '1940-01-01'
          FROM range({count}) r(h), range(2) s(u)"""
    )
    for kind, homes in enumerate(MIXED):
        for unit, place in enumerate(homes):
            con.execute(
                f"""INSERT INTO settled SELECT h, {unit}, 'hukou', NULL, ?, NULL
                FROM range({count}) r(h) WHERE h % {len(MIXED)} = {kind}""",
                [place],
            )


def laid(folder: Path, count: int, least: int) -> Snapshot:
    with draft(folder / "draft") as (con, _folder):
        con.execute("SET threads = 2")
        couples(con, count)
        return lay(con, BOOK, MONTH, folder / "facts", least)


@pytest.mark.parametrize("name", ["plain", "odd [1] name*"])
def test_every_household_is_read_from_its_own_table(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    snapshot = laid(folder, 50, least=1)
    assert len(snapshot.tables) == len(MIXED)
    results = deciding.decide(BOOK, MONTH, snapshot, folder / "results")
    with engine(folder) as con:
        rows = con.execute(
            f"SELECT household, unit, entitled FROM ({reading.rows(BOOK, results)})"
            " WHERE benefit = 'longevity'"
        ).fetchall()
    said = {LOCAL: True, ELSEWHERE: False, None: None}
    wanted = {(h, u, said[MIXED[h % len(MIXED)][u]]) for h in range(50) for u in (0, 1)}
    assert len(rows) == 100
    assert set(rows) == wanted


def test_the_same_households_go_to_the_same_tables_however_many_work(tmp_path: Path) -> None:
    tables = {
        tuple(
            (table.file, table.households) for table in laid(tmp_path / str(k), 200_000, 1).tables
        )
        for k in range(3)
    }
    assert len(tables) == 1
    assert len(next(iter(tables))) == len(MIXED)
