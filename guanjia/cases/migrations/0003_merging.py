"""What a merger promises: one leading case, at the same desk, by a move with its reason, before any answer.

`leads` and `joins` are made by the database: a foreign key over both refuses chains, whoever merges
at the same time and whatever they can see.
"""

from django.db import migrations

MERGE = """
ALTER TABLE cases_case
  ADD COLUMN leads boolean GENERATED ALWAYS AS (merged_into_id IS NULL) STORED,
  ADD COLUMN joins boolean
    GENERATED ALWAYS AS (CASE WHEN merged_into_id IS NOT NULL THEN true END) STORED;
ALTER TABLE cases_case ADD CONSTRAINT cases_case_leads UNIQUE (id, leads);
ALTER TABLE cases_case ADD CONSTRAINT a_case_joins_one_that_leads
  FOREIGN KEY (merged_into_id, joins) REFERENCES cases_case (id, leads);
CREATE FUNCTION cases_merge() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  by_verb text := CASE WHEN NEW.merged_into_id IS NULL THEN 'split' ELSE 'merge' END;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.merged_into_id IS NOT NULL THEN
      PERFORM cases_refuse('a_case_opens_unmerged');
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.merged_into_id IS NOT DISTINCT FROM OLD.merged_into_id
     OR (NEW.merged_into_id IS NULL AND NEW.round = OLD.round + 1) THEN
    RETURN NEW;
  END IF;
  IF NEW.merged_into_id IS NOT NULL AND OLD.merged_into_id IS NOT NULL THEN
    PERFORM cases_refuse('a_case_is_split_before_it_is_merged_anew');
  END IF;
  IF NEW.answered_at IS NOT NULL OR OLD.answered_at IS NOT NULL THEN
    PERFORM cases_refuse('an_answered_case_is_neither_merged_nor_split');
  END IF;
  IF current_setting('guanjia.kind', true) NOT IN ('staff', 'job')
     OR NOT EXISTS (SELECT FROM cases_event e WHERE e.case_id = NEW.id AND e.step = NEW.step
       AND e.verb = by_verb AND e.by_id IS NOT NULL AND e.note ~ '\\S') THEN
    PERFORM cases_refuse('a_case_is_merged_and_split_by_a_move_with_its_reason');
  END IF;
  IF by_verb = 'merge' THEN
    PERFORM FROM cases_case c WHERE c.id = NEW.merged_into_id AND c.kind = NEW.kind
      AND c.desk = NEW.desk AND c.answered_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      PERFORM cases_refuse('a_case_joins_an_open_one_of_its_desk');
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cases_merge BEFORE INSERT OR UPDATE ON cases_case
  FOR EACH ROW EXECUTE FUNCTION cases_merge();
"""
UNMERGE = """
DROP TRIGGER cases_merge ON cases_case;
DROP FUNCTION cases_merge();
ALTER TABLE cases_case DROP CONSTRAINT a_case_joins_one_that_leads;
ALTER TABLE cases_case DROP CONSTRAINT cases_case_leads;
ALTER TABLE cases_case DROP COLUMN joins, DROP COLUMN leads;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_gate")]

    operations = [migrations.RunSQL(MERGE, UNMERGE)]
