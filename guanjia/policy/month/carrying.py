"""A month's job: those who must be decided again are found and decided; the others stay as they were.

Handed out are folders of tables, `homes-…` and `persons-…`, each with the households that it is of,
and a list that says what in them is the same in all rows, and what the text now says of everybody.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guanjia.policy.city.layout import INDEX, BadSnapshot, no_result
from guanjia.policy.month.cells import HOME, PERSON, Array, Cells
from guanjia.policy.month.deciding import Decision, columns
from guanjia.policy.month.finding import Found, Span, by_time, floor, groups
from guanjia.policy.month.news import City, Part
from guanjia.policy.month.outlook import Outlook
from guanjia.policy.month.rewording import Everywhere, Rewording
from guanjia.policy.month.sheet import Answers, Sheet
from guanjia.policy.month.state import State
from guanjia.policy.words import word


@dataclass(frozen=True, slots=True)
class Carried:
    """What came out otherwise: files with what is the same in all their rows, and what is said of everybody."""

    folder: Path
    households: int
    files: tuple[tuple[int, str, dict[str, Any]], ...]
    everywhere: tuple[Everywhere, ...]


def carry(
    city: City,
    span: Span,
    state: State,
    fresh: Sequence[Part],
    folder: Path,
    gone: Array | None = None,
) -> Carried:
    """Decide again whom the step from one month to another touches; `state` goes along.

    `fresh` are the parts of the city that came in between. `gone` are places of households to leave
    out: those that were laid out anew. Raises BadSnapshot where `state` is by another book's chapters.
    """
    if state.codes != tuple(chapter.code for chapter in span.book.chapters):
        raise BadSnapshot(word("上月的结果是按另一本政策簿核算的。请重新核算这个月。"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / INDEX).unlink(missing_ok=True)
    least, found = floor(city, span), Found(city)
    for part in fresh:
        found.add(part.homes, HOME)
    by_time(found, span)
    found.marked[state.turns <= span.last] = True
    rewording = Rewording(found, span, least, state)
    for name, column in rewording.columns.items():
        np.save(folder / f"{name}.npy", column)
    if gone is not None:
        found.marked[gone] = False
    return _write(city, span, found.places, least, state, folder, rewording.everywhere)


def _write(
    city: City,
    span: Span,
    places: Array,
    least: int,
    state: State,
    folder: Path,
    everywhere: Sequence[Everywhere],
) -> Carried:
    sheet, files = Sheet(), []
    outlook = Outlook(span.book, sheet, span.month, span.back())
    for number, homes in enumerate(groups(city, places, least)):
        answers = Answers(sheet, homes, wanted=outlook.wanted(homes))
        decision = Decision(span.book, outlook.now, answers)
        state.take(outlook, answers)
        for level, stem in ((HOME, "homes"), (PERSON, "persons")):
            name = f"{stem}-{number:04d}.parquet"
            table, fixed = _table(decision, level)
            pq.write_table(
                table,
                folder / name,
                compression="lz4",
                use_dictionary=False,
                write_statistics=False,
            )
            files.append((level, name, fixed))
    state.save(folder)
    found = Carried(folder, len(places), tuple(files), tuple(everywhere))
    said = {"files": found.files, "everywhere": found.everywhere, "households": len(places)}
    (folder / INDEX).write_text(json.dumps(said), encoding="utf-8")
    return found


def read(folder: Path) -> Carried:
    """What a month's job left in a folder; its index is written last. Raises BadSnapshot."""
    try:
        said = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise no_result(folder) from None
    files = tuple((level, name, fixed) for level, name, fixed in said["files"])
    everywhere = tuple(Everywhere(*row) for row in said["everywhere"])
    return Carried(folder, said["households"], files, everywhere)


def _table(decision: Decision, level: int) -> tuple[pa.Table, dict[str, Any]]:
    """The columns that vary, and the values of those that do not."""
    homes = decision.homes
    keys = homes.city.register.arrays["home"][homes.at]
    arrays: dict[str, pa.Array] = {}
    fixed: dict[str, Any] = {}
    if level == HOME:
        arrays["household"] = pa.array(keys)
    else:
        arrays["household"] = pa.array(homes.seats.spread(keys))
        arrays["unit"] = pa.array(homes.seats.number.astype(np.int32))
    for name, cells in columns(decision, level):
        if cells.everywhere:
            fixed[name] = _plain(cells)
        else:
            cells = homes.lift(cells, level)
            mask = None if cells.known is True else ~cells.known
            arrays[name] = pa.array(_half(cells.value), mask=mask)
    return pa.table(arrays), fixed


def _half(values: Array) -> Array:
    """Whole numbers in half the room, where they fit: most amounts do, and take half as long to write."""
    if values.dtype != np.int64 or not len(values):
        return values
    room = np.iinfo(np.int32)
    return (
        values.astype(np.int32) if room.min <= values.min() <= values.max() <= room.max else values
    )


def _plain(cells: Cells) -> Any:
    if not cells.known:
        return None
    return bool(cells.value) if isinstance(cells.value, np.bool_) else int(cells.value)
