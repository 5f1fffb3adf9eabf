"""A database of its own for as long as a layout takes: it works on disk, within bounds."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

MEMORY = "1GB"
"""What laying out may take; beyond it, DuckDB works in the folder."""


@contextmanager
def draft(place: Path | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """The connection, and a folder for what goes into it; both vanish at the end.

    The folder is `place`, or one of the system's temporary ones. What a killed process left in
    `place` vanishes before anything new is written.
    """
    if place is None:
        with (
            tempfile.TemporaryDirectory(prefix="guanjia-") as folder,
            draft(Path(folder) / "draft") as both,
        ):
            yield both
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "memory_limit": MEMORY,
        "temp_directory": str(place),
    }
    try:
        with duckdb.connect(str(place / "draft.duckdb"), config=settings) as con:
            yield con, place
    finally:
        shutil.rmtree(place, ignore_errors=True)
