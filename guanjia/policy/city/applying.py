"""The whole result of a month out of that of the month before and what came out otherwise."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from guanjia.policy.city.carrying import Carried
from guanjia.policy.city.deciding import Decided, Results, write_index
from guanjia.policy.city.layout import quoted
from guanjia.policy.city.terms import literal


def apply(
    con: duckdb.DuckDBPyConnection,
    results: Results,
    month: date,
    carried: Sequence[Carried],
    patches: Path,
    folder: Path,
) -> Results:
    """Write the results of `month`: those of an earlier month with the patches laid over them."""
    folder.mkdir(parents=True, exist_ok=True)
    by_table = {c.table: c for c in carried}
    tables = []
    for table in results.tables:
        if table.file not in by_table:
            shutil.copyfile(results.folder / table.file, folder / table.file)
            tables.append(table)
        else:
            tables.append(_laid_over(con, results, table, by_table[table.file], patches, folder))
    found = replace(results, folder=folder, month=month, tables=tuple(tables))
    write_index(found)
    return found


def _laid_over(
    con: duckdb.DuckDBPyConnection,
    results: Results,
    table: Decided,
    carried: Carried,
    patches: Path,
    folder: Path,
) -> Decided:
    columns = {name: f"b.{name}" for name in table.columns if name not in carried.fixed}
    joins = []
    for number, file in enumerate(carried.files):
        source = f"read_parquet({quoted(str(patches / file))})"
        joins.append(f"LEFT JOIN {source} AS p{number} USING (household)")
        for name, *_ in con.execute(
            f"DESCRIBE SELECT * EXCLUDE household FROM {source}"
        ).fetchall():
            before = columns.get(name) or literal(table.fixed.get(name)).sql
            new = f"p{number}.{name}"
            columns[name] = (
                f"CASE WHEN p{number}.household IS NOT NULL THEN {new} ELSE {before} END"
            )
    fixed = {k: v for k, v in {**table.fixed, **carried.fixed}.items() if k not in columns}
    picked = ", ".join(f"{text} AS {name}" for name, text in columns.items() if name != "household")
    con.execute(
        f"""COPY (SELECT household, {picked} FROM {results.source(table)} AS b {" ".join(joins)})
        TO {quoted(str(folder / table.file))} (FORMAT parquet, COMPRESSION zstd)"""
    )
    return replace(table, columns=tuple(columns), fixed=fixed)
