"""Everybody at once: the city's reading decides all, and says whom a run must look at one by one.

Looked at are households with somebody who is entitled to something that pays, or may be; those
with an award; those of whom something was determined before that has not ended. Of all others the
result says why not, and no row is written.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import results
from guanjia.entitlements.families import export
from guanjia.entitlements.families.snapshot import IN_FORCE, KNOWN
from guanjia.entitlements.families.weighing import ENDED
from guanjia.entitlements.models import Run
from guanjia.kit import bulk, scope
from guanjia.policy.city import deciding
from guanjia.policy.city.layout import Told

LIVED = f"""
JOIN people_membership m ON m.person_id = {{0}}.person_id
  AND {KNOWN.format("m")} AND {IN_FORCE.format("m")}
"""
HELD = f"""
SELECT a.household_id FROM entitlements_award a
WHERE a.household_id IS NOT NULL AND {KNOWN.format("a")} AND {IN_FORCE.format("a")}
UNION SELECT m.household_id FROM entitlements_award a {LIVED.format("a")}
WHERE {KNOWN.format("a")} AND {IN_FORCE.format("a")}
"""
STANDING = f"""
WITH last AS (
  SELECT DISTINCT ON (d.benefit, d.person_id, d.household_id) d.person_id, d.household_id, d.what
  FROM entitlements_determination d
  WHERE d.since <= %(on)s::date AND NOT d.run_id = ANY(%(not_runs)s::bigint[])
  ORDER BY d.benefit, d.person_id, d.household_id, d.since DESC, d.id DESC
)
SELECT l.household_id FROM last l WHERE l.household_id IS NOT NULL AND NOT l.what = ANY(%(ended)s::text[])
UNION SELECT m.household_id FROM last l {LIVED.format("l")} WHERE NOT l.what = ANY(%(ended)s::text[])
"""
WITHIN = """
SELECT id FROM people_household WHERE id = ANY(%(ids)s::bigint[])
  AND place >= %(lo)s::text AND place < %(hi)s::text AND recorded_at <= %(known_at)s::timestamptz
"""


def sift(
    run: Run,
    told: Told = lambda _done, _total: None,
    eyes: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> None:
    """Decide the whole place of a run, and keep whom to look at. Done already, it is left as it is.

    `told` hears how many of how many households are decided, and may raise to stop. Reads under
    `eyes`, or in the scope at hand; between the reads nothing is held, so that a run can be
    cancelled meanwhile. Raises RunError for a household that no rule can read.
    """
    if results.is_sifted(run):
        return
    with results.workshop(run.pk) as made:
        facts, result = made / "facts", made / "result"
        with eyes():
            book = queries.book_of(run.revision_id)
            laid = export.write(book, run.place_id, run.month, run.known_at, facts)
        decided = deciding.decide(book, run.month, laid, result, told)
        (facts / export.SEATS).replace(result / export.SEATS)
        with eyes():
            households = {*deciding.concerned(decided), *_known(run)}
        results.keep(run, result, sorted(households))


def _known(run: Run) -> set[int]:
    """Households of the place with an award, or with something determined that has not ended."""
    lo, hi = scope.place_range(run.place_id)
    values = {"on": run.month, "known_at": run.known_at, "lo": lo, "hi": hi, "ended": list(ENDED)}
    values["not_runs"] = [*queries.ended_runs(), run.pk]
    values["ids"] = [k for (k,) in (*bulk.rows(HELD, values), *bulk.rows(STANDING, values))]
    return {household for (household,) in bulk.rows(WITHIN, values)}
