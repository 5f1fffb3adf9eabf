"""Row security of codes and sessions; the two doors that a right code and a live session open, and no more.

A `contact` scope (key: the contact's keyed hash) asks for codes and counts its own: it opens no matter.
A `session` scope (key: the token's keyed hash) reads its own row. Neither sees a row of any case: what
a session's owner asked is told by the two functions alone, each case is then opened by its own key.
"""

from django.db import migrations

from guanjia.kit.rows import JOB, KEY, KIND, row_security

OWN_CODES = f"""
CREATE POLICY counted ON concerns_contactcode FOR SELECT
  USING ({KIND} = 'contact' AND contact = {KEY});
CREATE POLICY asked ON concerns_contactcode FOR INSERT
  WITH CHECK ({KIND} = 'contact' AND contact = {KEY} AND tries = 0 AND over_at IS NULL);
"""
NOT_OWN_CODES = """
DROP POLICY asked ON concerns_contactcode;
DROP POLICY counted ON concerns_contactcode;
"""
# As over all rooms of cases: who runs the system or is paid by it reads none of it at his post.
DESK = """
CREATE POLICY desk ON {table} AS RESTRICTIVE USING
  (coalesce((SELECT current_setting('guanjia.role', true)), '') NOT IN ('administrator', 'provider'));
"""
# Only a right code begins a session: the function below, as the owner, writes its row.
BY_CODE_ALONE = """
REVOKE INSERT, UPDATE ON concerns_contactsession FROM guanjia_app;
GRANT UPDATE (seen_at, until, ended_at) ON concerns_contactsession TO guanjia_app;
"""
KEEP = """
CREATE FUNCTION concerns_code_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.nonce, NEW.way, NEW.contact, NEW.hash, NEW.asked_at)
     IS DISTINCT FROM (OLD.nonce, OLD.way, OLD.contact, OLD.hash, OLD.asked_at)
     OR NEW.tries < OLD.tries OR NEW.sends < OLD.sends
     OR (OLD.over_at IS NOT NULL AND NEW.over_at IS DISTINCT FROM OLD.over_at) THEN
    PERFORM cases_refuse('a_code_that_is_over_stays_over');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION concerns_session_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL THEN
    PERFORM cases_refuse('a_session_that_ended_stays_ended');
  END IF;
  IF (NEW.token, NEW.way, NEW.contact, NEW.remembered, NEW.begun_at)
     IS DISTINCT FROM (OLD.token, OLD.way, OLD.contact, OLD.remembered, OLD.begun_at)
     OR NEW.seen_at < OLD.seen_at THEN
    PERFORM cases_refuse('a_session_stays_whose_it_was');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER concerns_code_keeps BEFORE UPDATE ON concerns_contactcode
  FOR EACH ROW EXECUTE FUNCTION concerns_code_keep();
CREATE TRIGGER concerns_session_keeps BEFORE UPDATE ON concerns_contactsession
  FOR EACH ROW EXECUTE FUNCTION concerns_session_keep();
"""
UNKEEP = """
DROP TRIGGER concerns_session_keeps ON concerns_contactsession;
DROP TRIGGER concerns_code_keeps ON concerns_contactcode;
DROP FUNCTION concerns_session_keep();
DROP FUNCTION concerns_code_keep();
"""
EYES = """
  kind text := current_setting('guanjia.kind', true);
  lo text := current_setting('guanjia.lo', true);
  hi text := current_setting('guanjia.hi', true);
"""
OPEN_EYES = """
  PERFORM set_config('guanjia.kind', 'job', true), set_config('guanjia.lo', '', true),
    set_config('guanjia.hi', '~', true);
"""
CLOSE_EYES = """
  PERFORM set_config('guanjia.kind', kind, true), set_config('guanjia.lo', lo, true),
    set_config('guanjia.hi', hi, true);
"""
# A code is tried: 'in', 'wrong', or 'over' (used, used up, too old, of another browser). Every wrong try counts;
# what is not known is no code (STRICT). Whoever may set a contact's scope may read the hash of its codes: the
# application alone does, and does so for the browser that holds the attempt.
PROVE = f"""
CREATE FUNCTION concerns_prove(given_nonce text, given_hash text, given_token text,
  given_remembered boolean, given_at timestamptz) RETURNS text
  LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE {EYES}
  whose text := current_setting('guanjia.key', true);
  code concerns_contactcode;
  said text := 'over';
BEGIN
  IF kind IS DISTINCT FROM 'contact' THEN
    RAISE EXCEPTION 'a code is tried for its own contact' USING ERRCODE = 'insufficient_privilege';
  END IF;
  {OPEN_EYES}
  SELECT c.* INTO code FROM concerns_contactcode c
    WHERE c.nonce = given_nonce AND c.contact = whose AND c.over_at IS NULL FOR UPDATE;
  IF code.id IS NULL THEN
    said := 'over';
  ELSIF given_at >= code.asked_at + interval '10 minutes'
      OR given_at < code.asked_at - interval '1 minute' THEN
    UPDATE concerns_contactcode c SET over_at = given_at WHERE c.id = code.id;
  ELSIF code.hash IS DISTINCT FROM given_hash THEN
    said := CASE WHEN code.tries + 1 < 5 THEN 'wrong' ELSE 'over' END;
    UPDATE concerns_contactcode c SET tries = code.tries + 1,
      over_at = CASE WHEN said = 'over' THEN given_at END WHERE c.id = code.id;
  ELSE
    said := 'in';
    UPDATE concerns_contactcode c SET over_at = given_at WHERE c.id = code.id;
    INSERT INTO concerns_contactsession (token, way, contact, remembered, begun_at, seen_at, until)
      VALUES (given_token, code.way, code.contact, given_remembered, given_at, given_at,
        given_at + CASE WHEN given_remembered THEN interval '30 days' ELSE interval '30 minutes' END);
  END IF;
  {CLOSE_EYES}
  RETURN said;
END $$;
"""
# The session of the scope, while it lives: its own policy lets it read the one row.
WHOSE = f"""
  SELECT s.* INTO who FROM concerns_contactsession s
    WHERE s.token = {KEY} AND s.ended_at IS NULL AND given_at < s.until
      AND given_at > s.seen_at - interval '1 minute';
  IF kind IS DISTINCT FROM 'session' OR who.id IS NULL THEN
    RETURN;
  END IF;
"""
ASKED_BY = """(
      (who.way = 'sms' AND k.phone_index <> '' AND k.phone_index = who.contact)
      OR (who.way = 'email' AND k.email_index <> '' AND k.email_index = who.contact))
    AND c.kind = 'concern'"""
MATTERS = f"""
CREATE FUNCTION concerns_matters(given_at timestamptz, given_after bigint, given_most integer)
  RETURNS TABLE (number bigint, category text, category_label text, text text, spot text, place text,
    state text, opened_at timestamptz, answered_at timestamptz, look_again_at timestamptz,
    promise text, due_at timestamptz, provisional boolean, solved boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE {EYES}
  who concerns_contactsession;
  before cases_case;
BEGIN
  {WHOSE}
  {OPEN_EYES}
  SELECT c.* INTO before FROM concerns_concern k JOIN cases_case c ON c.id = k.case_id
    WHERE {ASKED_BY} AND c.id = given_after;
  RETURN QUERY
  SELECT c.id, k.category::text, k.category_label::text, left(k.text, 200), k.spot::text,
    c.place::text, c.state::text, c.opened_at, c.answered_at, c.look_again_at,
    t.kind::text, t.due_at, t.provisional, r.solved
  FROM concerns_concern k JOIN cases_case c ON c.id = k.case_id
  LEFT JOIN LATERAL (SELECT t.kind, t.due_at, t.provisional FROM cases_clock t
    WHERE t.case_id = c.id AND t.round = c.round AND t.kind IN ('accept', 'finish')
      AND t.met_at IS NULL ORDER BY t.kind = 'finish' DESC LIMIT 1) t ON true
  LEFT JOIN cases_rating r ON r.case_id = c.id AND r.round = c.round
  WHERE {ASKED_BY}
    AND (given_after = 0 OR (c.opened_at, c.id) < (before.opened_at, before.id))
  ORDER BY c.opened_at DESC, c.id DESC LIMIT given_most;
  {CLOSE_EYES}
END $$;
"""
MATTER = f"""
CREATE FUNCTION concerns_matter(given_at timestamptz, given_number bigint) RETURNS SETOF text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE {EYES}
  who concerns_contactsession;
BEGIN
  {WHOSE}
  {OPEN_EYES}
  RETURN QUERY
  SELECT c.track::text FROM concerns_concern k JOIN cases_case c ON c.id = k.case_id
    WHERE {ASKED_BY} AND c.id = given_number;
  {CLOSE_EYES}
END $$;
"""
FUNCTIONS = {
    "concerns_prove(text, text, text, boolean, timestamptz)": PROVE,
    "concerns_matters(timestamptz, bigint, integer)": MATTERS,
    "concerns_matter(timestamptz, bigint)": MATTER,
}
TABLES = ("concerns_contactcode", "concerns_contactsession")


class Migration(migrations.Migration):
    dependencies = [("concerns", "0030_contacts_initial"), ("cases", "0013_askers_gate")]

    operations = [
        row_security("concerns_contactcode", JOB),
        migrations.RunSQL(OWN_CODES, NOT_OWN_CODES),
        row_security("concerns_contactsession", f"{JOB} OR ({KIND} = 'session' AND token = {KEY})"),
        *[
            migrations.RunSQL(DESK.format(table=name), f"DROP POLICY desk ON {name};")
            for name in TABLES
        ],
        migrations.RunSQL(
            BY_CODE_ALONE, "GRANT INSERT, UPDATE ON concerns_contactsession TO guanjia_app"
        ),
        migrations.RunSQL(KEEP, UNKEEP),
        *[
            migrations.RunSQL(
                f"{made} REVOKE ALL ON FUNCTION {name} FROM PUBLIC; "
                f"GRANT EXECUTE ON FUNCTION {name} TO guanjia_app;",
                f"DROP FUNCTION {name};",
            )
            for name, made in FUNCTIONS.items()
        ],
    ]
