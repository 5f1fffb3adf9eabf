"""Row security of entitlements; determinations, revisions and bank files are append-only."""

from django.db import migrations

from guanjia.kit.rows import (
    OFFICE,
    append_only,
    in_places,
    only_superseded,
    revoke,
    row_security,
)

OF_A_PLACE = ("award", "determination", "lead", "runfigure", "bankfile")

# One look for a whole statement: a foreign key per row and column takes a third of a run's time.
STAND = """
CREATE FUNCTION entitlements_stand() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  bad bigint;
BEGIN
  -- Asked row by row along primary keys: joined, the planner, which cannot know the scope, may
  -- read whole tables for each row.
  SELECT d.id INTO bad FROM fresh d
    WHERE (NOT EXISTS (SELECT FROM entitlements_run r WHERE r.id = d.run_id
        AND r.revision_id = d.revision_id AND r.known_at = d.known_at))
      OR (d.award_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM entitlements_award a WHERE a.id = d.award_id AND a.place = d.place
          AND CASE WHEN a.benefit = d.benefit THEN a.person_id IS NOT DISTINCT FROM d.person_id
            AND a.household_id IS NOT DISTINCT FROM d.household_id
          -- What follows another benefit is of the person who holds that, or of a member.
          ELSE d.person_id IS NOT NULL AND (a.person_id = d.person_id OR EXISTS (
            SELECT FROM people_membership m
            WHERE m.person_id = d.person_id AND m.household_id = a.household_id)) END))
      OR (d.award_id IS NULL
        AND NOT EXISTS (SELECT FROM people_person p WHERE p.id = d.person_id)
        AND NOT EXISTS (SELECT FROM people_household h WHERE h.id = d.household_id))
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'determination % does not stand on its run, its award and a unit that exists', bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entitlements_determination_stands AFTER INSERT ON entitlements_determination
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION entitlements_stand();
"""

# An award paid by the year takes up its whole years: nobody is paid twice in one, by two awards.
YEARS = """
ALTER TABLE entitlements_award ADD CONSTRAINT one_yearly_award_a_unit_and_year EXCLUDE USING gist (
  benefit WITH =, (coalesce(person_id, -household_id)) WITH =,
  int4range(extract(year FROM pays_from)::int, CASE WHEN until IS NOT NULL
    THEN greatest(extract(year FROM pays_from)::int, extract(year FROM until - 1)::int + 1) END
  ) WITH &&
) WHERE (superseded_at IS NULL AND cadence = 'year')
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0001_initial"), ("people", "0002_gate")]

    operations = [
        *[row_security(f"entitlements_{name}", in_places()) for name in OF_A_PLACE],
        # A run says nothing of any person: every office reads it, its own place writes it.
        row_security("entitlements_run", OFFICE, in_places()),
        revoke("DELETE", "entitlements_run"),
        migrations.RunSQL(
            STAND,
            """
            DROP TRIGGER entitlements_determination_stands ON entitlements_determination;
            DROP FUNCTION entitlements_stand();
            """,
        ),
        migrations.RunSQL(
            YEARS,
            "ALTER TABLE entitlements_award DROP CONSTRAINT one_yearly_award_a_unit_and_year",
        ),
        append_only("entitlements_revision"),
        append_only("entitlements_determination"),
        append_only("entitlements_bankfile"),
        only_superseded("entitlements_award"),
        revoke("DELETE", "entitlements_lead"),
    ]
