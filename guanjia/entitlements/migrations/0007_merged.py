"""A person whose file was merged into another holds no award: neither before the merge nor after."""

from django.db import migrations

GUARD = """
CREATE FUNCTION entitlements_merge_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'approved' AND EXISTS (SELECT FROM entitlements_award a
      WHERE a.person_id = NEW.gone_id AND a.superseded_at IS NULL
        AND (a.until IS NULL OR a.until > (NEW.decided_at AT TIME ZONE 'Asia/Shanghai')::date)) THEN
    RAISE EXCEPTION 'merge %: the file that goes still holds an award', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER people_merge_is_settled AFTER INSERT OR UPDATE ON people_merge
  FOR EACH ROW EXECUTE FUNCTION entitlements_merge_is_settled();
CREATE FUNCTION entitlements_award_of_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh a JOIN people_merge m ON m.gone_id = a.person_id
      WHERE m.state = 'approved' AND a.superseded_at IS NULL
        AND (a.until IS NULL OR a.until > (m.decided_at AT TIME ZONE 'Asia/Shanghai')::date)) THEN
    RAISE EXCEPTION 'a person whose file was merged into another is granted nothing'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entitlements_award_of_kept AFTER INSERT ON entitlements_award
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION entitlements_award_of_kept();
"""
NO_GUARD = """
DROP TRIGGER entitlements_award_of_kept ON entitlements_award;
DROP FUNCTION entitlements_award_of_kept();
DROP TRIGGER people_merge_is_settled ON people_merge;
DROP FUNCTION entitlements_merge_is_settled();
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0006_after_gate"), ("people", "0005_desk_gate")]

    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
