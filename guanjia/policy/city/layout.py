"""A snapshot as a folder: Parquet tables of households that are alike, and an index that describes them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from guanjia.policy.city.compile import Shape
from guanjia.policy.city.terms import Constant, literal
from guanjia.policy.words import word

Told = Callable[[int, int], None]
"""Told how many of how many are done: households, or what else a step counts."""
INDEX = "index.json"
GLOB = re.compile(r"([*?\[])")
MEMORY = "800MB"
UNWEIGHED = "join_order,projection_placement"
"""What DuckDB shall not try on a city's statements: one join at most, little to gain and much text to weigh."""
VERSION = 1


class BadSnapshot(ValueError):
    """A folder that is no snapshot, or one of another version; the text says what to do."""


def no_snapshot(folder: Path) -> BadSnapshot:
    """The refusal of a folder that no snapshot, or none to its end, was written into."""
    return BadSnapshot(
        word("{folder} 里没有完整的快照（缺 {index}）。请重新导出。", folder=folder, index=INDEX)
    )


def no_result(folder: Path, index: str = INDEX) -> BadSnapshot:
    """The refusal of a folder that no result, or none to its end, was written into."""
    return BadSnapshot(
        word("{folder} 里没有完整的结果（缺 {index}）。请重新核算。", folder=folder, index=index)
    )


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its file, how many households it holds, and its shape."""

    file: str
    households: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everybody's facts as of the first day of a month."""

    folder: Path
    on: date
    tables: tuple[Table, ...]

    @property
    def households(self) -> int:
        """How many there are."""
        return sum(table.households for table in self.tables)

    @property
    def people(self) -> int:
        """How many there are."""
        return sum(table.households * table.shape.size for table in self.tables)

    def source(self, table: Table) -> str:
        """What a statement reads in place of a table's name."""
        return parquet(self.folder / table.file)


def quoted(text: str) -> str:
    """As SQL writes a text."""
    return literal(text).sql


def named(file: Path) -> str:
    """One file's name, as DuckDB's readers take it: they would read some of its signs as a pattern."""
    return quoted(GLOB.sub(r"[\1]", str(file)))


def parquet(file: Path) -> str:
    """What a statement reads in place of a table's name."""
    return f"read_parquet({named(file)})"


def engine(place: Path, **more: str) -> duckdb.DuckDBPyConnection:
    """A connection for a city's work, within bounds; what does not fit goes into `place`."""
    spill = str(place / "spill")
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "memory_limit": MEMORY,
        "temp_directory": spill,
        "disabled_optimizers": UNWEIGHED,
    }
    return duckdb.connect(config={**settings, **more})


def write_index(snapshot: Snapshot) -> None:
    """Write the index, last of all: a folder without one is not a snapshot."""
    rows = {
        "version": VERSION,
        "on": snapshot.on.isoformat(),
        "tables": [
            {
                "file": table.file,
                "households": table.households,
                "size": table.shape.size,
                "stretches": table.shape.stretches,
                "latest": dict(table.shape.latest),
                "stored": dict(table.shape.stored),
                "fixed": {name: _said(value) for name, value in table.shape.fixed.items()},
            }
            for table in snapshot.tables
        ],
    }
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    draft = snapshot.folder / f"{INDEX}.new"
    draft.write_text(text, encoding="utf-8")
    draft.replace(snapshot.folder / INDEX)


def read_index(folder: Path) -> Snapshot:
    """The snapshot in a folder. Raises BadSnapshot."""
    try:
        rows = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise no_snapshot(folder) from None
    if rows.get("version") != VERSION:
        raise BadSnapshot(word("{folder} 的快照是另一个版本写的。请重新导出。", folder=folder))
    tables = tuple(_tables(rows["tables"]))
    return Snapshot(folder, date.fromisoformat(rows["on"]), tables)


def _tables(rows: list[Mapping[str, Any]]) -> Iterator[Table]:
    for row in rows:
        fixed = {name: _read(value) for name, value in row["fixed"].items()}
        shape = Shape(row["size"], row["stretches"], row["stored"], fixed, row["latest"])
        yield Table(row["file"], row["households"], shape)


def _said(value: Constant) -> Any:
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _read(value: Any) -> Constant:
    found: Constant = date.fromisoformat(value["day"]) if isinstance(value, dict) else value
    return found
