"""Row security of what-ifs and proposals; what was asked stays as asked, what ended stays ended."""

from django.db import migrations

from guanjia.kit.rows import OFFICE, append_only, in_places, revoke, row_security

# Its arguments: the columns that may change, and the states in which they still may.
KEEPS = """
CREATE FUNCTION entitlements_keeps_what_was_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT OLD.state = ANY(string_to_array(TG_ARGV[1], ',')) THEN
    RAISE EXCEPTION '% has ended as %', TG_TABLE_NAME, OLD.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF to_jsonb(NEW) - string_to_array(TG_ARGV[0], ',') <> to_jsonb(OLD) - string_to_array(TG_ARGV[0], ',') THEN
    RAISE EXCEPTION '% keeps what was asked', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entitlements_whatif_keeps BEFORE UPDATE ON entitlements_whatif FOR EACH ROW
  EXECUTE FUNCTION entitlements_keeps_what_was_asked('state,done,ended_by_id,ended_at,trouble', 'asked,working');
CREATE TRIGGER entitlements_proposal_keeps BEFORE UPDATE ON entitlements_proposal FOR EACH ROW
  EXECUTE FUNCTION entitlements_keeps_what_was_asked('state,decided_by_id,decided_at,note', 'proposed');
"""
DROP_KEEPS = """
DROP TRIGGER entitlements_proposal_keeps ON entitlements_proposal;
DROP TRIGGER entitlements_whatif_keeps ON entitlements_whatif;
DROP FUNCTION entitlements_keeps_what_was_asked();
"""

WITHIN = """
CREATE FUNCTION entitlements_within_what_if() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  bad bigint;
BEGIN
  SELECT f.id INTO bad FROM fresh f WHERE NOT EXISTS (SELECT FROM entitlements_whatif w
    WHERE w.id = f.what_if_id AND w.state IN ('asked', 'working') AND starts_with(f.place, w.place)
      AND f.month = w.since + make_interval(months => w.done)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'figure % is not of the month that its what-if is trying', bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entitlements_whatiffigure_within AFTER INSERT ON entitlements_whatiffigure
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION entitlements_within_what_if();
"""
DROP_WITHIN = """
DROP TRIGGER entitlements_whatiffigure_within ON entitlements_whatiffigure;
DROP FUNCTION entitlements_within_what_if();
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0003_books_initial")]

    operations = [
        # They say nothing of any person: every office reads them, their own place writes them.
        *[
            row_security(f"entitlements_{name}", OFFICE, in_places())
            for name in ("whatif", "proposal")
        ],
        row_security("entitlements_whatiffigure", in_places()),
        *[revoke("DELETE", f"entitlements_{name}") for name in ("whatif", "proposal")],
        append_only("entitlements_whatiffigure"),
        migrations.RunSQL(KEEPS, DROP_KEEPS),
        migrations.RunSQL(WITHIN, DROP_WITHIN),
    ]
