"""Is every published figure what its set comes to, and the set what the cases say? Anyone may ask."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from guanjia.concerns.rates import taking
from guanjia.concerns.tables.rates import RateSum, Taking

# What a round was taken with that the cases no longer say. A deadline that was moved since is told apart.
ROUNDS = f"""
SELECT t.mark, t.case_id, t.round,
  n.case_id IS NULL OR (n.answer_due, n.contact_due, n.visit_due, n.paused)
    IS DISTINCT FROM (t.answer_due, t.contact_due, t.visit_due, t.paused) AS moved
FROM (SELECT * FROM concerns_takenround WHERE taking_id = %(taking)s) t
FULL JOIN ({taking.ROUNDS}) n ON n.case_id = t.case_id AND n.round = t.round
WHERE (t.place, t.answer_due, t.answered_at, t.contact_due, t.contacted_at, t.visit_due, t.solved,
    t.satisfied, t.said_by, t.reopened_at, t.paused, t.pause_id, t.review_id)
  IS DISTINCT FROM (n.place, n.answer_due, n.answered_at, n.contact_due, n.contacted_at, n.visit_due,
    n.solved, n.satisfied, n.said_by, n.reopened_at, n.paused, n.pause_id, n.review_id)
"""
ROWS = f"""
SELECT count(*) FROM (SELECT mark, rate, counts, outside, review FROM concerns_raterow
  WHERE taking_id = %(taking)s) r
FULL JOIN ({taking.ROWS}) n ON n.mark = r.mark AND n.rate = r.rate
WHERE (r.counts, r.outside, r.review) IS DISTINCT FROM (n.counts, n.outside, n.review)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a recount of one taking found: how many sums were looked at, and what differs."""

    taking: Taking
    sums: int
    wrong_sums: tuple[str, ...]
    wrong_rows: int
    wrong_rounds: int
    moved: int

    @property
    def whole(self) -> bool:
        """Whether every figure is what its set comes to, and the set what the cases say."""
        return not (self.wrong_sums or self.wrong_rows or self.wrong_rounds)


def recount() -> Iterator[Found]:
    """Every taking, the oldest first, under a scope of the city's job."""
    for one in Taking.objects.order_by("as_of", "pk"):
        yield of(one)


def of(one: Taking) -> Found:
    """One taking: its sums against its rows, its rows against its rounds, these against the cases."""
    asked = taking.said(one)
    with connection.cursor() as cursor:
        cursor.execute(taking.SUMS, asked)
        again = {(rate, place): (*counts, bytes(digest)) for rate, place, *counts, digest in cursor}
        cursor.execute(ROWS, asked)
        (wrong_rows,) = cursor.fetchone()
        cursor.execute(ROUNDS, asked)
        rounds = cursor.fetchall()
    kept = {
        (s.rate, s.place): (s.counted, s.of, s.unanswered, s.paused, s.unreasonable, bytes(s.hash))
        for s in RateSum.objects.filter(taking=one)
    }
    wrong = [
        f"{rate} {place}"
        for rate, place in sorted({*kept, *again})
        if kept.get((rate, place)) != again.get((rate, place))
    ]
    moved = sum(bool(was_moved) for _mark, _case, _round, was_moved in rounds)
    return Found(one, len(kept), tuple(wrong), wrong_rows, len(rounds) - moved, moved)
