"""A table of facts to begin with: every column there may be, with one family filled in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guanjia.policy.book import Book
from guanjia.policy.facts import Fact
from guanjia.policy.table.columns import HELD, monthly_words, one_word
from guanjia.policy.words import brackets, in_turn, listed, pair, word

ARROW = {"yes_no": pa.bool_(), "whole": pa.int64(), "fen": pa.int64(), "day": pa.date32()}


def write(book: Book, file: Path) -> None:
    """Write the sample: a couple and their child, made up; what is not said of them reads as absent."""
    names = ["household", "person", "place"]
    kinds = [pa.int64(), pa.int64(), pa.string()]
    values: list[list[Any]] = [[1, 1, 1], [1, 2, 3], [book.city] * 3]
    for fact in _facts(book):
        names.append(fact.name)
        kinds.append(ARROW.get(fact.type, pa.string()))
        values.append([_value(book, fact, seat) for seat in range(3)])
    for chapter in book.chapters:
        names.append(f"{HELD}{chapter.code}")
        kinds.append(pa.date32())
        values.append([None] * 3)
    columns = [pa.array(v, k) for v, k in zip(values, kinds, strict=True)]
    pq.write_table(pa.table(columns, names=names), file, compression="zstd")


def _value(book: Book, fact: Fact, seat: int) -> Any:
    if fact.type == "place":
        return book.city
    told: dict[str, Any] = {"sex": "121"[seat], "wages": (199_900, 0, 0)[seat], "deposits": 860_000}
    told["born_on"] = (date(1978, 5, 4), date(1981, 7, 9), date(2012, 2, 29))[seat]
    return told.get(fact.name, fact.absent)


def _facts(book: Book) -> list[Fact]:
    return [f for f in (*book.facts.person, *book.facts.household) if not f.derived_from]


def told(book: Book) -> Iterator[str]:
    """Every column in words: name, label, how it is held, what its absence means."""
    yield _about()
    for fact in _facts(book):
        held = one_word(fact)
        held = word("{one}，或按月", one=held) if fact.by_month else held
        held = pair(held, listed(fact.choices)) if fact.choices else held
        absent = pair(word("没有这一列"), _said(fact.absent))
        yield f"{fact.name:24}{in_turn([fact.label + _of(fact.of), held, absent])}"
    for chapter in book.chapters:
        label = word("已批准{title}", title=chapter.title) + _of(chapter.unit)
        absent = pair(word("没有这一列"), word("没有批准"))
        yield f"{HELD + chapter.code:24}{in_turn([label, word('DATE（核定日期）'), absent])}"


def _about() -> str:
    return word(
        "每人一行。household、person 是编号（整数或文字），place 是户所在地的区划代码。\n"
        "金额一律是整数分。空值（NULL）就是“不知道”；没有这一列，按下面“没有这一列”读。\n"
        "户的事实和户的待遇，同户各行要一样。held_… 是已批准的待遇的核定日期，没有批准的留空。\n"
        "月度金额可以是一个整数（一直这么多），也可以按月：{monthly}。\n",
        monthly=monthly_words(),
    )


def _of(unit: str) -> str:
    return "" if unit == "person" else brackets(word("户"))


def _said(absent: object) -> str:
    if absent is None:
        return word("当作不知道")
    return word("是" if absent else "否") if isinstance(absent, bool) else str(absent)
