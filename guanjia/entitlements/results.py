"""A run's whole result as Parquet: one part a batch, at the end one file with its hash.

The same facts and the same book give the same bytes, whatever was killed in between: a part is
named by where its batch began, and written whole or not at all.
"""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from guanjia.entitlements.snapshot import Frozen
from guanjia.policy.decide import Result
from guanjia.policy.family import HOUSEHOLD

SCHEMA = pa.schema(
    [
        pa.field("household", pa.int64(), nullable=False),
        pa.field("person", pa.int64()),
        pa.field("benefit", pa.string(), nullable=False),
        pa.field("entitled", pa.bool_()),
        pa.field("gross", pa.int64()),
        pa.field("net", pa.int64()),
        pa.field("reasons", pa.int64(), nullable=False),
    ]
)


class Part:
    """The results of one batch, column by column."""

    def __init__(self) -> None:
        self.columns: tuple[list[object], ...] = tuple([] for _ in SCHEMA)

    def add(self, frozen: Frozen, results: list[Result]) -> None:
        """All results of one household."""
        if not results:
            return
        benefits, units, entitled, gross, net, reasons = zip(*results, strict=True)
        persons = {HOUSEHOLD: None, **dict(enumerate(frozen.persons))}
        values: tuple[Sequence[object], ...] = (
            *([frozen.household] * len(results), [persons[unit] for unit in units]),
            *(benefits, entitled, gross, net, reasons),
        )
        for column, more in zip(self.columns, values, strict=True):
            column.extend(more)

    def write(self, run: int, cursor: int) -> None:
        """Write the part of the batch that began after household `cursor`."""
        folder = _folder(run)
        folder.mkdir(parents=True, exist_ok=True)
        arrays = [pa.array(c, f.type) for c, f in zip(self.columns, SCHEMA, strict=True)]
        file = folder / f"part-{cursor:020d}.parquet"
        draft = file.with_suffix(".new")
        pq.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA), draft, compression="zstd")
        draft.replace(file)


def finish(run: int) -> str:
    """Put the parts together in order; returns the SHA-256 of the whole file."""
    whole = file_of(run)
    parts = sorted(_folder(run).glob("part-*.parquet"))
    draft = whole.with_suffix(".new")
    whole.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(draft, SCHEMA, compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part, schema=SCHEMA))
    draft.replace(whole)
    return hash_of(run)


def drop_parts(run: int) -> None:
    """Remove the parts, once the whole file is recorded."""
    for part in _folder(run).glob("part-*"):
        part.unlink(missing_ok=True)


def drop(run: int) -> None:
    """Remove everything of a run that was cancelled."""
    shutil.rmtree(_folder(run), ignore_errors=True)


def file_of(run: int) -> Path:
    """Where a run's result stands."""
    return _folder(run) / "result.parquet"


def hash_of(run: int) -> str:
    """The SHA-256 of a run's result as it lies there now."""
    with file_of(run).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder(run: int) -> Path:
    files: Path = settings.GUANJIA_FILES
    return files / "runs" / str(run)
