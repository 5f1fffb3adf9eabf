"""Taking a table of facts in: a Parquet file, checked, as recorded facts that can be laid out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from guanjia.policy.book import Book
from guanjia.policy.city.laying import TooLarge
from guanjia.policy.city.layout import Told, named
from guanjia.policy.family import MOST_MEMBERS
from guanjia.policy.table.columns import Column, columns, form
from guanjia.policy.words import word

MOST_TOLD = 20
"""Problems that are told at once."""
ROSTER = """
CREATE TABLE names AS SELECT name, row_number() OVER (ORDER BY name) AS home
  FROM (SELECT DISTINCT household AS name FROM facts);
CREATE TABLE roster AS SELECT row, home, person, row_number() OVER (PARTITION BY home ORDER BY person) - 1 AS unit
  FROM facts JOIN names ON household = name
"""
RECORDS = """
CREATE TABLE homes AS SELECT home AS household, any_value(place) AS place, count(*) AS size FROM base GROUP BY home;
CREATE TABLE settled (household BIGINT, unit INT, kind VARCHAR, number BIGINT, word VARCHAR, day DATE);
CREATE TABLE monthly (household BIGINT, unit INT, kind VARCHAR, since INT, until INT, number BIGINT);
CREATE TABLE held (household BIGINT, unit INT, benefit VARCHAR, assessed BIGINT, until BIGINT)
"""


class BadFacts(ValueError):
    """A table of facts that cannot be read. `problems` says what is wrong, in words."""

    def __init__(self, file: Path, problems: Sequence[str]) -> None:
        more = len(problems) - MOST_TOLD
        rest = [word("……还有 {more} 处", more=more)] if more > 0 else []
        lines = "\n".join(f"  {text}" for text in [*problems[:MOST_TOLD], *rest])
        parts = {"file": file, "count": len(problems)}
        said = word("事实表 {file} 有 {count} 处要改，什么都没有写出：", **parts)
        super().__init__(f"{said}\n{lines}")
        self.problems = problems


def take(
    con: duckdb.DuckDBPyConnection,
    book: Book,
    file: Path,
    told: Told = lambda _done, _total: None,
) -> None:
    """Fill the connection with `homes`, `settled`, `monthly` and `held` of a file.

    `names(name, home)` and `roster(home, unit, person)` say which key and seat stand for whom.
    Raises BadFacts, TooLarge.
    """
    path = named(file)
    held, problems = columns(book, _types(con, file, path))
    if problems:
        raise BadFacts(file, problems)
    con.execute(
        f"""CREATE VIEW facts AS SELECT file_row_number + 1 AS row, *
        FROM read_parquet({path}, file_row_number = true)"""
    )
    if problems := list(_wrong_keys(con)):
        raise BadFacts(file, problems)
    con.execute(ROSTER)
    _refuse_crowds(con)
    values = "".join(f", {column.value()} AS v_{column.name}" for column in held)
    con.execute(
        f"CREATE TABLE base AS SELECT roster.row, home, unit, place{values} FROM facts JOIN roster USING (row)"
    )
    if problems := [*_wrong_values(con, held), *_torn_households(con, held)]:
        raise BadFacts(file, problems)
    con.execute(RECORDS)
    for number, column in enumerate(held, 1):
        con.execute(column.recorded())
        told(number, len(held))
    con.execute("DROP TABLE base")


def _types(con: duckdb.DuckDBPyConnection, file: Path, path: str) -> dict[str, str]:
    """Column to DuckDB's type; `path` is the file's name as a statement writes it."""
    if not file.is_file():
        raise BadFacts(file, [word("没有这个文件")])
    try:
        rows = con.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
    except duckdb.Error:
        raise BadFacts(file, [word("不是完整的 Parquet 文件")]) from None
    return {row[0]: row[1] for row in rows}


def _wrong_keys(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A household, person or place that is not named; a person with two rows."""
    for key in ("household", "person", "place"):
        found = con.execute(f"SELECT min(row) FROM facts WHERE {key} IS NULL").fetchone()
        if found and found[0] is not None:
            yield word("第 {row} 行没有 {name}", row=found[0], name=key)
    found = con.execute(
        "SELECT min(row) FROM facts WHERE NOT regexp_full_match(place, '[0-9]+')"
    ).fetchone()
    if found and found[0] is not None:
        parts = {"row": found[0], "said": _shown(con, "place", found[0])}
        yield word("第 {row} 行 place 不能是 {said}；请填户所在地的区划代码", **parts)
    twice = con.execute(
        """SELECT person, list_sort(list(row))[1:2] FROM facts WHERE person IS NOT NULL
        GROUP BY person HAVING count(*) > 1 ORDER BY person LIMIT 1"""
    ).fetchone()
    if twice:
        person, (first, second) = twice
        yield word(
            "人员 {person} 有两行：第 {first} 行和第 {second} 行。"
            "每人一行；若编号只在户内不重复，请与户号连在一起",
            person=person,
            first=first,
            second=second,
        )


def _refuse_crowds(con: duckdb.DuckDBPyConnection) -> None:
    crowd = con.execute(
        f"""SELECT any_value(name), count(*) FROM roster JOIN names USING (home)
        GROUP BY home HAVING count(*) > {MOST_MEMBERS} ORDER BY home LIMIT 1"""
    ).fetchone()
    if crowd:
        raise TooLarge(*crowd)


def _wrong_values(con: duckdb.DuckDBPyConnection, held: Sequence[Column]) -> Iterator[str]:
    """The first value of each column that its fact does not allow."""
    asked = ", ".join(f"min(row) FILTER (WHERE {column.wrong()})" for column in held)
    rows = con.execute(f"SELECT {asked} FROM base").fetchone() if held else ()
    for column, row in zip(held, rows or (), strict=True):
        if row is not None and column.fact:
            parts = {"row": row, "name": column.name, "label": column.fact.label}
            said, right = _shown(con, column.name, row), form(column)
            yield word(
                "第 {row} 行 {name}（{label}）不能是 {said}；{right}",
                said=said,
                right=right,
                **parts,
            )


def _torn_households(con: duckdb.DuckDBPyConnection, held: Sequence[Column]) -> Iterator[str]:
    """What the rows of one household say differently of it."""
    told = {"place": "place"}
    told |= {column.name: f"v_{column.name}" for column in held if column.of == "household"}
    said = f"hash({', '.join(told.values())})"
    torn = con.execute(
        f"SELECT home FROM base GROUP BY home HAVING min({said}) <> max({said}) ORDER BY home LIMIT 1"
    ).fetchone()
    if torn is None:
        return
    rows = con.execute(
        f"""SELECT name, row, {", ".join(told.values())} FROM base JOIN names USING (home)
        WHERE home = {torn[0]} ORDER BY row"""
    ).fetchall()
    for place, name in enumerate(told, 2):
        other = next((row for row in rows if row[place] != rows[0][place]), None)
        if other:
            yield word(
                "户 {household} 的 {name} 前后不同：第 {first} 行是 {said}，第 {second} 行是 {other}。"
                "户的事实，同户各行要一样",
                household=rows[0][0],
                name=name,
                first=rows[0][1],
                said=_shown(con, name, rows[0][1]),
                second=other[1],
                other=_shown(con, name, other[1]),
            )


def _shown(con: duckdb.DuckDBPyConnection, name: str, row: int) -> str:
    """A value as the file has it, cut short."""
    asked = f"SELECT coalesce(CAST(\"{name}\" AS VARCHAR), 'NULL') FROM facts WHERE row = {row}"
    found = con.execute(asked).fetchone()
    text = str(found[0]) if found else ""
    return text if len(text) <= 80 else f"{text[:80]}…"
