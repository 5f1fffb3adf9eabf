"""A run's whole result as a folder of Parquet tables with its hash, and whom the run must look at.

What is being made lies in a folder of its own and takes its place whole: two workers that are at
one run for a while never write into each other's files. The same facts and the same book give the
same bytes, whatever was killed in between.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from secrets import token_hex

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from guanjia.entitlements.families.export import SEATS
from guanjia.entitlements.models import Run
from guanjia.policy.city import deciding

LOOKED_AT = "looked-at.parquet"


def folder_of(run: int) -> Path:
    """Where a run's result stands."""
    return _folder(run) / "result"


def hash_of(run: int) -> str:
    """The SHA-256 of a run's result as it lies there now; a dash where there is none."""
    folder = folder_of(run)
    return deciding.hash_of(folder) if folder.is_dir() else "–"


@contextmanager
def workshop(run: int) -> Iterator[Path]:
    """A folder to make a result in: it vanishes afterwards, and everybody's facts with it."""
    folder = _folder(run) / f"work-{token_hex(4)}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(run: Run, made: Path, households: list[int]) -> None:
    """Put a result in its place, and whom the run looks at one by one, in order of keys."""
    table = pa.table({"household": pa.array(households, pa.int64())})
    draft = made.parent / LOOKED_AT
    pq.write_table(table.replace_schema_metadata(_asked(run)), draft)
    shutil.rmtree(folder_of(run.pk), ignore_errors=True)
    made.replace(folder_of(run.pk))
    draft.replace(_looked_at(run.pk))


def is_sifted(run: Run) -> bool:
    """Whether it is known whom this run looks at, by its own moment and book."""
    file = _looked_at(run.pk)
    if not file.exists():
        return False
    told = pq.read_schema(file).metadata or {}
    return {k.decode(): v.decode() for k, v in told.items()} == _asked(run)


def looked_at(run: int) -> list[int]:
    """The households that the run looks at one by one."""
    file = _looked_at(run)
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(file: Path, _written: int) -> list[int]:
    found: list[int] = pq.read_table(file)["household"].to_pylist()
    return found


def people(run: int) -> int:
    """How many persons were decided."""
    return int(pq.read_metadata(folder_of(run) / SEATS).num_rows)


def tidy(run: int) -> None:
    """Remove all but the result: what was needed on the way, and what killed workers left."""
    for left in _folder(run).glob("work-*"):
        shutil.rmtree(left, ignore_errors=True)
    _looked_at(run).unlink(missing_ok=True)


def drop(run: int) -> None:
    """Remove what a run came to that was cancelled; a worker at it removes its own folder."""
    shutil.rmtree(folder_of(run), ignore_errors=True)
    _looked_at(run).unlink(missing_ok=True)


def _asked(run: Run) -> dict[str, str]:
    """What a result answers: another run of this number would answer something else."""
    return {"known_at": run.known_at.isoformat(), "revision": run.revision_id}


def _looked_at(run: int) -> Path:
    return _folder(run) / LOOKED_AT


def _folder(run: int) -> Path:
    files: Path = settings.GUANJIA_FILES
    return files / "runs" / str(run)
