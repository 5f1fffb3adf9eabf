"""Row security of what follows an answer; nothing is shown without leave, and leave can be taken back."""

from django.db import migrations

from guanjia.kit.rows import KIND, OFFICE, append_only, revoke, row_security

SEES = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"
TABLES = ("consent", "boardcase", "call")
# As over all rooms of cases: who runs the system or is paid by it reads none of it at his post.
DESK = """
CREATE POLICY desk ON {table} AS RESTRICTIVE USING
  (coalesce((SELECT current_setting('guanjia.role', true)), '') NOT IN ('administrator', 'provider'));
"""
KEEP = """
CREATE FUNCTION concerns_only_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL OR to_jsonb(NEW) - 'withdrawn_at' <> to_jsonb(OLD) - 'withdrawn_at' THEN
    PERFORM cases_refuse('what_was_shown_is_only_withdrawn');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION concerns_shown_with_leave() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM concerns_consent s
      WHERE s.case_id = NEW.case_id AND s.withdrawn_at IS NULL) THEN
    PERFORM cases_refuse('nothing_is_shown_without_leave');
  END IF;
  IF NOT EXISTS (SELECT FROM cases_case c WHERE c.id = NEW.case_id AND c.answered_at IS NOT NULL
      AND starts_with(c.place, NEW.place)) THEN
    PERFORM cases_refuse('only_what_was_answered_is_shown');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION concerns_leave_taken_back() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE concerns_boardcase b SET withdrawn_at = NEW.withdrawn_at
    WHERE b.case_id = NEW.case_id AND b.withdrawn_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER concerns_consent_keeps BEFORE UPDATE ON concerns_consent
  FOR EACH ROW EXECUTE FUNCTION concerns_only_withdrawn();
CREATE TRIGGER concerns_boardcase_keeps BEFORE UPDATE ON concerns_boardcase
  FOR EACH ROW EXECUTE FUNCTION concerns_only_withdrawn();
CREATE TRIGGER concerns_boardcase_leave BEFORE INSERT ON concerns_boardcase
  FOR EACH ROW EXECUTE FUNCTION concerns_shown_with_leave();
CREATE TRIGGER concerns_consent_back AFTER UPDATE ON concerns_consent
  FOR EACH ROW EXECUTE FUNCTION concerns_leave_taken_back();
"""
UNKEEP = """
DROP TRIGGER concerns_consent_back ON concerns_consent;
DROP TRIGGER concerns_boardcase_leave ON concerns_boardcase;
DROP TRIGGER concerns_boardcase_keeps ON concerns_boardcase;
DROP TRIGGER concerns_consent_keeps ON concerns_consent;
DROP FUNCTION concerns_leave_taken_back();
DROP FUNCTION concerns_shown_with_leave();
DROP FUNCTION concerns_only_withdrawn();
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0012_public_initial"), ("interop", "0003_desks")]

    operations = [
        row_security("concerns_consent", SEES),
        row_security(
            "concerns_boardcase",
            f"({KIND} = 'public' AND withdrawn_at IS NULL) OR ({KIND} <> 'public' AND {SEES})",
            f"{KIND} <> 'public' AND {SEES}",
        ),
        row_security("concerns_call", f"{OFFICE} AND {SEES}"),
        *[
            migrations.RunSQL(
                DESK.format(table=f"concerns_{name}"), f"DROP POLICY desk ON concerns_{name};"
            )
            for name in TABLES
        ],
        migrations.RunSQL(KEEP, UNKEEP),
        append_only("concerns_call"),
        revoke("DELETE", "concerns_consent"),
        revoke("DELETE", "concerns_boardcase"),
    ]
