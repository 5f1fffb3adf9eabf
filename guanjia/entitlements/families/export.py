"""Everybody's facts as of a day, out of the registry, as a snapshot that a whole city is decided from.

The rows leave through the transaction's own connection, so row security holds for them as for any
query; what the batch reading (`snapshot.read`) sees of a household is what is laid down of it.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection
from django.utils.translation import gettext as _

from guanjia.entitlements.errors import RunError
from guanjia.entitlements.families.snapshot import IN_FORCE, KNOWN, NOT_MERGED_AWAY
from guanjia.kit import scope
from guanjia.people.models import Household
from guanjia.policy.book import Book
from guanjia.policy.city.drafts import draft
from guanjia.policy.city.laying import LEAST, TooLarge, lay
from guanjia.policy.city.layout import Snapshot, quoted
from guanjia.policy.facts import OPEN_END
from guanjia.policy.family import MOST_MEMBERS

SEATS = "seats.parquet"
"""Whose each seat is: household, unit, person."""
HOMES = """
SELECT id, place FROM people_household
WHERE place >= %(lo)s AND place < %(hi)s AND recorded_at <= %(known_at)s
"""
MEMBERS = f"""
SELECT m.household_id, m.person_id, p.born_on, p.sex
FROM people_membership m JOIN people_person p ON p.id = m.person_id
WHERE {KNOWN.format("m")} AND {IN_FORCE.format("m")} AND {NOT_MERGED_AWAY.format("m")}
"""
SETTLED = f"""
SELECT f.{{unit}}, f.id, f.kind, f.number, f.word, f.day FROM {{table}} f
WHERE f.kind = ANY(%(settled)s) AND {KNOWN.format("f")} AND {IN_FORCE.format("f")}
"""
MONTHLY = f"""
SELECT f.{{unit}}, f.kind, (date_part('year', f.since) * 12 + date_part('month', f.since) - 1)::int,
  coalesce((date_part('year', f.until) * 12 + date_part('month', f.until) - 1)::int, {OPEN_END}), f.number
FROM {{table}} f
WHERE f.kind = ANY(%(monthly)s) AND {KNOWN.format("f")} AND f.since < %(on)s
"""
AWARDS = f"""
SELECT household_id, person_id, benefit,
  (date_part('year', assessed_on) * 12 + date_part('month', assessed_on) - 1)::int,
  (date_part('year', until) * 12 + date_part('month', until) - (date_part('day', until) = 1)::int)::int
FROM entitlements_award a WHERE {KNOWN.format("a")} AND {IN_FORCE.format("a")}
"""
TABLES = {
    "h": (HOMES, "household BIGINT, place VARCHAR"),
    "m": (MEMBERS, "household BIGINT, person BIGINT, born_on DATE, sex VARCHAR"),
    "a": (
        AWARDS,
        "household BIGINT, person BIGINT, benefit VARCHAR, assessed BIGINT, until BIGINT",
    ),
} | {
    f"{name}{letter}": (query.format(unit=unit, table=table), f"unit BIGINT, {columns}")
    for letter, unit, table in (
        ("p", "person_id", "people_personfact"),
        ("h", "household_id", "people_householdfact"),
    )
    for name, query, columns in (
        ("s", SETTLED, "id BIGINT, kind VARCHAR, number BIGINT, word VARCHAR, day DATE"),
        ("t", MONTHLY, "kind VARCHAR, since INT, until INT, number BIGINT"),
    )
}
"""Table of the draft -> the query that fills it, and its columns."""
CSV = """FORMAT csv, HEADER false, AUTO_DETECT false, DELIM ',', QUOTE '"', ESCAPE '"', NULLSTR '\\N'"""
SEATED = """
CREATE TABLE seats AS SELECT household, person, born_on, sex,
  row_number() OVER (PARTITION BY household ORDER BY person) - 1 AS unit FROM m SEMI JOIN h USING (household);
CREATE TABLE homes AS SELECT household, any_value(place) AS place, count(*) AS size
  FROM h JOIN seats USING (household) GROUP BY household;
CREATE TABLE settled AS
  WITH every AS (
    SELECT household, seats.unit, id, kind, number, word, day FROM sp JOIN seats ON sp.unit = seats.person
    UNION ALL SELECT unit, -1, id, kind, number, word, day FROM sh SEMI JOIN homes ON unit = household
  )
  SELECT household, unit, kind,
    CASE WHEN kind IN ({amounts}) THEN sum(number)::BIGINT ELSE arg_max(number, id) END AS number,
    arg_max(word, id) AS word, arg_max(day, id) AS day
  FROM every GROUP BY household, unit, kind
  HAVING count(coalesce(number::VARCHAR, word, day::VARCHAR)) = count(*)
  UNION ALL SELECT DISTINCT household, unit, kind, NULL::BIGINT, NULL, NULL::DATE FROM every
    WHERE number IS NULL AND word IS NULL AND day IS NULL
  UNION ALL SELECT household, unit, 'born_on', NULL, NULL, born_on FROM seats
  UNION ALL SELECT household, unit, 'sex', NULL, sex, NULL FROM seats;
CREATE TABLE monthly AS
  SELECT household, seats.unit, kind, since, until, number FROM tp JOIN seats ON tp.unit = seats.person
  UNION ALL SELECT unit, -1, kind, since, until, number FROM th SEMI JOIN homes ON unit = household;
CREATE TABLE held AS
  SELECT seats.household, unit, benefit, assessed, until FROM a JOIN seats USING (person)
  UNION ALL SELECT a.household, -1, benefit, assessed, until FROM a SEMI JOIN homes USING (household)
"""


def write(
    book: Book, place: str, on: date, known_at: datetime, folder: Path, least: int = LEAST
) -> Snapshot:
    """The households of a place and all below it, on the first day `on`, as known at a moment.

    Needs a scope that reaches them. The draft lies in `folder` too, so that whoever removes the
    folder removes what a killed process left. Raises RunError for a
    household that no rule can read.
    """
    facts = (*book.facts.person, *book.facts.household)
    amounts = ", ".join(quoted(f.name) for f in facts if f.type in ("whole", "fen")) or "''"
    with draft(folder / "draft") as (con, drafts):
        for name, (query, columns) in TABLES.items():
            _copy(con, name, query, columns, values(book, place, on, known_at), drafts)
        con.execute(SEATED.format(amounts=amounts))
        try:
            laid = lay(con, book, on, folder, least)
        except TooLarge as problem:
            raise _crowded(problem) from None
        seats = quoted(str(folder / SEATS))
        con.execute(
            f"COPY (SELECT household, unit, person FROM seats ORDER BY ALL) TO {seats} (FORMAT parquet)"
        )
        return laid


def _crowded(problem: TooLarge) -> RunError:
    """The refusal, with the number that the office knows the household by."""
    number = Household.objects.values_list("number", flat=True).get(pk=problem.household)
    return RunError(
        _(
            "户 %(number)s 有 %(size)d 人，一户最多 %(most)d 人，没有核算。"
            "请先把这户分开，再取消这一批，重新核算。"
        )
        % {"number": number, "size": problem.size, "most": MOST_MEMBERS}
    )


def values(book: Book, place: str, on: date, known_at: datetime) -> dict[str, Any]:
    """What the queries of TABLES ask with."""
    lo, hi = scope.place_range(place)
    facts = (*book.facts.person, *book.facts.household)
    monthly = [f.name for f in facts if f.by_month]
    settled = [f.name for f in facts if not f.by_month]
    moment = {"lo": lo, "hi": hi, "on": on, "known_at": known_at}
    return {**moment, "monthly": monthly, "settled": settled}


def _copy(
    con: duckdb.DuckDBPyConnection,
    name: str,
    query: str,
    columns: str,
    asked: dict[str, Any],
    drafts: Path,
) -> None:
    """One query's rows into one table of the draft."""
    file = drafts / f"{name}.csv"
    connection.ensure_connection()
    words = f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '\\N')"
    with (
        file.open("wb") as out,
        connection.connection.cursor() as cursor,
        cursor.copy(words, asked) as rows,
    ):
        for block in rows:
            out.write(block)
    con.execute(f"CREATE TABLE {name} ({columns})")
    con.execute(f"COPY {name} FROM {quoted(str(file))} ({CSV})")
    file.unlink()
