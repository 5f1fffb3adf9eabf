"""Taking a month: what is known of its rounds, the rows of every rate, and what they come to. The only writer.

Three steps in one transaction, each set-based: rounds are read from the cases as known at a moment;
rows follow from the rounds alone; sums from the rows. A month taken twice at one moment is taken once.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from guanjia.concerns.rules import rates
from guanjia.concerns.tables.rates import RateSum, Taking
from guanjia.kit import days
from guanjia.kit.days import SHANGHAI

CITY, TOWN = 6, 9
SQL = Path(__file__).parent / "sql"
ROUNDS = (SQL / "rounds.sql").read_text(encoding="utf-8")
ROWS = (SQL / "rows.sql").read_text(encoding="utf-8")
SUMS = (SQL / "sums.sql").read_text(encoding="utf-8")
SIZES = f"""
SELECT rate, left(place, {TOWN}), count(*), count(*) FILTER (WHERE outside = '')
FROM ({ROWS}) r GROUP BY 1, 2
"""
WRITE_ROUNDS = f"""
INSERT INTO concerns_takenround (taking_id, mark, place, case_id, round, answer_due, answered_at,
  contact_due, contacted_at, visit_due, solved, satisfied, said_by, reopened_at, paused, pause_id, review_id)
SELECT %(taking)s, row_number() OVER (ORDER BY gen_random_uuid()), r.* FROM ({ROUNDS}) r
"""
WRITE_ROWS = f"""
INSERT INTO concerns_raterow (taking_id, rate, place, mark, counts, outside, review)
SELECT %(taking)s, r.rate, CASE WHEN r.rate || left(r.place, {TOWN}) = ANY(%(unnamed)s)
  THEN %(city)s ELSE left(r.place, {TOWN}) END, r.mark, r.counts, r.outside, r.review
FROM ({ROWS}) r
"""


def month_of(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month in the city, and that of the next."""
    ends = days.add_months(month, 1)
    return datetime.combine(month, time(), SHANGHAI), datetime.combine(ends, time(), SHANGHAI)


@transaction.atomic
def take(city: str, month: date, as_of: datetime) -> Taking:
    """Count a month as known at a moment, under a scope of the city's job."""
    found, fresh = Taking.objects.get_or_create(place_id=city, month=month, as_of=as_of)
    if fresh:
        _write(found)
    return found


def digest(rows: Iterable[tuple[int, bool, str]]) -> str:
    """What a sum's hash says of its rows, given in the order of their marks: mark, counts, outside."""
    lines = (f"{mark},{int(counts)},{outside}" for mark, counts, outside in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def said(taking: Taking) -> dict[str, Any]:
    """What the statements are asked with."""
    begins, ends = month_of(taking.month)
    return {
        "taking": taking.pk,
        "city": taking.place_id,
        "begins": begins,
        "ends": min(ends, taking.as_of),
        "as_of": taking.as_of,
    }


def _write(taking: Taking) -> None:
    asked = said(taking)
    with connection.cursor() as cursor:
        cursor.execute(WRITE_ROUNDS, asked)
        cursor.execute(SIZES, asked)
        sizes: dict[str, dict[str, int]] = {rate: {} for rate in rates.RATES}
        for rate, place, rows, inside in cursor.fetchall():
            sizes[rate][place] = inside or rows
        unnamed = {rate: rates.unnamed(found) for rate, found in sizes.items()}
        codes = [rate + place for rate, places in unnamed.items() for place in places]
        cursor.execute(WRITE_ROWS, asked | {"unnamed": codes})
        cursor.execute(SUMS, asked)
        sums = cursor.fetchall()
    RateSum.objects.bulk_create(
        RateSum(
            taking=taking,
            rate=rate,
            place=place,
            counted=counted,
            of=of,
            unanswered=unanswered,
            paused=paused,
            unreasonable=unreasonable,
            hidden=place in unnamed[rate]
            or (of or unanswered + paused + unreasonable) < rates.FEWEST,
            hash=digest,
        )
        for rate, place, counted, of, unanswered, paused, unreasonable, digest in sums
    )
