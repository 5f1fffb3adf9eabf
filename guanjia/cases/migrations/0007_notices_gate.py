"""What was to be told stays as it was; what was sent, read or given up is not undone, and no try is forgotten."""

from django.db import migrations

KEEP = """
CREATE FUNCTION cases_notice_keep() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.event_id, NEW.case_id, NEW.addressee, NEW.way, NEW.desk)
     IS DISTINCT FROM (OLD.event_id, OLD.case_id, OLD.addressee, OLD.way, OLD.desk)
     OR (OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at)
     OR (OLD.read_at IS NOT NULL AND NEW.read_at IS DISTINCT FROM OLD.read_at)
     OR (OLD.given_up_at IS NOT NULL AND NEW.given_up_at IS DISTINCT FROM OLD.given_up_at)
     OR NEW.tries NOT BETWEEN OLD.tries AND OLD.tries + 1 THEN
    PERFORM cases_refuse('what_was_told_is_not_untold');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cases_notice_keep BEFORE UPDATE ON cases_notice
  FOR EACH ROW EXECUTE FUNCTION cases_notice_keep();
"""
UNKEEP = """
DROP TRIGGER cases_notice_keep ON cases_notice;
DROP FUNCTION cases_notice_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_notices_initial")]

    operations = [migrations.RunSQL(KEEP, UNKEEP)]
