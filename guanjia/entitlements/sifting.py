"""Everybody at once: the city's reading decides all, and says whom a run must look at one by one.

Looked at are households with somebody who is entitled to something that pays, or may be; those
with an award; those of whom something was determined before that has not ended. Of all others the
result says why not, and no row is written.
"""

from django.utils.translation import gettext as _

from guanjia.entitlements import export, queries, results
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.models import Run
from guanjia.entitlements.snapshot import IN_FORCE, KNOWN
from guanjia.entitlements.weighing import ENDED
from guanjia.kit import bulk, scope
from guanjia.people.models import Household
from guanjia.policy.city import deciding
from guanjia.policy.city.laying import TooLarge
from guanjia.policy.family import MOST_MEMBERS

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


def sift(run: Run) -> None:
    """Decide the whole place of a run, and keep whom to look at. Done already, it is left as it is.

    Raises RunError for a household that no rule can read.
    """
    if results.is_sifted(run.pk):
        return
    book = queries.book_of(run.revision_id)
    facts, folder = results.facts_of(run.pk), results.folder_of(run.pk)
    try:
        laid = export.write(book, run.place_id, run.month, run.known_at, facts)
    except TooLarge as problem:
        number = Household.objects.values_list("number", flat=True).get(pk=problem.household)
        raise RunError(
            _(
                "户 %(number)s 有 %(size)d 人，一户最多 %(most)d 人，没有核算。"
                "请先把这户分开，再取消这一批，重新核算。"
            )
            % {"number": number, "size": problem.size, "most": MOST_MEMBERS}
        ) from None
    decided = deciding.decide(book, run.month, laid, folder)
    (facts / export.SEATS).replace(folder / export.SEATS)
    households = {*deciding.concerned(decided), *_known(run)}
    results.write_looked_at(run.pk, sorted(households))
    results.drop_facts(run.pk)


def _known(run: Run) -> set[int]:
    """Households of the place with an award, or with something determined that has not ended."""
    lo, hi = scope.place_range(run.place_id)
    values = {"on": run.month, "known_at": run.known_at, "lo": lo, "hi": hi, "ended": list(ENDED)}
    values["not_runs"] = [*queries.ended_runs(), run.pk]
    values["ids"] = [k for (k,) in (*bulk.rows(HELD, values), *bulk.rows(STANDING, values))]
    return {household for (household,) in bulk.rows(WITHIN, values)}
