"""Row security of the ledger, and the trigger that alone changes balances."""

from django.db import migrations

from guanjia.kit.rows import append_only, in_places, revoke, row_security

# One statement, one pass: a trigger per row takes ninety times as long on a busy budget.
MOVE = """
CREATE FUNCTION ledger_move() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  named bigint;
  moved bigint;
  placed bigint;
BEGIN
  PERFORM 1 FROM ledger_account
    WHERE id IN (SELECT source_id FROM fresh UNION SELECT target_id FROM fresh)
    ORDER BY id FOR UPDATE;
  GET DIAGNOSTICS named = ROW_COUNT;
  SELECT count(*) INTO moved
    FROM (SELECT source_id FROM fresh UNION SELECT target_id FROM fresh) AS accounts;
  IF named <> moved THEN
    RAISE EXCEPTION 'a transfer names an account outside this scope'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT count(*) INTO placed
    FROM fresh t JOIN ledger_entry e ON e.id = t.entry_id AND e.place = t.place;
  IF placed <> (SELECT count(*) FROM fresh) THEN
    RAISE EXCEPTION 'a transfer stands where its entry stands'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE ledger_account a SET balance = a.balance + d.fen
    FROM (
      SELECT account, sum(fen)::bigint AS fen FROM (
        SELECT source_id AS account, -fen AS fen FROM fresh
        UNION ALL SELECT target_id, fen FROM fresh
      ) AS sides GROUP BY account
    ) AS d WHERE a.id = d.account;
  RETURN NULL;
END $$;
CREATE FUNCTION ledger_stand() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  bad text;
BEGIN
  -- Asked row by row along primary keys: joined, the planner, which cannot know the scope, may
  -- read whole tables for each row.
  SELECT e.key INTO bad FROM fresh e
    WHERE e.kind = 'payment' AND (
      NOT EXISTS (SELECT FROM entitlements_determination d WHERE d.id = e.determination_id
        AND d.award_id = e.award_id AND d.benefit = e.benefit AND d.since <= e.month
        AND d.place = e.place)
      OR NOT EXISTS (SELECT FROM entitlements_run r WHERE r.id = e.run_id AND r.state = 'approved'
        AND r.prepared_by_id = e.prepared_by_id AND r.approved_by_id = e.approved_by_id))
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'payment % does not stand on an approved run and a determination of its award', bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- The key is no free text: whose, under which award and for which period, or n counts corrections.
  SELECT e.key INTO bad FROM fresh e
    WHERE e.kind = 'payment' AND e.key IS DISTINCT FROM (
      SELECT d.benefit || '/' || coalesce('p' || d.person_id, 'h' || d.household_id) || '/'
        || CASE WHEN a.benefit = d.benefit THEN a.number ELSE 'follows' END || '/'
        || CASE WHEN a.benefit <> d.benefit OR a.cadence = 'month' THEN to_char(e.month, 'YYYY-MM')
          WHEN a.cadence = 'year' THEN to_char(e.month, 'YYYY') ELSE 'once' END
        || '/payment/' || substring(e.key from '/payment/([0-9]{1,4})$')
      FROM entitlements_determination d JOIN entitlements_award a ON a.id = e.award_id
      WHERE d.id = e.determination_id)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'payment % has not the key of its award and its period', bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT e.key INTO bad FROM fresh e
    WHERE e.kind <> 'payment' AND (
      NOT EXISTS (SELECT FROM places_place p WHERE p.code = e.place)
      OR NOT EXISTS (SELECT FROM staff_user u WHERE u.id = e.prepared_by_id)
      OR NOT EXISTS (SELECT FROM staff_user u WHERE u.id = e.approved_by_id))
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % names a place or a person that does not exist', bad
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_payment_stands AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_stand();
CREATE TRIGGER ledger_transfer_moves AFTER INSERT ON ledger_transfer
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_move();
ALTER TABLE ledger_account ADD CONSTRAINT account_path_names_its_place
  CHECK (path ~ '^(treasury|budget|bank)/[0-9]{6,9}(/[a-z_]+)?$' AND split_part(path, '/', 2) = place);
CREATE FUNCTION ledger_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.balance <> 0 THEN
    RAISE EXCEPTION 'an account opens empty: money comes by transfers'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_opens_empty BEFORE INSERT ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_open();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("people", "0002_gate")]

    operations = [
        row_security("ledger_account", in_places()),
        row_security("ledger_entry", in_places()),
        row_security("ledger_transfer", in_places()),
        migrations.RunSQL(
            MOVE,
            """
            ALTER TABLE ledger_account DROP CONSTRAINT account_path_names_its_place;
            DROP TRIGGER ledger_account_opens_empty ON ledger_account;
            DROP FUNCTION ledger_open();
            DROP TRIGGER ledger_payment_stands ON ledger_entry;
            DROP FUNCTION ledger_stand();
            DROP TRIGGER ledger_transfer_moves ON ledger_transfer;
            DROP FUNCTION ledger_move();
            """,
        ),
        append_only("ledger_entry"),
        append_only("ledger_transfer"),
        revoke("UPDATE, DELETE", "ledger_account"),
    ]
