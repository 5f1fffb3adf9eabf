"""Persons, households, stays and facts that arrive many at once in a house that holds people already.

Set-based, and row security decides what is seen: a row that clashes with one out of sight is simply
not written, and whoever called is told which were. Every verb leaves what was believed as superseded.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal

from guanjia.kit import bulk
from guanjia.people import hand, indexing, names, reaching
from guanjia.people.actions import (
    FACT_COLUMNS,
    GRAM_COLUMNS,
    HOUSEHOLD_COLUMNS,
    PERSON_COLUMNS,
    STAY_COLUMNS,
    fact_row,
    person_row,
)
from guanjia.people.records import NewFact, NewPerson

FactTable = Literal["people_personfact", "people_householdfact"]
UNIT = {"people_personfact": "person_id", "people_householdfact": "household_id"}
Stay = tuple[int, int, date, date | None, str]
"""Household, person, since, until, source."""


def insert_free(
    table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]], key: str = "id"
) -> list[Any]:
    """Insert what clashes with nothing; returns the keys of the rows that were written."""
    quoted = ", ".join(f'"{name}"' for name in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    statement = (
        f"INSERT INTO {table} ({quoted}) SELECT * FROM unnest({arrays}) "
        f"ON CONFLICT DO NOTHING RETURNING {key}"
    )
    feed, written = iter(rows), []
    while batch := list(islice(feed, bulk.BATCH)):
        written += bulk.rows(statement, [list(column) for column in zip(*batch, strict=True)])
    return [found for (found,) in written]


def register_persons(people: Sequence[NewPerson], desk: str, since: date, at: datetime) -> set[int]:
    """Write persons, whom the office at `desk` sees from `since` on until it is known where they live.

    Fills the records' ids; returns those that were written: not a person whose document the register
    knows already. Raises BadDocument.
    """
    for person, number in zip(people, bulk.take_ids("people_person", len(people)), strict=True):
        person.id = number
    with hand.of_the_register():
        reach = ((p.id, desk, "residence", since, None) for p in people)
        bulk.insert("people_reach", reaching.COLUMNS, reach)
        indexing.hold_key()
        known = indexing.under_older(people)
        rows = (person_row(person, at) for person in people if person.id not in known)
        written = set(insert_free("people_person", PERSON_COLUMNS, rows))
    lost = [person.id for person in people if person.id not in written]
    bulk.rows("DELETE FROM people_reach WHERE person_id = ANY(%s::bigint[]) RETURNING 1", [lost])
    return written


def change_persons(rows: Sequence[tuple[int, str, str, date]]) -> None:
    """Name, sex and birth date of persons as the latest register gives them; by their names they are found again."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    initials = [names.initials(name) for name in columns[1]]
    bulk.rows(
        """UPDATE people_person p SET name = c.name, sex = c.sex, born_on = c.born_on, initials = c.initials
        FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::text[])
          AS c(id, name, sex, born_on, initials) WHERE p.id = c.id RETURNING 1""",
        [*columns, initials],
    )
    bulk.rows(
        "DELETE FROM people_namegram WHERE person_id = ANY(%s::bigint[]) RETURNING 1", [columns[0]]
    )
    grams_again(columns[0])


def register_households(rows: Sequence[tuple[str, str, bool]], at: datetime) -> dict[str, int]:
    """Write households (number, place, collective); returns number to key of those written."""
    ids = bulk.take_ids("people_household", len(rows))
    full = [(key, *row, at) for key, row in zip(ids, rows, strict=True)]
    written = set(insert_free("people_household", HOUSEHOLD_COLUMNS, full))
    return {row[0]: key for key, row in zip(ids, rows, strict=True) if key in written}


def change_collective(rows: Sequence[tuple[int, bool]]) -> None:
    """Whether households are collective, as the latest register says."""
    keys, values = ([row[n] for row in rows] for n in (0, 1))
    bulk.rows(
        """UPDATE people_household h SET collective = c.held FROM unnest(%s::bigint[], %s::boolean[])
        AS c(id, held) WHERE h.id = c.id RETURNING 1""",
        [keys, values],
    )


def lodge(ended: Sequence[int], stays: Sequence[Stay], at: datetime) -> list[int | None]:
    """Cease to believe stays, believe others; returns a key for each, None where it clashed."""
    supersede("people_membership", ended, at)
    ids = bulk.take_ids("people_membership", len(stays))
    rows = [(key, *stay, at) for key, stay in zip(ids, stays, strict=True)]
    written = set(insert_free("people_membership", {"id": "bigint", **STAY_COLUMNS}, rows))
    return [key if key in written else None for key in ids]


def believe(
    table: FactTable,
    ended: Sequence[int],
    facts: Sequence[tuple[int, NewFact]],
    source: str,
    at: datetime,
) -> list[int | None]:
    """Cease to believe facts, believe others; returns a key for each, None where it clashed."""
    supersede(table, ended, at)
    ids = bulk.take_ids(table, len(facts))
    rows = [(key, *fact_row(*pair, source, at)) for key, pair in zip(ids, facts, strict=True)]
    columns = {"id": "bigint", UNIT[table]: "bigint", **FACT_COLUMNS}
    written = set(insert_free(table, columns, rows))
    return [key if key in written else None for key in ids]


def supersede(table: str, keys: Sequence[int], at: datetime) -> int:
    """Rows are no longer believed from `at` on; returns how many were until then."""
    if not keys:
        return 0
    statement = (
        f"UPDATE {table} SET superseded_at = %s WHERE id = ANY(%s::bigint[]) "
        "AND superseded_at IS NULL RETURNING 1"
    )
    return len(bulk.rows(statement, [at, list(keys)]))


def believe_again(table: str, keys: Sequence[int], at: datetime) -> list[int]:
    """Rows that were superseded are believed anew, as new rows of the same source; returns their keys."""
    unit = UNIT.get(table)
    own = f"{unit}, kind, key, number, word, day" if unit else "household_id, person_id"
    statement = (
        f"INSERT INTO {table} ({own}, since, until, source_id, recorded_at) "
        f"SELECT {own}, since, until, source_id, %s FROM {table} WHERE id = ANY(%s::bigint[]) "
        "RETURNING id"
    )
    return [key for (key,) in bulk.rows(statement, [at, list(keys)])] if keys else []


def reach_again(people: Sequence[int], city: str) -> None:
    """Who may see these persons, worked out anew from where they live and where their 户籍 lies.

    Asked under a job's scope: a 户籍 may lie in another town, which sees the person from then on.
    """
    keys = [list(people)]
    lives = "SELECT FROM people_membership m WHERE m.person_id = r.person_id AND m.superseded_at IS NULL"
    hails = (
        "SELECT FROM people_personfact f WHERE f.person_id = r.person_id AND f.kind = 'hukou' "
        "AND f.superseded_at IS NULL"
    )
    for why, exists in (("residence", lives), ("hukou", hails)):
        bulk.rows(
            f"""DELETE FROM people_reach r WHERE r.person_id = ANY(%s::bigint[]) AND r.why = '{why}'
            AND EXISTS ({exists}) RETURNING 1""",
            keys,
        )
    bulk.rows(
        """INSERT INTO people_reach (person_id, place, why, since, until)
        SELECT m.person_id, h.place, 'residence', m.since, m.until FROM people_membership m
          JOIN people_household h ON h.id = m.household_id
          WHERE m.person_id = ANY(%s::bigint[]) AND m.superseded_at IS NULL
        UNION ALL
        SELECT f.person_id, f.word, 'hukou', f.since, f.until FROM people_personfact f
          WHERE f.person_id = ANY(%s::bigint[]) AND f.kind = 'hukou' AND f.superseded_at IS NULL
          AND starts_with(f.word, %s) AND EXISTS (SELECT FROM places_place p WHERE p.code = f.word)
        ON CONFLICT DO NOTHING RETURNING 1""",
        [*keys, *keys, city],
    )
    bulk.rows(
        """DELETE FROM people_namegram g WHERE g.person_id = ANY(%s::bigint[]) AND NOT EXISTS (
          SELECT FROM people_reach r WHERE r.person_id = g.person_id AND r.place = g.place)
        RETURNING 1""",
        keys,
    )
    grams_again(people)
    reaching.see_through_moves(people)


def grams_again(people: Sequence[int]) -> None:
    """Names are found where the persons are seen; what is found already is left alone."""
    seen = bulk.rows(
        """SELECT DISTINCT r.person_id, r.place, p.name FROM people_reach r
        JOIN people_person p ON p.id = r.person_id WHERE r.person_id = ANY(%s::bigint[])
          AND NOT EXISTS (SELECT FROM people_namegram g WHERE g.gram = p.name AND g.place = r.place
            AND g.person_id = r.person_id)""",
        [list(people)],
    )
    with hand.of_the_register():
        bulk.insert(
            "people_namegram",
            GRAM_COLUMNS,
            ((gram, place, key) for key, place, name in seen for gram in names.grams(name)),
            "ON CONFLICT DO NOTHING",
        )
