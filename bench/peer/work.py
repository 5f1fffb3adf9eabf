"""The peer's whole work: facts out of Parquet, every benefit, results into Parquet again."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.peer import decide
from bench.peer.facts import Array
from bench.peer.files import HOUSEHOLDS, PERSONS

KEYS = ("household", "unit")


def run(facts: Path, out: Path, month: date) -> tuple[int, float]:
    """Decide every pair of files of `facts` into `out`; how many households, CPU seconds of the formulas."""
    out.mkdir()
    count, formulas = 0, 0.0
    decide.system()
    for name in names(facts):
        persons, households = (_read(facts / kind.format(name)) for kind in (PERSONS, HOUSEHOLDS))
        home = np.cumsum(np.diff(persons["household"], prepend=persons["household"][:1]) != 0)
        began = time.process_time()
        found = decide.decide(persons, households, home, month)
        formulas += time.process_time() - began
        _write(found, persons, True, out / PERSONS.format(name))
        _write(found, households, False, out / HOUSEHOLDS.format(name))
        count += len(households["household"])
    return count, formulas


def names(facts: Path) -> Iterator[str]:
    """What the pairs of files are called."""
    first = HOUSEHOLDS.format("")
    yield from sorted(file.name.removeprefix(first) for file in facts.glob(f"{first}*"))


def _read(file: Path) -> dict[str, Array]:
    """The columns of a file as arrays."""
    table = pq.read_table(file)
    return {n: table[n].combine_chunks().to_numpy(zero_copy_only=False) for n in table.column_names}


def _write(found: decide.Results, rows: dict[str, Array], of_persons: bool, file: Path) -> None:
    """Entitled, net and, where a relation reduces it, gross; as little as the same results need."""
    columns = {name: rows[name] for name in KEYS}
    for name, values in found.items():
        benefit, _, what = name.rpartition("_")
        mine = (benefit in decide.OF_PERSONS) is of_persons
        if mine and (what != "gross" or values is not found[f"{benefit}_net"]):
            columns[name] = values
    pq.write_table(pa.table(columns), file, compression="zstd")


def rows(out: Path) -> str:
    """SQL for all results one row a unit and benefit: household, unit, benefit, entitled, gross, net."""
    parts = []
    for file in sorted(out.iterdir()):
        held = set(pq.read_schema(file).names)
        for name in sorted(n for n in held if n.endswith("_net")):
            benefit = name.removesuffix("_net")
            gross = f"{benefit}_gross" if f"{benefit}_gross" in held else name
            parts.append(
                f"""SELECT household, unit, '{benefit}' AS benefit, {benefit}_entitled AS entitled,
                CAST({gross} AS BIGINT) AS gross, CAST({name} AS BIGINT) AS net FROM read_parquet('{file}')"""
            )
    return " UNION ALL ".join(parts)
