"""Row security of the desk's tables, their moves, and the one door by which somebody is registered."""

from django.db import migrations

from guanjia.kit.rows import JOB, KIND, in_places, revoke, row_security
from guanjia.people.reached import housed, moves, only_moves, reached

UNDO = "open>approved open>returned open>withdrawn approved>undone"
DECIDED = "state decided_by_id decided_at note"
UNDONE = "undone_by_id undone_at undone_because"

# A post sees whom it reaches; only what it does through a verb, after its checks, widens that. So
# rows by which a person comes within reach are written by jobs, and by verbs with a job's hand.
WITHOUT_REACH = f"""
ALTER POLICY scope ON people_reach WITH CHECK ({JOB} AND {in_places()});
ALTER POLICY scope ON people_namegram WITH CHECK ({JOB} AND {in_places()});
ALTER POLICY scope ON people_membership WITH CHECK ({JOB} OR {reached("people_membership.person_id")});
CREATE FUNCTION people_documents_by_register() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {KIND} IS DISTINCT FROM 'job' THEN
    RAISE EXCEPTION 'documents are written by the register: a desk registers at people_register'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
-- Before the unique index is asked, or its error would tell that a document exists.
CREATE TRIGGER people_person_by_register BEFORE INSERT ON people_person
  FOR EACH STATEMENT EXECUTE FUNCTION people_documents_by_register();
CREATE TRIGGER people_person_document_by_register
  BEFORE UPDATE OF document_kind, document_index ON people_person
  FOR EACH STATEMENT EXECUTE FUNCTION people_documents_by_register();
"""
BEFORE = f"""
DROP TRIGGER people_person_document_by_register ON people_person;
DROP TRIGGER people_person_by_register ON people_person;
DROP FUNCTION people_documents_by_register();
ALTER POLICY scope ON people_membership WITH CHECK
  ({JOB} OR {housed("people_membership.household_id")} OR {reached("people_membership.person_id")});
ALTER POLICY scope ON people_namegram WITH CHECK ({in_places()});
ALTER POLICY scope ON people_reach WITH CHECK ({in_places()});
"""

GIVEN = """given_kind text, given_sealed bytea, given_mask text, given_index bytea, given_name text,
  given_initials text, given_sex text, given_born_on date, at_place text, given_why text,
  given_by bigint, given_at timestamptz"""
TYPES = "text, bytea, text, bytea, text, text, text, date, text, text, bigint, timestamptz"

# Alike for a document that exists and for one that does not: the same rows, the same numbers taken,
# the same answer. It looks at the post first, then takes the register's eyes until it answers.
REGISTER = f"""
CREATE FUNCTION people_register({GIVEN}) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  the_post bigint := nullif(current_setting('guanjia.post', true), '')::bigint;
  kind text := current_setting('guanjia.kind', true);
  lo text := current_setting('guanjia.lo', true);
  hi text := current_setting('guanjia.hi', true);
  known bigint;
  desk text;
  made bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM staff_post p WHERE p.id = the_post AND p.user_id = given_by
      AND starts_with(at_place, p.place_id)) THEN
    RAISE EXCEPTION 'somebody is registered by a post, in its own places'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('people_register'), the_post::int);
  PERFORM set_config('guanjia.kind', 'job', true), set_config('guanjia.lo', '', true),
    set_config('guanjia.hi', '~', true);
  IF (SELECT count(*) FROM people_registration r WHERE r.post_id = the_post
      AND r.counted_at > clock_timestamp() - interval '1 hour') >= 60 THEN
    RAISE EXCEPTION 'post % registers at most 60 persons an hour', the_post
      USING ERRCODE = 'configuration_limit_exceeded';
  END IF;
  SELECT coalesce(g.kept_id, p.id) INTO known FROM people_person p
    LEFT JOIN people_merge g ON g.gone_id = p.id AND g.state = 'approved'
    WHERE p.document_kind = given_kind AND p.document_index = given_index;
  SELECT r.place INTO desk FROM people_reach r WHERE r.person_id = coalesce(known, 0)
    ORDER BY r.until IS NULL DESC, r.why = 'residence' DESC, r.since DESC, r.id DESC LIMIT 1;
  INSERT INTO people_registration (name, initials, sex, born_on, document_kind, document_sealed,
      document_mask, document_index, place, why, post_id, asked_by_id, asked_at, counted_at, state, note)
    VALUES (given_name, given_initials, given_sex, given_born_on, given_kind, given_sealed, given_mask,
      given_index, at_place, given_why, the_post, given_by, given_at, clock_timestamp(), 'open', '')
    RETURNING id INTO made;
  INSERT INTO people_transfer (registration_id, place, person_id, state, note)
    VALUES (made, coalesce(desk, left(at_place, 6)), known, 'open', '');
  PERFORM set_config('guanjia.kind', kind, true), set_config('guanjia.lo', lo, true),
    set_config('guanjia.hi', hi, true);
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION people_register({TYPES}) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_register({TYPES}) TO guanjia_app;
"""
NO_REGISTER = f"DROP FUNCTION people_register({TYPES});"

MERGES = """
CREATE FUNCTION people_merges_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('open', 'approved') THEN
    PERFORM pg_advisory_xact_lock(hashtext('people_merge'));
    IF EXISTS (SELECT FROM people_merge m WHERE m.id <> NEW.id AND m.state IN ('open', 'approved')
        AND (m.gone_id = NEW.kept_id OR m.kept_id = NEW.gone_id)) THEN
      RAISE EXCEPTION 'merges do not chain: one of the two is part of another merge'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_merge_stands BEFORE INSERT OR UPDATE ON people_merge
  FOR EACH ROW EXECUTE FUNCTION people_merges_stand();
"""
NO_MERGES = """
DROP TRIGGER people_merge_stands ON people_merge;
DROP FUNCTION people_merges_stand();
"""
ASKED = "EXISTS (SELECT FROM people_transfer t WHERE t.registration_id = people_registration.id)"


class Migration(migrations.Migration):
    dependencies = [("people", "0004_desk_initial")]

    operations = [
        moves(),
        row_security(
            "people_changerequest",
            f"{JOB} OR {reached('people_changerequest.person_id')} "
            f"OR {housed('people_changerequest.household_id')}",
        ),
        only_moves("people_changerequest", "open>approved open>returned open>withdrawn", DECIDED),
        row_security("people_transfer", f"{JOB} OR {in_places()}"),
        row_security("people_registration", f"{JOB} OR {in_places()} OR {ASKED}", JOB),
        only_moves("people_transfer", "open>agreed open>refused", DECIDED + " person_id"),
        only_moves(
            "people_registration", "open>agreed open>refused", "state person_id answered_at note"
        ),
        revoke("INSERT", "people_registration"),
        revoke("INSERT", "people_transfer"),
        row_security(
            "people_merge",
            f"{JOB} OR {reached('people_merge.kept_id')} OR {reached('people_merge.gone_id')}",
            f"{JOB} OR ({reached('people_merge.kept_id')} AND {reached('people_merge.gone_id')})",
        ),
        only_moves("people_merge", UNDO, f"{DECIDED} {UNDONE}"),
        migrations.RunSQL(WITHOUT_REACH, BEFORE),
        migrations.RunSQL(MERGES, NO_MERGES),
        migrations.RunSQL(REGISTER, NO_REGISTER),
    ]
