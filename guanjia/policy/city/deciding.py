"""Deciding everybody: a snapshot in, a folder of Parquet tables with every result out."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from guanjia.policy.book import Book
from guanjia.policy.city.layout import (
    INDEX,
    BadSnapshot,
    Snapshot,
    Told,
    engine,
    no_result,
    parquet,
    quoted,
)
from guanjia.policy.city.outcome import CONCERNS, outcome
from guanjia.policy.city.terms import Constant
from guanjia.policy.words import word


@dataclass(frozen=True, slots=True)
class Decided:
    """One table of a result: what varies stands in the file, what does not in `fixed`."""

    file: str
    size: int
    households: int
    columns: tuple[str, ...]
    fixed: dict[str, Constant]


@dataclass(frozen=True, slots=True)
class Results:
    """A city's results for a month: `revision` is the hash of the book."""

    folder: Path
    month: date
    revision: str
    tables: tuple[Decided, ...]

    def source(self, table: Decided) -> str:
        """What a statement reads in place of a table's name."""
        return parquet(self.folder / table.file)


def decide(
    book: Book,
    month: date,
    snapshot: Snapshot,
    folder: Path,
    told: Told = lambda _done, _total: None,
) -> Results:
    """Every decidable benefit of every household and member, into `folder`.

    The rows of each table stand in the order of the snapshot's. Raises BadSnapshot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / INDEX).unlink(missing_ok=True)
    tables: list[Decided] = []
    with engine(snapshot.folder) as con:
        for table in snapshot.tables:
            said = outcome(book, month, table.shape, snapshot.source(table))
            try:
                con.execute(
                    f"COPY ({said.text}) TO {quoted(str(folder / table.file))} (FORMAT parquet, COMPRESSION zstd)"
                )
            except (duckdb.BinderException, duckdb.IOException, duckdb.ParserException) as problem:
                raise BadSnapshot(
                    word(
                        "{file} 读不了：{problem}。请重新导出快照。",
                        file=table.file,
                        problem=problem,
                    )
                ) from problem
            size = table.shape.size
            tables.append(Decided(table.file, size, table.households, said.columns, said.fixed))
            told(sum(t.households for t in tables), snapshot.households)
    found = Results(folder, month, book.revision, tuple(tables))
    write_index(found)
    return found


def concerned(results: Results) -> list[int]:
    """Households with somebody who is entitled to something, or may be, in order of keys."""
    parts = []
    for table in results.tables:
        if CONCERNS in table.columns:
            parts.append(f"SELECT household FROM {results.source(table)} WHERE {CONCERNS}")
        elif table.fixed[CONCERNS]:
            parts.append(f"SELECT household FROM {results.source(table)}")
    if not parts:
        return []
    with engine(results.folder) as con:
        rows = con.execute(f"{' UNION ALL '.join(parts)} ORDER BY household").fetchall()
    return [household for (household,) in rows]


def hash_of(folder: Path) -> str:
    """The SHA-256 of a result: of its index and its tables, in their order."""
    whole = hashlib.sha256()
    for file in sorted(f for f in folder.iterdir() if f.is_file()):
        with file.open("rb") as opened:
            whole.update(
                f"{file.name} {hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode()
            )
    return whole.hexdigest()


def write_index(results: Results) -> None:
    """Write the index, last of all: a folder without one holds no results."""
    rows = {
        "month": results.month.isoformat(),
        "revision": results.revision,
        "tables": [
            {
                "file": table.file,
                "size": table.size,
                "households": table.households,
                "columns": table.columns,
                "fixed": table.fixed,
            }
            for table in results.tables
        ],
    }
    (results.folder / INDEX).write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


def read_results(folder: Path) -> Results:
    """The results in a folder. Raises BadSnapshot."""
    try:
        rows = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise no_result(folder) from None
    tables = tuple(
        Decided(r["file"], r["size"], r["households"], tuple(r["columns"]), r["fixed"])
        for r in rows["tables"]
    )
    return Results(folder, date.fromisoformat(rows["month"]), rows["revision"], tables)
