"""A town sees through a move within it: its desk knew the person all the while.

A village office sees of a person what falls into its own time. Rows of reach that follow each other
in one town become one row of the town besides, from the first of them to the last.
"""

from collections.abc import Sequence

from guanjia.kit import bulk

COLUMNS = {
    "person_id": "bigint",
    "place": "text",
    "why": "text",
    "since": "date",
    "until": "date",
}

STAYS = """
WITH mine AS (
  SELECT person_id, place, why, since, until, left(place, 9) AS town,
    max(coalesce(until, 'infinity')) OVER (PARTITION BY person_id, why, left(place, 9)
      ORDER BY since, place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM people_reach
  WHERE person_id = ANY(%s::bigint[]) AND why IN ('hukou', 'residence') AND length(place) >= 9),
stays AS (
  SELECT mine.*, count(*) FILTER (WHERE before IS NULL OR since > before)
    OVER (PARTITION BY person_id, why, town ORDER BY since, place) AS stay FROM mine)
SELECT person_id, town, why, min(since),
  nullif(max(coalesce(until, 'infinity')), 'infinity') FROM stays
GROUP BY person_id, town, why, stay HAVING count(DISTINCT place) > 1
"""
GONE = """
DELETE FROM people_reach r USING unnest(%s::bigint[], %s::text[], %s::text[]) AS n(person, town, why)
WHERE r.person_id = n.person AND r.place = n.town AND r.why = n.why RETURNING 1
"""


def see_through_moves(people: Sequence[int]) -> None:
    """Write the towns' rows of these persons anew. Needs the register's hand, or a job's."""
    rows = bulk.rows(STAYS, [list(people)])
    if rows:
        persons, towns, whys, *_period = zip(*rows, strict=True)
        bulk.rows(GONE, [list(persons), list(towns), list(whys)])
        bulk.insert("people_reach", COLUMNS, rows)
