"""What the schema promises of imports, attacked by raw SQL."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from guanjia.interop import tables
from guanjia.kit import scope
from tests import town
from tests.interop import handing
from tests.interop.handing import FAMILY, PEOPLE


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The house's files."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "files")
    return tmp_path


def as_job() -> scope.Scope:
    return scope.job("test", town.CITY, town.TODAY)


ATTACKS = {
    "UPDATE interop_import SET name = 'x'": "keeps what was handed in",
    "UPDATE interop_import SET post_id = post_id + 1": "keeps what was handed in",
    "UPDATE interop_import SET state = 'undone'": "does not go from",
    "UPDATE interop_import SET state = 'lost'": "does not go from",
    "UPDATE interop_import SET done = total + 1": "does_no_more_rows_than_there_are",
    "UPDATE interop_import SET applied_at = now(), checked_at = NULL": "written_after_it_was_checked",
    "UPDATE interop_import SET state = 'cancelled', ended_at = now()": "stopped_or_undone_names_who",
    "UPDATE interop_import SET state = 'cancelled', ended_by_id = by_id": "has_ended_or_is_open",
    "UPDATE interop_import SET state = 'applying'": "was_written_names_who",
    "DELETE FROM interop_import": "permission denied",
    "UPDATE interop_importsheet SET refused = rows + 1": "counts_no_row_twice",
    "INSERT INTO interop_importsheet SELECT * FROM interop_importsheet": "interop_importsheet_pkey",
}


@pytest.mark.parametrize(("attack", "says"), ATTACKS.items())
def test_raw_sql_breaks_no_promise_of_an_import(
    files: Path, cast: town.Cast, attack: str, says: str
) -> None:
    handing.check(handing.csv(files, tables.PERSONS, PEOPLE), cast.wang)
    with (
        scope.hold(as_job()),
        pytest.raises(DatabaseError, match=says),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attack)


@pytest.mark.parametrize("table", ["interop_importwrite", "interop_importchange"])
def test_what_an_import_wrote_is_never_unwritten(files: Path, cast: town.Cast, table: str) -> None:
    handing.bring(handing.csv(files, tables.PERSONS, PEOPLE), cast.wang)
    for attack in (f"DELETE FROM {table}", f"UPDATE {table} SET row = 1"):
        with (
            scope.hold(as_job()),
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attack)


def test_another_town_sees_no_import(files: Path, cast: town.Cast) -> None:
    handing.bring(handing.workbook(files, FAMILY), cast.wang)
    for eyes in (town.eyes(cast.huang), scope.PUBLIC, scope.NOTHING):
        with scope.hold(eyes), connection.cursor() as cursor:
            for part in ("", "sheet", "problem", "write", "change"):
                cursor.execute(f"SELECT count(*) FROM interop_import{part}")
                assert cursor.fetchone() == (0,)
