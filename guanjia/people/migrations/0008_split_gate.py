"""Row security of splits, and what they may name: facts of the one file, of both within reach."""

from django.db import migrations

from guanjia.kit.rows import JOB, append_only, row_security
from guanjia.people.reached import only_moves, reached

BOTH = f"{JOB} OR ({reached('people_split.person_id')} AND {reached('people_split.other_id')})"
EITHER = f"{JOB} OR {reached('people_split.person_id')} OR {reached('people_split.other_id')}"
MOVES = "open>approved open>returned open>withdrawn approved>undone"
COLUMNS = "state decided_by_id decided_at note undone_by_id undone_at undone_because"
SEEN = "EXISTS (SELECT FROM people_split s WHERE s.id = people_splitfact.split_id)"

NAMES = """
CREATE FUNCTION people_splits_name() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM people_split s JOIN people_personfact f ON f.person_id = s.person_id
      WHERE s.id = NEW.split_id AND f.id = NEW.fact_id AND s.state = 'open'
        AND f.superseded_at IS NULL AND f.kind <> 'hukou') THEN
    RAISE EXCEPTION 'an open split names facts believed of its person'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_splitfact_names BEFORE INSERT ON people_splitfact
  FOR EACH ROW EXECUTE FUNCTION people_splits_name();
CREATE FUNCTION people_splits_move() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.state = 'approved' AND OLD.state = 'open' AND (
      NOT EXISTS (SELECT FROM people_splitfact l WHERE l.split_id = NEW.id)
      OR EXISTS (SELECT FROM people_splitfact l JOIN people_personfact f ON f.id = l.fact_id
        WHERE l.split_id = NEW.id AND (f.superseded_at IS NULL OR NOT EXISTS (
          SELECT FROM people_personfact t WHERE t.person_id = NEW.other_id AND t.kind = f.kind
            AND t.key = f.key AND t.since = f.since AND t.recorded_at = NEW.decided_at)))) THEN
    RAISE EXCEPTION 'an approved split has moved its facts'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_split_moves BEFORE UPDATE ON people_split
  FOR EACH ROW EXECUTE FUNCTION people_splits_move();
"""
NO_NAMES = """
DROP TRIGGER people_split_moves ON people_split;
DROP FUNCTION people_splits_move();
DROP TRIGGER people_splitfact_names ON people_splitfact;
DROP FUNCTION people_splits_name();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_split")]

    operations = [
        row_security("people_split", EITHER, BOTH),
        only_moves("people_split", MOVES, COLUMNS),
        row_security("people_splitfact", SEEN),
        append_only("people_splitfact"),
        migrations.RunSQL(NAMES, NO_NAMES),
    ]
