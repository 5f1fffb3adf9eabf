"""Who has a document's number, asked so that time does not tell whether somebody out of reach has it.

A row that a post may not see still costs what the policy costs to say so, and one that is found costs
what is read on from it. So the register's eyes always find somebody: the one with the number, or
the next one in the index; and the rest goes its way with whoever it is, or with nobody, by the same steps.
"""

from importlib import import_module

from django.db import migrations

BEFORE: str = import_module("guanjia.people.migrations.0005_desk_gate").REGISTER

AS_REGISTER = """PERFORM set_config('guanjia.kind', 'job', true), set_config('guanjia.lo', '', true),
    set_config('guanjia.hi', '~', true);"""
AS_BEFORE = """PERFORM set_config('guanjia.kind', kind, true), set_config('guanjia.lo', lo, true),
    set_config('guanjia.hi', hi, true);"""
EYES = """kind text := current_setting('guanjia.kind', true);
  lo text := current_setting('guanjia.lo', true);
  hi text := current_setting('guanjia.hi', true);"""

# What a plain question under row security would answer, and no more.
LOOK = f"""
CREATE FUNCTION people_by_document(wanted bytea, kinds text[]) RETURNS SETOF bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  {EYES}
  near people_person;
  known bigint[] := '{{}}';
  of_kind text;
BEGIN
  {AS_REGISTER}
  FOREACH of_kind IN ARRAY kinds LOOP
    SELECT * INTO near FROM people_person p
      WHERE p.document_kind = of_kind AND p.document_index >= wanted
      ORDER BY p.document_index LIMIT 1;
    known := known || CASE WHEN near.document_index = wanted THEN near.id ELSE 0 END;
  END LOOP;
  {AS_BEFORE}
  RETURN QUERY SELECT DISTINCT r.person_id FROM people_reach r WHERE r.person_id = ANY(known);
END $$;
REVOKE ALL ON FUNCTION people_by_document(bytea, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_by_document(bytea, text[]) TO guanjia_app;
"""

FOUND = """  SELECT coalesce(g.kept_id, p.id) INTO known FROM people_person p
    LEFT JOIN people_merge g ON g.gone_id = p.id AND g.state = 'approved'
    WHERE p.document_kind = given_kind AND p.document_index = given_index;
  SELECT r.place INTO desk FROM people_reach r WHERE r.person_id = coalesce(known, 0)
    ORDER BY r.until IS NULL DESC, r.why = 'residence' DESC, r.since DESC, r.id DESC LIMIT 1;
"""
FOUND_ALIKE = """  SELECT * INTO near FROM people_person p
    WHERE p.document_kind = given_kind AND p.document_index >= given_index
    ORDER BY p.document_index LIMIT 1;
  SELECT g.kept_id INTO known FROM people_merge g WHERE g.gone_id = near.id AND g.state = 'approved';
  known := coalesce(known, near.id);
  SELECT r.place INTO desk FROM people_reach r WHERE r.person_id = known
    ORDER BY r.until IS NULL DESC, r.why = 'residence' DESC, r.since DESC, r.id DESC LIMIT 1;
  IF near.document_index IS DISTINCT FROM given_index OR given_index IS NULL THEN
    known := NULL;
    desk := NULL;
  END IF;
"""
AGAIN = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
assert FOUND in AGAIN, "what this migration changes"
ALIKE = AGAIN.replace(FOUND, FOUND_ALIKE).replace(
    "  known bigint;", "  near people_person;\n  known bigint;"
)


class Migration(migrations.Migration):
    dependencies = [("people", "0008_split_gate")]

    operations = [
        migrations.RunSQL(LOOK, "DROP FUNCTION people_by_document(bytea, text[]);"),
        migrations.RunSQL(ALIKE, AGAIN),
    ]
