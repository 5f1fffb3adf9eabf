"""Families as they stood on a day and as they were known at a moment: what the rules read.

A batch of households takes seven queries, however many it holds. Facts are not copied anywhere:
the same moment gives the same families again, and their hash proves it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from itertools import pairwise
from typing import Any

from guanjia.entitlements.families.weighing import Granted
from guanjia.kit import bulk, days
from guanjia.policy import family as families
from guanjia.policy.book import Book
from guanjia.policy.facts import OPEN_END, Fact, Facts, Span, Value
from guanjia.policy.family import HOUSEHOLD, Family
from guanjia.policy.nodes import LOOK_BACK

KNOWN = (
    "{0}.recorded_at <= %(known_at)s::timestamptz "
    "AND ({0}.superseded_at IS NULL OR {0}.superseded_at > %(known_at)s::timestamptz)"
)
IN_FORCE = "{0}.since <= %(on)s::date AND ({0}.until IS NULL OR {0}.until > %(on)s::date)"

NOT_MERGED_AWAY = """NOT EXISTS (SELECT FROM people_merge g WHERE g.gone_id = {0}.person_id
  AND g.state IN ('approved', 'undone') AND g.decided_at <= %(known_at)s::timestamptz
  AND (g.undone_at IS NULL OR g.undone_at > %(known_at)s::timestamptz))"""
"""A person whose file was merged into another, as known at the moment, is not counted again."""

HOUSEHOLDS = "SELECT id, place FROM people_household WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id"
MEMBERS = f"""
SELECT m.household_id, m.person_id, p.born_on, p.sex
FROM people_membership m JOIN people_person p ON p.id = m.person_id
WHERE m.household_id = ANY(%(ids)s::bigint[]) AND {KNOWN.format("m")} AND {IN_FORCE.format("m")}
  AND {NOT_MERGED_AWAY.format("m")}
ORDER BY m.household_id, m.person_id
"""
SETTLED = f"""
SELECT f.{{unit}}, f.kind, f.number, f.word, f.day FROM {{table}} f
WHERE f.{{unit}} = ANY(%(ids)s::bigint[]) AND NOT f.kind = ANY(%(kinds)s::text[])
  AND {KNOWN.format("f")} AND {IN_FORCE.format("f")} ORDER BY f.id
"""
MONTHLY = f"""
SELECT f.{{unit}}, f.kind, f.number,
  (date_part('year', f.since) * 12 + date_part('month', f.since) - 1)::int,
  (date_part('year', f.until) * 12 + date_part('month', f.until) - 1)::int
FROM {{table}} f
WHERE f.{{unit}} = ANY(%(ids)s::bigint[]) AND f.kind = ANY(%(kinds)s::text[]) AND {KNOWN.format("f")}
  AND f.since < %(on)s::date AND (f.until IS NULL OR f.until > %(back_to)s::date) ORDER BY f.since, f.id
"""
AWARDS = f"""
SELECT a.household_id, a.person_id, a.benefit, a.id, a.number, a.place, a.granted, a.assessed_on,
  a.pays_from, a.since, a.until, a.recorded_at > %(last_known_at)s::timestamptz, a.cadence
FROM entitlements_award a
WHERE {{unit}} = ANY(%(ids)s::bigint[]) AND {KNOWN.format("a")} AND {IN_FORCE.format("a")}
"""
OLDER = """
SELECT DISTINCT number FROM entitlements_award
WHERE number = ANY(%(numbers)s::text[]) AND recorded_at <= %(last_known_at)s::timestamptz
"""
LONG_AGO = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


@dataclass(slots=True)
class Frozen:
    """One household: the family that the rules read, and whose rows its values came from."""

    household: int
    place: str
    family: Family
    persons: list[int] = field(default_factory=list)
    awards: dict[tuple[str, int], Granted] = field(default_factory=dict)

    def award_for(self, benefit: str, follows: Sequence[str] | None, unit: int) -> Granted | None:
        """The award that pays a benefit to a unit: its own, or the first held of those it follows.

        A member follows the household's awards as well.
        """
        if not follows:
            return self.awards.get((benefit, unit))
        keys = ((code, seat) for code in follows for seat in (unit, HOUSEHOLD))
        return next((self.awards[key] for key in keys if key in self.awards), None)

    def person(self, unit: int) -> int | None:
        """The person's key of a unit; None for the household itself."""
        return None if unit == HOUSEHOLD else self.persons[unit]


def read(
    book: Book,
    households: Sequence[int],
    on: date,
    known_at: datetime,
    last_known_at: datetime | None = None,
) -> list[Frozen]:
    """These households on the first day `on` of a month, as known at `known_at`, in order of keys.

    Awards recorded after `last_known_at`, the moment of the last paid run, are marked fresh.
    """
    moment = {"on": on, "known_at": known_at, "last_known_at": last_known_at or LONG_AGO}
    homes = {
        number: Frozen(number, place, Family(place, families.blank_household(book.facts), []))
        for number, place in _rows(HOUSEHOLDS, ids=list(households))
    }
    people: dict[int, list[Value]] = {}
    seats: dict[int, tuple[Frozen, int]] = {}
    born, sex = _position(book.facts, "born_on"), _position(book.facts, "sex")
    blank = families.blank_person(book.facts)
    for number, person, born_on, sex_code in _rows(MEMBERS, ids=list(homes), **moment):
        home, values = homes[number], blank.copy()
        values[born], values[sex] = born_on, sex_code
        seats[person] = (home, len(home.persons))
        home.persons.append(person)
        home.family.people.append(values)
        people[person] = values
    _seat_awards(homes, seats, moment)
    back_to = {number: _back_to(home, on) for number, home in homes.items()}
    of_people = {person: back_to[home.household] for person, (home, _seat) in seats.items()}
    _fill(people, book.facts.person, "people_personfact", "person_id", of_people, moment)
    places = {number: home.family.household for number, home in homes.items()}
    _fill(places, book.facts.household, "people_householdfact", "household_id", back_to, moment)
    for values in people.values():
        families.derive(book.facts, book.city, values)
    return list(homes.values())


def household_of(person: int, on: date, known_at: datetime) -> int | None:
    """The household that a person lived in on a day, as known at a moment."""
    return households_of([person], on, known_at).get(person)


def households_of(persons: Sequence[int], on: date, known_at: datetime) -> dict[int, int]:
    """Where these persons lived on a day, as known at a moment: person -> household."""
    query = f"""SELECT m.person_id, m.household_id FROM people_membership m
      WHERE m.person_id = ANY(%(ids)s::bigint[]) AND {KNOWN.format("m")} AND {IN_FORCE.format("m")}
      AND {NOT_MERGED_AWAY.format("m")}"""
    return dict(_rows(query, ids=list(persons), on=on, known_at=known_at))


def fingerprint(frozen: Frozen, facts: Facts) -> int:
    """63 bits of the SHA-256 of a family's canonical text."""
    return int.from_bytes(sha256(canonical(frozen.family, facts).encode()).digest()[:8]) >> 1


def canonical(family: Family, facts: Facts) -> str:
    """A family as text: the names of the facts, its place, its values in their order, what it holds."""
    held = sorted(family.held.items())
    return _names(facts) + repr((family.place, family.household, family.people, held))


@cache
def _names(facts: Facts) -> str:
    return " ".join(facts.names()) + "\n"


def _seat_awards(
    homes: Mapping[int, Frozen],
    seats: Mapping[int, tuple[Frozen, int]],
    moment: Mapping[str, Any],
) -> None:
    """Give each household its awards in force and those of its members."""
    found: list[tuple[Any, ...]] = []
    for unit, ids in (("a.household_id", list(homes)), ("a.person_id", list(seats))):
        found += _rows(AWARDS.format(unit=unit), ids=ids, **moment)
    awards = corrected([Granted(*row[3:]) for row in found], moment["last_known_at"])
    for (household, person, benefit, *_rest), award in zip(found, awards, strict=True):
        home, seat = (homes[household], HOUSEHOLD) if person is None else seats[person]
        home.awards[benefit, seat] = award
        home.family.held[benefit, seat] = days.number(award.assessed_on)


def corrected(awards: list[Granted], last_known_at: datetime) -> list[Granted]:
    """The awards as they are; one that only corrects an older row of its number is not fresh."""
    fresh = [award.number for award in awards if award.fresh]
    if not fresh or last_known_at == LONG_AGO:
        return awards
    older = {number for (number,) in _rows(OLDER, numbers=fresh, last_known_at=last_known_at)}
    return [award._replace(fresh=award.fresh and award.number not in older) for award in awards]


def _back_to(home: Frozen, on: date) -> int:
    """The number of the earliest month that a rule may look back to, for this household.

    Its own, not its batch's: alone or among others, a household reads the same.
    """
    assessed = min(home.family.held.values(), default=days.number(on))
    return min(assessed, days.number(on)) - LOOK_BACK


def _fill(
    rows: Mapping[int, list[Value]],
    declared: tuple[Fact, ...],
    table: str,
    unit: str,
    back_to: Mapping[int, int],
    moment: Mapping[str, Any],
) -> None:
    """Write the recorded facts into the rows of values."""
    known = {fact.name: fact for fact in declared}
    shared = {"ids": list(rows), "kinds": [f.name for f in declared if f.by_month], **moment}
    seen: set[tuple[int, int]] = set()
    put = _putters(declared)
    for number, kind, *columns in _rows(SETTLED.format(table=table, unit=unit), **shared):
        if kind in put:
            position, column, read_one = put[kind]
            value = columns[column]
            if value is not None and read_one is not None:
                value = read_one(value)
            row = rows[number]
            if (number, position) in seen:  # the same kind under another key
                value = _together(row[position], value)
            seen.add((number, position))
            row[position] = value
    series: dict[tuple[int, int], list[Span]] = {}
    query = MONTHLY.format(table=table, unit=unit)
    earliest = days.of_number(min(back_to.values(), default=OPEN_END - 1))
    for number, kind, value, since, until in _rows(query, back_to=earliest, **shared):
        end = OPEN_END if until is None else until
        if end > back_to[number]:
            series.setdefault((number, known[kind].position), []).append((since, end, value))
    for (number, position), spans in series.items():
        rows[number][position] = tuple(spans) if apart(spans) else added(spans)


@cache
def _putters(
    declared: tuple[Fact, ...],
) -> dict[str, tuple[int, int, Callable[[Any], Value] | None]]:
    """Fact -> its position, its column among number, word and day, and how that is read."""
    columns = {"choice": 1, "place": 1, "day": 2}
    return {
        f.name: (f.position, columns.get(f.type, 0), bool if f.type == "yes_no" else None)
        for f in declared
        if not f.by_month
    }


def _together(one: Value, other: Value) -> Value:
    """Two rows of one kind under different keys: amounts add up, one unknown makes all unknown."""
    if one is None or other is None:
        return None
    if isinstance(one, bool) or not isinstance(one, int) or not isinstance(other, int):
        return other
    return one + other


def apart(spans: Sequence[Span]) -> bool:
    """Whether spans, ordered by their beginnings, do not overlap."""
    return all(a[1] <= b[0] for a, b in pairwise(spans))


def added(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Overlapping spans (two employers) as spans that do not overlap and hold their sums."""
    ends = sorted({end for span in spans for end in span[:2]})
    merged = []
    for first, end in pairwise(ends):
        values = [value for since, until, value in spans if since <= first and end <= until]
        if values:
            merged.append((first, end, None if None in values else sum(v or 0 for v in values)))
    return tuple(merged)


def _position(facts: Facts, name: str) -> int:
    found = facts.find(name)
    assert found is not None  # every book declares birth dates and sexes
    return found.position


def _rows(query: str, **values: Any) -> list[tuple[Any, ...]]:
    return bulk.rows(query, values)
