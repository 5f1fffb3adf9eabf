"""Row security of the read log; nobody changes it; the database itself says when and limits reveals."""

from django.db import migrations

from guanjia.kit.rows import JOB, KIND, append_only, in_places, row_security

ROLE = "(SELECT current_setting('guanjia.role', true))"
POST = "(SELECT nullif(current_setting('guanjia.post', true), '')::bigint)"
READ, BATCH = "staff_read", "staff_readbatch"
# Whoever sees the person sees who looked at her; row security of people decides that.
SEEN = (
    f"{KIND} = 'staff' AND {READ}.person IS NOT NULL "
    f"AND EXISTS (SELECT FROM people_person p WHERE p.id = {READ}.person)"
)
STAMP = """
CREATE FUNCTION staff_reveals_an_hour() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 20';
CREATE FUNCTION staff_stamp_read() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.at := clock_timestamp();
  NEW.xid := pg_current_xact_id()::text::bigint;
  NEW.cluster := (SELECT system_identifier FROM pg_control_system());
  IF NEW.kind = 'reveal' THEN
    PERFORM pg_advisory_xact_lock(hashtext('staff_read reveal'), NEW.post_id::int);
    IF (SELECT count(*) FROM staff_read r WHERE r.kind = 'reveal' AND r.post_id = NEW.post_id
        AND r.at > NEW.at - interval '1 hour') >= staff_reveals_an_hour() THEN
      RAISE EXCEPTION 'a post reveals so many numbers an hour and no more'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reveals_an_hour';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER staff_read_stamp BEFORE INSERT ON staff_read
  FOR EACH ROW EXECUTE FUNCTION staff_stamp_read();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0004_read_log"), ("people", "0002_gate")]

    operations = [
        row_security(
            READ,
            f"{JOB} OR ({ROLE} = 'auditor' AND {in_places()}) "
            f"OR ({KIND} = 'staff' AND post_id = {POST}) OR ({SEEN})",
            f"{KIND} = 'staff' AND post_id = {POST}",
        ),
        row_security(BATCH, JOB),
        append_only(READ),
        append_only(BATCH),
        migrations.RunSQL(
            STAMP,
            "DROP TRIGGER staff_read_stamp ON staff_read; DROP FUNCTION staff_stamp_read(); "
            "DROP FUNCTION staff_reveals_an_hour();",
        ),
    ]
