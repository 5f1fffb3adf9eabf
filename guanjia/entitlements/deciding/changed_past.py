"""What became known since the last paid run and reaches back into months that were paid.

Set-based: what was recorded, or ceased to be believed, in a window of time; a row that only goes
on as it was says nothing new. A book adopted since is compared month by month. What was said anew is the
cause, before what only ceased to be believed or was cut where the new begins: its source told of it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from guanjia.kit import bulk
from guanjia.policy.book import Book
from guanjia.policy.nodes import FactRef

NEW = """
SELECT n.unit, n.kind, n.source, CASE WHEN n.rest THEN n.until ELSE n.since END AS first, n.rest
FROM (
  SELECT n.{unit} AS unit, n.kind, n.source_id AS source, n.since, n.until, EXISTS (
    SELECT FROM {table} o WHERE o.{unit} = n.{unit} AND o.kind = n.kind AND o.key = n.key
      AND o.superseded_at = n.recorded_at AND o.since <= n.since
      AND (o.until IS NULL OR o.until > n.since)
      AND (o.number, o.word, o.day) IS NOT DISTINCT FROM (n.number, n.word, n.day)) AS rest
  FROM {table} n
  WHERE n.recorded_at > %(after)s::timestamptz AND n.recorded_at <= %(known_at)s::timestamptz
    AND n.since <= %(last)s::date
) n
UNION ALL
SELECT o.{unit}, o.kind, o.source_id, o.since, true FROM {table} o
WHERE o.superseded_at > %(after)s::timestamptz AND o.superseded_at <= %(known_at)s::timestamptz
  AND o.since <= %(last)s::date AND NOT EXISTS (
    SELECT FROM {table} n WHERE n.{unit} = o.{unit} AND n.kind = o.kind AND n.key = o.key
      AND n.recorded_at = o.superseded_at AND n.since <= o.since)
"""
MOVED = """
SELECT n.unit, 'membership' AS kind, n.source, CASE WHEN n.rest THEN n.until ELSE n.since END AS first, n.rest
FROM (
  SELECT n.person_id AS unit, n.source_id AS source, n.since, n.until, EXISTS (
    SELECT FROM people_membership o WHERE o.person_id = n.person_id
      AND o.household_id = n.household_id AND o.superseded_at = n.recorded_at
      AND o.since <= n.since AND (o.until IS NULL OR o.until > n.since)) AS rest
  FROM people_membership n
  WHERE n.recorded_at > %(after)s::timestamptz AND n.recorded_at <= %(known_at)s::timestamptz
    AND n.since <= %(last)s::date
) n
UNION ALL
SELECT o.person_id, 'membership', o.source_id, o.since, true FROM people_membership o
WHERE o.superseded_at > %(after)s::timestamptz AND o.superseded_at <= %(known_at)s::timestamptz
  AND o.since <= %(last)s::date AND NOT EXISTS (
    SELECT FROM people_membership n WHERE n.person_id = o.person_id
      AND n.recorded_at = o.superseded_at AND n.since <= o.since)
"""
AWARDS = """
SELECT n.person_id, n.household_id, n.number, CASE WHEN EXISTS (
    SELECT FROM entitlements_award o WHERE o.number = n.number AND o.superseded_at = n.recorded_at
      AND (o.benefit, o.since, o.assessed_on, o.pays_from, o.granted, o.cadence)
        IS NOT DISTINCT FROM (n.benefit, n.since, n.assessed_on, n.pays_from, n.granted, n.cadence))
  THEN n.until ELSE n.since END AS first
FROM entitlements_award n
WHERE n.recorded_at > %(after)s::timestamptz AND n.recorded_at <= %(known_at)s::timestamptz
  AND n.since <= %(last)s::date AND n.place >= %(lo)s::text AND n.place < %(hi)s::text
UNION ALL
SELECT o.person_id, o.household_id, o.number, o.since FROM entitlements_award o
WHERE o.superseded_at > %(after)s::timestamptz AND o.superseded_at <= %(known_at)s::timestamptz
  AND o.since <= %(last)s::date AND o.place >= %(lo)s::text AND o.place < %(hi)s::text
  AND NOT EXISTS (SELECT FROM entitlements_award n WHERE n.number = o.number
    AND n.recorded_at = o.superseded_at)
"""
HOUSEHOLDS = f"""
WITH persons AS (
  {NEW.format(unit="person_id", table="people_personfact")} UNION ALL {MOVED}
), households AS (
  {NEW.format(unit="household_id", table="people_householdfact")}
), awards (person, household, number, first) AS (
  {AWARDS}
), found AS (
  SELECT m.household_id AS household, p.kind, p.source, p.first, p.rest
    FROM persons p JOIN people_membership m ON m.person_id = p.unit
  UNION ALL SELECT h.unit, h.kind, h.source, h.first, h.rest FROM households h
  UNION ALL SELECT a.household, 'award', a.number, a.first, false FROM awards a WHERE a.household IS NOT NULL
  UNION ALL SELECT m.household_id, 'award', a.number, a.first, false
    FROM awards a JOIN people_membership m ON m.person_id = a.person
)
SELECT DISTINCT ON (household, first, kind) household, first, kind, source FROM found
WHERE first <= %(last)s::date ORDER BY household, first, kind, rest
"""
EVERYBODY = """
SELECT DISTINCT household FROM (
  SELECT d.household_id AS household FROM ledger_entry e
  JOIN entitlements_determination d ON d.id = e.determination_id
  WHERE e.kind = 'payment' AND e.month = ANY(%(months)s::date[])
    AND e.place >= %(lo)s::text AND e.place < %(hi)s::text
  UNION SELECT m.household_id FROM ledger_entry e
  JOIN entitlements_determination d ON d.id = e.determination_id
  JOIN people_membership m ON m.person_id = d.person_id
  WHERE e.kind = 'payment' AND e.month = ANY(%(months)s::date[])
    AND e.place >= %(lo)s::text AND e.place < %(hi)s::text
  UNION SELECT a.household_id FROM entitlements_award a
  WHERE a.superseded_at IS NULL AND a.since <= %(last)s::date
    AND a.place >= %(lo)s::text AND a.place < %(hi)s::text
  UNION SELECT m.household_id FROM entitlements_award a
  JOIN people_membership m ON m.person_id = a.person_id
  WHERE a.superseded_at IS NULL AND a.since <= %(last)s::date
    AND a.place >= %(lo)s::text AND a.place < %(hi)s::text
) every WHERE household IS NOT NULL
"""
BOOK, MEMBERSHIP, AWARD = "book", "membership", "award"
BEHIND = "behind"
"""A month that no run had paid: its award was approved, or became known, later."""

BETWEEN = ","
"""Between the names of what a book says anew."""

LONGEST = 200
"""Characters of a source."""


class Cause(NamedTuple):
    """Why a household's past is looked at again: from which day, a fact's kind, its source.

    Of an award the source is its number; of a book the names of what it says anew.
    """

    first: date
    kind: str
    source: str


def households(
    after: datetime, known_at: datetime, last: date, places: tuple[str, str]
) -> dict[int, list[Cause]]:
    """Households of which something became known in (after, known_at] that reaches back to `last`.

    Of each what became known, by the day from which it holds.
    """
    lo, hi = places
    values: dict[str, Any] = {
        "after": after,
        "known_at": known_at,
        "last": last,
        "lo": lo,
        "hi": hi,
    }
    found: dict[int, list[Cause]] = {}
    for home, *rest in bulk.rows(HOUSEHOLDS, values):
        found.setdefault(home, []).append(Cause(*rest))
    return found


@lru_cache(maxsize=1024)
def facts_read(book: Book, benefit: str, month: date) -> frozenset[str]:
    """The facts that a benefit's sentences read in a month, by themselves or by another chapter's."""
    chapter = book.chapter(benefit)
    sentences = (*chapter.conditions_on(month), *chapter.amounts_on(month))
    parts = [part for sentence in sentences for part in sentence.node.walk()]
    facts = [part.fact for part in parts if isinstance(part, FactRef)]
    found = frozenset({f.name for f in facts} | {f.derived_from for f in facts if f.derived_from})
    others = chapter.reads(month)[1]
    return found.union(*(facts_read(book, other, month) for other in others))


def everybody(months: list[date], places: tuple[str, str]) -> list[int]:
    """Households that were paid in any of these months, or hold an award since."""
    lo, hi = places
    values = {"months": months, "last": max(months), "lo": lo, "hi": hi}
    return [home for (home,) in bulk.rows(EVERYBODY, values)]


def rewritten(old: Book, new: Book, months: list[date]) -> list[date]:
    """The months for which the two books do not say the same."""
    if old.revision == new.revision:
        return []
    return [m for m in months if set(_in_force(old, m)) != set(_in_force(new, m))]


def said_anew(old: Book, new: Book, month: date, benefit: str) -> str:
    """What two books do not say the same of a month: names of the benefit's chapter, else of all, as `chapter.name`."""
    differs = set(_in_force(old, month)) ^ set(_in_force(new, month))
    own = sorted({str(row[1]) for row in differs if row[0] == benefit})
    named = own or sorted({f"{row[0]}.{row[1]}" for row in differs})
    told = ""
    for name in named:
        longer = f"{told}{BETWEEN}{name}" if told else name
        if len(longer) > LONGEST:
            break
        told = longer
    return told


def _in_force(book: Book, month: date) -> Iterator[tuple[object, ...]]:
    """Every row of a book that a month is decided by."""
    for chapter in book.chapters:
        yield chapter.code, chapter.unit, chapter.cadence, chapter.starts
        yield from ((chapter.code, d.name, d.text) for d in chapter.defines)
        for row in (r for rows in chapter.figures.values() for r in rows if r.holds(month)):
            yield chapter.code, row.name, row.where, row.value
        for said in (*chapter.conditions, *chapter.amounts):
            if said.holds(month):
                yield chapter.code, said.code, said.text
    for relation in book.relations:
        if relation.holds(month):
            yield relation.giver, relation.taker, relation.kind, relation.chosen_by
