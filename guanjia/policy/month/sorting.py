"""A snapshot's tables sorted into a register, one fact after another."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guanjia.policy.city.compile import Shape, column
from guanjia.policy.city.layout import INDEX, Snapshot
from guanjia.policy.facts import Fact, Facts
from guanjia.policy.family import HOUSEHOLD
from guanjia.policy.month.cells import Array
from guanjia.policy.month.register import (
    LOST,
    OPEN,
    Register,
    Rows,
    coded,
    declared,
    late,
    numbers,
    read,
)

Source = tuple[str, Shape]
"""A table as a statement reads it, and its shape."""
DENSE = 8
"""A fact that one in so many has is a column of all."""


def of_snapshot(snapshot: Snapshot) -> list[Source]:
    """The tables of a snapshot."""
    return [(snapshot.source(table), table.shape) for table in snapshot.tables]


def write(
    con: duckdb.DuckDBPyConnection, facts: Facts, on: date, sources: Sequence[Source], folder: Path
) -> Register:
    """Sort the tables' facts into the folder, one fact after another."""
    folder.mkdir(parents=True, exist_ok=True)
    work = _Work(con, sources, folder)
    for unit, several in ((HOUSEHOLD, facts.household), (0, facts.person)):
        for fact in several:
            work.write_fact(fact, unit)
    work.write_births()
    for benefit, unit in sorted(work.benefits()):
        work.write_awards(benefit, unit)
    work.save("turned", work.turned)
    work.write_few()
    said = {
        "on": on.isoformat(),
        "places": list(work.places),
        "declared": declared(facts),
        "few": list(work.few),
    }
    text = json.dumps(said, ensure_ascii=False)
    (folder / INDEX).write_text(text, encoding="utf-8")
    return read(folder)


class _Work:
    """Tables on their way into a register."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, sources: Sequence[Source], folder: Path
    ) -> None:
        self.con, self.sources, self.folder = con, sources, folder
        self.places: dict[str, int] = {}
        homes, places = [], []
        for source, _shape in sources:
            found = con.sql(f"SELECT household, place FROM {source}").to_arrow_table()
            homes.append(found["household"].to_numpy())
            places.append(self._of_place(found["place"]))
        order = np.argsort(np.concatenate(homes), kind="stable")
        sizes = np.repeat([shape.size for _source, shape in sources], [len(h) for h in homes])
        self.first = np.concatenate(([0], np.cumsum(sizes[order]))).astype(np.int32)
        spot = np.empty(len(order), np.int32)
        spot[order] = np.arange(len(order), dtype=np.int32)
        self.spots = np.split(spot, np.cumsum([len(h) for h in homes])[:-1])
        self.save("home", np.concatenate(homes)[order])
        self.save("place", np.concatenate(places)[order].astype(np.int32))
        self.save("first", self.first)
        self.home_of = np.repeat(np.arange(len(order), dtype=np.int32), sizes[order])
        self.turned = np.zeros(len(order), np.int32)
        self.few: dict[str, Array] = {}
        self.save("home-of", self.home_of)

    def save(self, name: str, values: Array) -> None:
        """One array."""
        np.save(self.folder / f"{name}.npy", values)

    def count(self, unit: int) -> int:
        """Households, or persons."""
        return len(self.first) - 1 if unit == HOUSEHOLD else int(self.first[-1])

    def _of_place(self, words: pa.ChunkedArray) -> Array:
        for found in pc.unique(words).to_pylist():
            if found is not None:
                self.places.setdefault(found, len(self.places))
        codes = pc.index_in(words, value_set=pa.array(list(self.places), words.type))
        return numbers(codes)

    def _coded(self, fact: Fact | None, values: pa.ChunkedArray) -> Array:
        """A column of a table in codes."""
        if fact and fact.type == "place":
            return self._of_place(values)
        if fact and fact.type == "choice":
            return numbers(pc.index_in(values, value_set=pa.array(list(fact.choices))))
        return numbers(values.cast(pa.int32()) if fact and fact.type == "day" else values)

    def _constant(self, fact: Fact | None, value: Any) -> int:
        if fact is None:
            return LOST if value is None else int(value)
        if fact.type == "place" and isinstance(value, str):
            self.places.setdefault(value, len(self.places))
        return coded(fact, self.places, value)

    def read(
        self, fact: Fact | None, unit: int, names: Callable[[int, Shape], Sequence[str]]
    ) -> Iterator[tuple[Array, Shape, list[Array | int | None], list[Array]]]:
        """Of each table and seat: whom it is of, the columns of these names, and its turns."""
        for (source, shape), spot in zip(self.sources, self.spots, strict=True):
            seats = (HOUSEHOLD,) if unit == HOUSEHOLD else shape.units
            turns = [f"turn_{k}" for k in range(1, shape.stretches)]
            asked = [name for seat in seats for name in names(seat, shape)]
            if not any(name in shape.stored or name in shape.fixed for name in asked):
                continue
            stored = [name for name in [*asked, *turns] if name in shape.stored]
            table = self.con.sql(f"SELECT {', '.join(stored) or '1 AS one'} FROM {source}")
            found = table.to_arrow_table()
            turned = [
                numbers(found[name])
                if name in shape.stored
                else np.full(len(spot), shape.fixed[name], np.int64)
                for name in turns
            ]
            for seat in seats:
                at = spot if unit == HOUSEHOLD else self.first[spot] + seat
                said: list[Array | int | None] = []
                for name in names(seat, shape):
                    if name in shape.stored:
                        said.append(self._coded(fact, found[name]))
                    else:
                        fixed = name in shape.fixed
                        said.append(self._constant(fact, shape.fixed[name]) if fixed else None)
                yield at, shape, said, turned

    def write_fact(self, fact: Fact, unit: int) -> None:
        """What is recorded of one fact, first and later."""
        assert not isinstance(fact.absent, tuple)
        absent = self._constant(fact, fact.absent)
        first, turns = list[Rows](), list[Rows]()

        def names(seat: int, shape: Shape) -> list[str]:
            name = column(seat, fact.name)
            many = fact.by_month and shape.stretches > 1
            return [f"{name}_{k}" for k in range(shape.stretches)] if many else [name]

        for at, _shape, said, turned in self.read(fact, unit, names):
            every = [np.full(len(at), absent if v is None else v) for v in said]
            told = every[0] != absent
            first.append(Rows(at[told], every[0][told]))
            for before, now, since in zip(every, every[1:], turned, strict=False):
                other = (now != before) & (since > 0)
                turns.append(Rows(at[other], now[other], since[other]))
        self._save_first(fact, unit, absent, first)
        if sum(len(rows.at) for rows in turns):
            rows = _together(turns).sorted()
            late(self.turned, rows.at if unit == HOUSEHOLD else self.home_of[rows.at], rows)
            self._save_rows(f"turn-{fact.name}", rows, unit)
            if len(rows.at) * DENSE >= self.count(unit):
                whole = np.full(self.count(unit), absent, np.int64)
                for told in (*first, rows):
                    whole[told.at] = told.is_
                self.save(f"last-{fact.name}", _narrow(whole))

    def _save_first(self, fact: Fact, unit: int, absent: int, rows: list[Rows]) -> None:
        if not rows:
            return
        found = _together(rows)
        if len(found.at) * DENSE < self.count(unit):
            self._save_rows(f"fact-{fact.name}", found, unit)
            return
        whole = np.full(self.count(unit), absent, np.int64)
        whole[found.at] = found.is_
        self.save(f"fact-{fact.name}", _narrow(whole))

    def _save_rows(self, name: str, rows: Rows, unit: int) -> None:
        rows = rows.sorted()
        if len(rows.at) * DENSE >= self.count(unit):
            many = np.bincount(rows.at, minlength=self.count(unit))
            self.save(f"{name}.begins", np.concatenate(([0], np.cumsum(many))).astype(np.int32))
        else:
            self.few[name] = rows.at if unit == HOUSEHOLD else self.home_of[rows.at]
        self.save(f"{name}.at", rows.at.astype(np.int32))
        self.save(f"{name}.is", _narrow(rows.is_))
        if rows.since is not None:
            self.save(f"{name}.since", rows.since.astype(np.int32))

    def write_few(self) -> None:
        """The rows that few have, by household."""
        homes = [np.zeros(0, np.int32), *self.few.values()]
        home = np.concatenate(homes)
        order = np.argsort(home, kind="stable")
        name = np.repeat(np.arange(len(homes)) - 1, [len(rows) for rows in homes])
        row = np.concatenate([np.arange(len(rows)) for rows in homes])
        many = np.bincount(home, minlength=self.count(HOUSEHOLD))
        self.save("few.begins", np.concatenate(([0], np.cumsum(many))).astype(np.int32))
        self.save("few.name", name[order].astype(np.min_scalar_type(len(homes))))
        self.save("few.row", row[order].astype(np.int32))

    def write_births(self) -> None:
        """Persons by day of birth, so that those of a few days are found at once."""
        file = self.folder / "fact-born_on.npy"
        if file.exists():
            born = np.load(file)
            order = np.argsort(born, kind="stable")
            self.save("births.at", order.astype(np.int32))
            self.save("births.is", born[order])

    def benefits(self) -> set[tuple[str, int]]:
        """The benefits that awards are held of, and whether by households or persons."""
        found = set()
        for _source, shape in self.sources:
            for name in (*shape.stored, *shape.fixed):
                unit, _, rest = name.partition("_")
                if rest.startswith("assessed_"):
                    found.add((rest.removeprefix("assessed_"), HOUSEHOLD if unit == "h" else 0))
        return found

    def write_awards(self, benefit: str, unit: int) -> None:
        """Who holds an award: assessed in which month, held until which."""
        rows: list[Rows] = []

        def names(seat: int, _shape: Shape) -> list[str]:
            return [column(seat, f"{what}_{benefit}") for what in ("assessed", "ends")]

        for at, _shape, said, _turned in self.read(None, unit, names):
            assessed, ends = (np.full(len(at), LOST if v is None else v) for v in said)
            held = assessed != LOST
            ends = np.where(ends == LOST, OPEN, ends)
            rows.append(Rows(at[held], assessed[held], ends[held]))
        self._save_rows(f"held-{benefit}", _together(rows), unit)


def _together(rows: Sequence[Rows]) -> Rows:
    since = [r.since for r in rows if r.since is not None]
    return Rows(
        np.concatenate([r.at for r in rows]),
        np.concatenate([r.is_ for r in rows]),
        np.concatenate(since) if since else None,
    )


def _narrow(values: Array) -> Array:
    """The narrowest column that holds these values, with what is not known as the least of it."""
    unknown = values == LOST
    seen = values[~unknown]
    low, high = (int(seen.min()), int(seen.max())) if len(seen) else (0, 0)
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min < low and high <= np.iinfo(kind).max:
            found = values.astype(kind)
            found[unknown] = np.iinfo(kind).min
            return found
    return values
