"""Row security of imports; an import keeps what was handed in and moves only as it may."""

from django.db import migrations

from guanjia.kit.rows import append_only, in_places, revoke, row_security

PARTS = ("sheet", "problem", "write", "change")

# State to the states that may follow it. Nothing follows an import that was undone.
MOVES = """
CREATE FUNCTION interop_import_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['state','holds_awards','done','total','began_at','checked_at',
       'applied_by_id','applied_at','ended_by_id','ended_at','forgotten_at','trouble']
     <> to_jsonb(OLD) - ARRAY['state','holds_awards','done','total','began_at','checked_at',
       'applied_by_id','applied_at','ended_by_id','ended_at','forgotten_at','trouble'] THEN
    RAISE EXCEPTION 'an import keeps what was handed in'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT NEW.state = ANY (CASE OLD.state
      WHEN 'asked' THEN ARRAY['checking', 'cancelled', 'failed']
      WHEN 'checking' THEN ARRAY['checked', 'cancelled', 'failed']
      WHEN 'checked' THEN ARRAY['applying', 'cancelled']
      WHEN 'applying' THEN ARRAY['applied', 'cancelled', 'failed']
      WHEN 'applied' THEN ARRAY['undoing']
      WHEN 'undoing' THEN ARRAY['undone', 'applied']
      WHEN 'cancelled' THEN ARRAY['applying', 'undoing']
      WHEN 'failed' THEN ARRAY['applying', 'undoing']
      ELSE ARRAY[]::text[] END) THEN
    RAISE EXCEPTION 'an import does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER interop_import_moves BEFORE UPDATE ON interop_import FOR EACH ROW
  EXECUTE FUNCTION interop_import_moves();
"""
DROP_MOVES = """
DROP TRIGGER interop_import_moves ON interop_import;
DROP FUNCTION interop_import_moves();
"""


def of_an_import(table: str) -> str:
    """Its import stands in the scope's places."""
    return f"EXISTS (SELECT FROM interop_import i WHERE i.id = {table}.of_id)"


class Migration(migrations.Migration):
    dependencies = [("interop", "0001_initial")]

    operations = [
        row_security("interop_import", in_places()),
        row_security("interop_personnumber", in_places()),
        *[
            row_security(f"interop_import{part}", of_an_import(f"interop_import{part}"))
            for part in PARTS
        ],
        revoke("DELETE", "interop_import"),
        append_only("interop_importwrite"),
        append_only("interop_importchange"),
        migrations.RunSQL(MOVES, DROP_MOVES),
    ]
