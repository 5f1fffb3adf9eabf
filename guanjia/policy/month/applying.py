"""The whole result of a month: that of an earlier one, with what came out otherwise since laid over it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from guanjia.policy.city.compile import column
from guanjia.policy.city.deciding import Decided, Results, write_index
from guanjia.policy.city.layout import parquet, quoted
from guanjia.policy.city.terms import literal
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.month.carrying import Carried
from guanjia.policy.month.cells import HOME, PERSON
from guanjia.policy.month.register import Register

Names = dict[str, None]


def apply(
    con: duckdb.DuckDBPyConnection,
    register: Register,
    results: Results,
    month: date,
    carried: Sequence[Carried],
    folder: Path,
) -> Results:
    """Write the results of `month`: of the months in between the last that decided a household counts."""
    folder.mkdir(parents=True, exist_ok=True)
    work = _Work(con, register, carried)
    names = {level: work.latest(level) for level in (HOME, PERSON)}
    tables = [work.laid_over(results, table, names, folder) for table in results.tables]
    found = replace(results, folder=folder, month=month, tables=tuple(tables))
    write_index(found)
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """Whose value is written: SQL of its household and its seat, and the months that count from then on."""

    household: str
    unit: str
    later: Sequence[int]


class _Work:
    """Results and what came out otherwise, on their way into one."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, register: Register, carried: Sequence[Carried]
    ) -> None:
        self.con, self.carried = con, carried
        self.arrived = set[str]()
        home, first = register.arrays["home"], register.arrays["first"]
        for number, each in enumerate(carried):
            self.arrived.update(said.benefit for said in each.everywhere if said.column)
            for column_, level in {said.column: said.level for said in each.everywhere}.items():
                if column_:
                    bits = np.load(each.folder / f"{column_}.npy").astype(np.int64)
                    whom = {"household": home}
                    if level == PERSON:
                        sizes = np.diff(first)
                        seats = np.arange(first[-1]) - np.repeat(first[:-1], sizes)
                        whom = {"household": np.repeat(home, sizes), "unit": seats}
                    con.register("told", pa.table({**whom, "bits": bits}))
                    table = f"told_{number}_{column_}"
                    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM told")
                    con.unregister("told")

    def latest(self, level: int) -> Names:
        """The tables `patched_0` of households and `patched_1` of persons; the names of their columns."""
        key = ["household", "unit"] if level == PERSON else ["household"]
        files = [
            (k, each.folder / name, fixed)
            for k, each in enumerate(self.carried)
            for of, name, fixed in each.files
            if of == level
        ]
        stored = {
            file: [n for n, *_ in self.con.execute(f"DESCRIBE FROM {parquet(file)}").fetchall()]
            for _k, file, _fixed in files
        }
        names: Names = {}
        for _k, file, fixed in files:
            names |= dict.fromkeys(name for name in (*stored[file], *fixed) if name not in key)
        parts = []
        for k, file, fixed in files:
            row = _Row("p.household", "p.unit", range(k + 1, len(self.carried)))
            joins: Names = {}
            picked = [
                f"{self.worded(self.said(name, stored[file], fixed), name, row, level, joins)} AS {name}"
                for name in names
            ]
            read = ", ".join([*(f"p.{name}" for name in key), f"{k} AS n", *picked])
            parts.append(f"SELECT {read} FROM {parquet(file)} AS p {' '.join(joins)}")
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE patched_{level} AS
            SELECT * FROM ({" UNION ALL ".join(parts)})
            QUALIFY row_number() OVER (PARTITION BY {", ".join(key)} ORDER BY n DESC) = 1"""
        )
        return names

    def said(self, name: str, stored: Sequence[str], fixed: dict[str, Any]) -> str:
        """A column of one file; a gross that it does not hold is no other than the net."""
        if name not in stored and name not in fixed and name.endswith("_gross"):
            name = f"{name.removesuffix('_gross')}_net"
        if name in stored:
            return f"p.{name}"
        return literal(fixed[name]).sql if name in fixed else self.none(name)

    def none(self, name: str) -> str:
        """What stands for a benefit that there was no whole rule for: nought once there is one."""
        return "0" if name.removesuffix("_net") in self.arrived else "NULL"

    def worded(self, text: str, name: str, row: _Row, level: int, joins: Names) -> str:
        """A word of reasons with what the text said of everybody since; any other column as it is."""
        for number in row.later:
            for said in self.carried[number].everywhere:
                if said.level != level or name != f"reasons_{said.word}":
                    continue
                bits = f"{said.bits}::BIGINT"
                if said.column:
                    table = f"told_{number}_{said.column}"
                    alias = (
                        table if level == HOME or row.unit == "p.unit" else f"{table}_{row.unit}"
                    )
                    on = f"{alias}.household = {row.household}"
                    on += f" AND {alias}.unit = {row.unit}" if level == PERSON else ""
                    joins[f"LEFT JOIN {table} AS {alias} ON {on}"] = None
                    bits = f"((({alias}.bits >> {said.low}) & {said.mask >> said.bits}) << {said.bits})"
                text = f"(({text} & ~{said.mask}::BIGINT) | {bits})"
        return text

    def laid_over(
        self, results: Results, table: Decided, names: dict[int, Names], folder: Path
    ) -> Decided:
        """One table of the results, with what came out otherwise in it."""
        joins: Names = {"LEFT JOIN patched_0 AS h ON h.household = b.household": None}
        picked = {}
        for unit in (HOUSEHOLD, *range(table.size)):
            level, alias = (HOME, "h") if unit == HOUSEHOLD else (PERSON, f"m{unit}")
            row = _Row("b.household", str(unit), range(len(self.carried)))
            if unit != HOUSEHOLD:
                on = f"{alias}.household = b.household AND {alias}.unit = {unit}"
                joins[f"LEFT JOIN patched_1 AS {alias} ON {on}"] = None
            for name in names[level]:
                whole = name if name == "concerns" else column(unit, name)
                before = self.worded(self.before(table, whole, name), name, row, level, joins)
                picked[whole] = (
                    f"CASE WHEN h.household IS NULL THEN {before} ELSE {alias}.{name} END"
                )
        read = ", ".join(f"{text} AS {name}" for name, text in picked.items())
        self.con.execute(
            f"""COPY (SELECT b.household, {read} FROM {results.source(table)} AS b {" ".join(joins)})
            TO {quoted(str(folder / table.file))} (FORMAT parquet, COMPRESSION zstd)"""
        )
        return replace(table, columns=("household", *picked), fixed={})

    def before(self, table: Decided, whole: str, name: str) -> str:
        """What a column was; a gross that the result did not hold was no other than the net."""
        if whole not in table.fixed and whole not in table.columns and whole.endswith("_gross"):
            whole, name = (f"{x.removesuffix('_gross')}_net" for x in (whole, name))
        if whole in table.columns:
            return f"b.{whole}"
        return literal(table.fixed[whole]).sql if whole in table.fixed else self.none(name)
