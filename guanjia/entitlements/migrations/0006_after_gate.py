"""Row security of what comes after a run; what was answered, sent and found is append-only."""

from django.db import migrations

from guanjia.kit.rows import OFFICE, append_only, in_places, revoke, row_security

TABLES = ("hold", "bankreturn", "bankanswer", "accountchange", "overpayment")

# A run whose file was sent, or whose payment is not posted, has nothing to hold.
HOLDS = """
CREATE FUNCTION entitlements_hold_stands() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = NEW.entry_id AND e.run_id = NEW.run_id
      AND e.place = NEW.place AND e.kind IN ('payment', 'repayment')) THEN
    RAISE EXCEPTION 'a hold stands on a payment of its run and place'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('entitlements/sending'), NEW.run_id::int);
  IF EXISTS (SELECT FROM entitlements_sending s WHERE s.run_id = NEW.run_id) THEN
    RAISE EXCEPTION 'what was sent is not held any more'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entitlements_hold_stands BEFORE INSERT ON entitlements_hold
  FOR EACH ROW EXECUTE FUNCTION entitlements_hold_stands();
CREATE FUNCTION entitlements_sending_stands() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('entitlements/sending'), NEW.run_id::int);
  IF EXISTS (SELECT FROM entitlements_hold h WHERE h.run_id = NEW.run_id AND h.state = 'held') THEN
    RAISE EXCEPTION 'nothing is sent while a payment is held'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entitlements_sending_stands BEFORE INSERT ON entitlements_sending
  FOR EACH ROW EXECUTE FUNCTION entitlements_sending_stands();
"""

# A sending and a return are of a file of their run, and nothing comes back that was not sent.
FILES = """
CREATE FUNCTION entitlements_of_a_file() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM entitlements_bankfile f WHERE f.id = NEW.file_id
      AND f.run_id = NEW.run_id AND f.place = NEW.place) THEN
    RAISE EXCEPTION 'what is sent and what comes back is a file of its run and place'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_TABLE_NAME = 'entitlements_bankreturn' AND NOT EXISTS (
      SELECT FROM entitlements_sending s WHERE s.run_id = NEW.run_id) THEN
    RAISE EXCEPTION 'nothing comes back that was not sent'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entitlements_sending_of_a_file BEFORE INSERT ON entitlements_sending
  FOR EACH ROW EXECUTE FUNCTION entitlements_of_a_file();
CREATE TRIGGER entitlements_bankreturn_of_a_file BEFORE INSERT ON entitlements_bankreturn
  FOR EACH ROW EXECUTE FUNCTION entitlements_of_a_file();
"""
NO_FILES = """
DROP TRIGGER entitlements_bankreturn_of_a_file ON entitlements_bankreturn;
DROP TRIGGER entitlements_sending_of_a_file ON entitlements_sending;
DROP FUNCTION entitlements_of_a_file();
"""

# What two people decided stays decided, and what was asked stays as asked.
DECIDED = """
CREATE TRIGGER entitlements_hold_keeps BEFORE UPDATE ON entitlements_hold FOR EACH ROW
  EXECUTE FUNCTION entitlements_keeps_what_was_asked('state,decided_by_id,decided_at', 'held');
CREATE FUNCTION entitlements_account_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may text[] := ARRAY['agreed', 'approved_by_id', 'approved_at'];
BEGIN
  IF OLD.agreed IS NOT NULL OR to_jsonb(NEW) - may <> to_jsonb(OLD) - may THEN
    RAISE EXCEPTION 'an account change is decided once, and keeps what was asked'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entitlements_accountchange_keeps BEFORE UPDATE ON entitlements_accountchange
  FOR EACH ROW EXECUTE FUNCTION entitlements_account_keeps();
"""
NO_DECIDED = """
DROP TRIGGER entitlements_accountchange_keeps ON entitlements_accountchange;
DROP FUNCTION entitlements_account_keeps();
DROP TRIGGER entitlements_hold_keeps ON entitlements_hold;
"""

# The second person answers what the first one asked, and nothing comes after the end.
STEPS = """
CREATE FUNCTION entitlements_step_follows() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  last entitlements_overpaymentstep;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('entitlements/overpayment'), NEW.overpayment_id::int);
  SELECT * INTO last FROM entitlements_overpaymentstep s
    WHERE s.overpayment_id = NEW.overpayment_id ORDER BY s.id DESC LIMIT 1;
  IF NOT EXISTS (SELECT FROM entitlements_overpayment o
      WHERE o.id = NEW.overpayment_id AND o.place = NEW.place)
    OR coalesce(last.step, '') IN ('agreed', 'overtaken')
    OR (NEW.step = 'asked' AND last.step = 'asked')
    OR (NEW.step IN ('agreed', 'declined') AND (last.step, last.outcome, last.asked_by_id)
      IS DISTINCT FROM ('asked', NEW.outcome, NEW.asked_by_id)) THEN
    RAISE EXCEPTION 'a step about an overpayment answers the one before'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entitlements_overpaymentstep_follows BEFORE INSERT ON entitlements_overpaymentstep
  FOR EACH ROW EXECUTE FUNCTION entitlements_step_follows();
"""
NO_STEPS = """
DROP TRIGGER entitlements_overpaymentstep_follows ON entitlements_overpaymentstep;
DROP FUNCTION entitlements_step_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0005_after_initial"), ("ledger", "0003_returns")]

    operations = [
        *[row_security(f"entitlements_{name}", in_places()) for name in TABLES],
        row_security("entitlements_overpaymentstep", in_places()),
        # That a run was sent says nothing of any person: a town holds nothing after the city sent.
        row_security("entitlements_sending", OFFICE, in_places()),
        *[
            append_only(f"entitlements_{name}")
            for name in ("sending", "bankreturn", "bankanswer", "overpayment", "overpaymentstep")
        ],
        revoke("DELETE", "entitlements_hold"),
        revoke("DELETE", "entitlements_accountchange"),
        migrations.RunSQL(
            HOLDS,
            """
            DROP TRIGGER entitlements_sending_stands ON entitlements_sending;
            DROP FUNCTION entitlements_sending_stands();
            DROP TRIGGER entitlements_hold_stands ON entitlements_hold;
            DROP FUNCTION entitlements_hold_stands();
            """,
        ),
        migrations.RunSQL(FILES, NO_FILES),
        migrations.RunSQL(DECIDED, NO_DECIDED),
        migrations.RunSQL(STEPS, NO_STEPS),
    ]
