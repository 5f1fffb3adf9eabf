"""A database of its own for as long as a layout takes: it works on disk, within bounds."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

MEMORY = "1GB"
"""What laying out may take; beyond it, DuckDB works in the temporary folder."""


@contextmanager
def draft() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """The connection, and a folder for what goes into it; both vanish at the end."""
    with tempfile.TemporaryDirectory(prefix="guanjia-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": 2,
            "memory_limit": MEMORY,
            "temp_directory": folder,
        }
        with duckdb.connect(str(Path(folder) / "draft.duckdb"), config=settings) as con:
            yield con, Path(folder)
