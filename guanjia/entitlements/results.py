"""A run's whole result as a folder of Parquet tables with its hash, and whom the run must look at.

The same facts and the same book give the same bytes, whatever was killed in between: an index is
written last, and a folder without one is written anew.
"""

import shutil
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from guanjia.entitlements.export import SEATS
from guanjia.policy.city import deciding


def folder_of(run: int) -> Path:
    """Where a run's result stands."""
    return _folder(run) / "result"


def facts_of(run: int) -> Path:
    """Where the facts stand while the city is decided."""
    return _folder(run) / "facts"


def hash_of(run: int) -> str:
    """The SHA-256 of a run's result as it lies there now; a dash where there is none."""
    folder = folder_of(run)
    return deciding.hash_of(folder) if folder.is_dir() else "–"


def write_looked_at(run: int, households: list[int]) -> None:
    """Keep the households that the run looks at one by one, in order of keys."""
    file = _looked_at(run)
    draft = file.with_suffix(".new")
    pq.write_table(pa.table({"household": pa.array(households, pa.int64())}), draft)
    draft.replace(file)


def is_sifted(run: int) -> bool:
    """Whether it is known whom the run looks at."""
    return _looked_at(run).exists()


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


def drop_facts(run: int) -> None:
    """Remove the facts as soon as all is decided: they lie nowhere longer than they must."""
    shutil.rmtree(facts_of(run), ignore_errors=True)


def drop_looked_at(run: int) -> None:
    """Remove what was only needed on the way."""
    _looked_at(run).unlink(missing_ok=True)


def drop(run: int) -> None:
    """Remove everything of a run that was cancelled."""
    shutil.rmtree(_folder(run), ignore_errors=True)


def _looked_at(run: int) -> Path:
    return _folder(run) / "looked-at.parquet"


def _folder(run: int) -> Path:
    files: Path = settings.GUANJIA_FILES
    return files / "runs" / str(run)
