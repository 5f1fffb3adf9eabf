"""Row security of the stored sets; sums that their rows do not come to are refused.

Everybody reads rows and sums that may be named; whose a row is, only whoever has the place. A set
is written by a job of the whole city and is complete once its sums stand.
"""

from django.db import migrations

from guanjia.kit.rows import JOB, KIND, append_only, in_places, row_security

ANYBODY = f"{KIND} IN ('public', 'staff', 'job')"
TABLES = ("taking", "takenround", "raterow", "ratesum")
# As over all rooms of cases: who runs the system or is paid by it reads none of it at his post.
DESK = """
CREATE POLICY desk ON {table} AS RESTRICTIVE USING
  (coalesce((SELECT current_setting('guanjia.role', true)), '') NOT IN ('administrator', 'provider'));
"""
KEEP = """
CREATE FUNCTION concerns_sum_of_rows() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  found record;
BEGIN
  SELECT count(*) FILTER (WHERE r.counts) AS counted, count(*) FILTER (WHERE r.outside = '') AS of,
    count(*) FILTER (WHERE r.outside = 'unanswered') AS unanswered,
    count(*) FILTER (WHERE r.outside = 'paused') AS paused,
    count(*) FILTER (WHERE r.outside = 'unreasonable') AS unreasonable,
    sha256(convert_to(coalesce(string_agg(
      r.mark || ',' || r.counts::int || ',' || r.outside, E'\\n' ORDER BY r.mark), ''), 'UTF8')) AS hash
  INTO found FROM concerns_raterow r
  JOIN concerns_takenround t ON t.taking_id = r.taking_id AND t.mark = r.mark
  WHERE r.taking_id = NEW.taking_id AND r.rate = NEW.rate AND starts_with(t.place, NEW.place);
  IF (NEW.counted, NEW.of, NEW.unanswered, NEW.paused, NEW.unreasonable, NEW.hash)
     IS DISTINCT FROM
     (found.counted, found.of, found.unanswered, found.paused, found.unreasonable, found.hash) THEN
    PERFORM cases_refuse('a_sum_is_what_its_rows_come_to');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION concerns_set_is_complete() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM concerns_ratesum s WHERE s.taking_id IN (SELECT taking_id FROM fresh)) THEN
    PERFORM cases_refuse('a_set_takes_no_row_once_its_sums_stand');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER concerns_sum_of_rows BEFORE INSERT ON concerns_ratesum
  FOR EACH ROW EXECUTE FUNCTION concerns_sum_of_rows();
CREATE TRIGGER concerns_rows_complete AFTER INSERT ON concerns_raterow
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION concerns_set_is_complete();
CREATE TRIGGER concerns_rounds_complete AFTER INSERT ON concerns_takenround
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION concerns_set_is_complete();
"""
UNKEEP = """
DROP TRIGGER concerns_rounds_complete ON concerns_takenround;
DROP TRIGGER concerns_rows_complete ON concerns_raterow;
DROP TRIGGER concerns_sum_of_rows ON concerns_ratesum;
DROP FUNCTION concerns_set_is_complete();
DROP FUNCTION concerns_sum_of_rows();
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0010_rates_initial"), ("interop", "0003_desks")]

    operations = [
        row_security("concerns_taking", ANYBODY, f"{JOB} AND {in_places()}"),
        row_security("concerns_takenround", in_places(), f"{JOB} AND {in_places()}"),
        row_security("concerns_raterow", ANYBODY, f"{JOB} AND {in_places()}"),
        row_security(
            "concerns_ratesum",
            f"{in_places()} OR ({ANYBODY} AND NOT hidden)",
            f"{JOB} AND {in_places()}",
        ),
        *[
            migrations.RunSQL(
                DESK.format(table=f"concerns_{name}"), f"DROP POLICY desk ON concerns_{name};"
            )
            for name in TABLES
        ],
        migrations.RunSQL(KEEP, UNKEEP),
        *[append_only(f"concerns_{name}") for name in TABLES],
    ]
