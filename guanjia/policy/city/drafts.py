"""A database of its own for as long as a layout takes: it works on disk, within bounds."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

MEMORY = "1GB"
"""What laying out may take; beyond it, DuckDB works in the folder."""
ROOM = ".guanjia-draft-"
"""How hidden folders beside a result begin."""


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """A hidden folder beside `file`, on its disk, that vanishes at the end.

    It is locked while its process lives, so that what a killed one left is known, and swept here.
    """
    parent = file.absolute().parent
    with _locked(parent, fcntl.LOCK_EX):  # nobody sweeps a folder that is made but not yet locked
        for old in parent.glob(f"{ROOM}*"):
            _sweep(old)
        room = Path(tempfile.mkdtemp(prefix=ROOM, dir=parent))
        own = _lock(room, fcntl.LOCK_EX)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
        os.close(own)


def _sweep(room: Path) -> None:
    """Remove a folder that no living process holds."""
    try:
        with _locked(room, fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(room, ignore_errors=True)
    except OSError:  # held, or not ours to open
        return


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    held = _lock(folder, how)
    try:
        yield
    finally:
        os.close(held)


def _lock(folder: Path, how: int) -> int:
    """The folder's descriptor, locked until it is closed. Raises OSError."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, how)
    except OSError:
        os.close(opened)
        raise
    return opened


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
