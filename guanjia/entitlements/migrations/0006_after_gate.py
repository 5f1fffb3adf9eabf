"""Row security of what comes after a run; what was answered, sent and found is append-only."""

from django.db import migrations

from guanjia.kit.rows import append_only, in_places, revoke, row_security

TABLES = ("sending", "hold", "bankreturn", "bankanswer", "accountchange", "overpayment")

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


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0005_after_initial"), ("ledger", "0003_returns")]

    operations = [
        *[row_security(f"entitlements_{name}", in_places()) for name in TABLES],
        row_security("entitlements_overpaymentstep", in_places()),
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
    ]
