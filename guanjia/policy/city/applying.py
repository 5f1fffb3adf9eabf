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
    sources = [f"read_parquet({quoted(str(patches / file))})" for file in carried.files]
    patched = [
        [
            name
            for name, *_ in con.execute(f"DESCRIBE SELECT * EXCLUDE household FROM {s}").fetchall()
        ]
        for s in sources
    ]
    gone = set(carried.fixed) | {_gross(name) for name in carried.fixed}.difference(*patched)
    columns = {name: f"b.{name}" for name in table.columns if name not in gone}
    joins = []
    for number, (source, names) in enumerate(zip(sources, patched, strict=True)):
        joins.append(f"LEFT JOIN {source} AS p{number} USING (household)")
        for name in names:
            before = columns.get(name) or _before(columns, table, name)
            new = f"p{number}.{name}"
            columns[name] = (
                f"CASE WHEN p{number}.household IS NOT NULL THEN {new} ELSE {before} END"
            )
    kept = {name: value for name, value in table.fixed.items() if name not in gone}
    fixed = {k: v for k, v in {**kept, **carried.fixed}.items() if k not in columns}
    picked = ", ".join(f"{text} AS {name}" for name, text in columns.items() if name != "household")
    con.execute(
        f"""COPY (SELECT household, {picked} FROM {results.source(table)} AS b {" ".join(joins)})
        TO {quoted(str(folder / table.file))} (FORMAT parquet, COMPRESSION zstd)"""
    )
    return replace(table, columns=tuple(columns), fixed=fixed)


def _before(columns: dict[str, str], table: Decided, name: str) -> str:
    """What a column was that the result did not hold: a gross was no other than the net."""
    if name not in table.fixed and name.endswith("_gross"):
        net = f"{name.removesuffix('_gross')}_net"
        return columns.get(net) or literal(table.fixed[net]).sql
    return literal(table.fixed.get(name)).sql


def _gross(name: str) -> str:
    """The gross that goes with a net."""
    return f"{name.removesuffix('_net')}_gross"
