"""What an asker may do to a case, kept by the database: open it, rate it, reopen it, and nothing a desk does.

An asker's scope is `intake` while a case is opened and `case` ever after. Each of the asker's verbs
is one line of the timeline and then the change that follows from it; the verbs are those of the
workflows whose moves an asker makes, and a test holds the two against each other.
"""

from django.db import migrations

from guanjia.kit.rows import KIND, OFFICE

# The change of a case that an asker's verb makes is worked out again here, from the line on the
# timeline, and every column must come to it; `due_at` is kept by the clocks (migration 0002).
KEEP = """
CREATE FUNCTION cases_asker_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('guanjia.kind', true) = 'case'
     OR (NEW.state, NEW.step, NEW.level, NEW.begun_at) IS DISTINCT FROM ('received', 0, 0, NEW.opened_at)
     OR num_nonnulls(NEW.look_again_at, NEW.assigned_at, NEW.first_desk, NEW.person_id) > 0 THEN
    PERFORM cases_refuse('who_is_taken_in_opens_a_case_as_every_case_opens');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION cases_asker_says() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  told cases_case;
BEGIN
  SELECT * INTO told FROM cases_case c WHERE c.id = NEW.case_id;
  IF NOT coalesce(NEW.step = told.step AND NEW.desk = told.desk AND NEW.reason = '' AND CASE
      WHEN current_setting('guanjia.kind', true) = 'intake' THEN
        NEW.who IN ('resident', 'staff') AND (NEW.verb, NEW.was, NEW.became, NEW.round, NEW.step, NEW.at)
          = ('open', '', 'received', 1, 0, told.opened_at)
      ELSE
        NEW.who = 'resident' AND told.state IN ('answered', 'closed') AND NEW.was = told.state
        AND NEW.at >= told.answered_at
        AND (NEW.verb, NEW.became, NEW.round)
          IN (('rate', 'closed', told.round), ('reopen', 'received', told.round + 1))
      END, false) THEN
    PERFORM cases_refuse('an_asker_opens_rates_and_reopens_and_says_nothing_else');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION cases_asker_moves() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  said cases_event;
  may cases_case := OLD;
BEGIN
  may.due_at := NEW.due_at;
  IF current_setting('guanjia.kind', true) = 'case' AND OLD.state IN ('answered', 'closed') THEN
    SELECT * INTO said FROM cases_event e WHERE e.case_id = OLD.id AND e.step = OLD.step;
    IF NEW.step = OLD.step + 1 AND said.id IS NOT NULL THEN
      may.step := NEW.step;
    ELSIF said.verb = 'rate' AND said.who = 'resident' THEN
      may.state := 'closed';
      may.closed_at := coalesce(OLD.closed_at, said.at);
    ELSIF said.verb = 'reopen' AND said.who = 'resident' THEN
      may.state := 'received';
      may.round := OLD.round + 1;
      may.begun_at := said.at;
      may.returns := 0;
      may.level := 0;
      may.answered_at := NULL;
      may.closed_at := NULL;
      may.assigned_at := NULL;
      may.merged_into_id := NULL;
    END IF;
  END IF;
  IF to_jsonb(NEW) - '{leads,joins}'::text[] <> to_jsonb(may) - '{leads,joins}'::text[] THEN
    PERFORM cases_refuse('an_asker_rates_and_reopens_and_nothing_else');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION cases_asker_clock() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  told cases_case;
  said cases_event;
  may cases_clock;
BEGIN
  SELECT * INTO told FROM cases_case c WHERE c.id = NEW.case_id;
  SELECT * INTO said FROM cases_event e WHERE e.case_id = told.id AND e.step = told.step
    AND e.who = 'resident' AND e.verb IN ('rate', 'reopen');
  may := NEW;
  IF TG_OP = 'INSERT' THEN
    may.kind := 'accept';
    may.met_at := NULL;
    may.paused_since := NULL;
    may.extended_at := NULL;
    IF current_setting('guanjia.kind', true) = 'intake' THEN
      may.round := 1;
      may.started_at := told.opened_at;
    ELSE
      may.round := CASE said.verb WHEN 'reopen' THEN said.round END;
      may.started_at := said.at;
    END IF;
  ELSE
    may := OLD;
    IF OLD.kind = 'visit' AND OLD.met_at IS NULL AND said.id IS NOT NULL THEN
      may.met_at := said.at;
    END IF;
  END IF;
  IF NEW IS DISTINCT FROM may THEN
    PERFORM cases_refuse('an_asker_begins_an_acceptance_and_ends_a_visit_and_no_other_clock');
  END IF;
  RETURN NEW;
END $$;
"""
TRIGGERS = {
    "cases_asker_opens": "INSERT ON cases_case",
    "cases_asker_says": "INSERT ON cases_event",
    "cases_asker_moves": "UPDATE ON cases_case",
    "cases_asker_clock": "INSERT OR UPDATE ON cases_clock",
}
BY_ASKER = "current_setting('guanjia.kind', true) IN ('case', 'intake')"
SAID = "SELECT FROM cases_event e WHERE e.case_id = {table}.case_id AND "
# Of what hangs on a case: whom a verb tells, what was said of an answer, files that came without one.
ADDED = {
    "cases_notice": f"{OFFICE} OR (addressee = 'desk' AND EXISTS ({SAID} e.id = event_id"
    " AND e.verb IN ('open', 'reopen')) AND tries = 0 AND read_at IS NULL)",
    "cases_rating": f"{KIND} = 'case' AND EXISTS ({SAID} e.verb = 'rate' AND e.who = 'resident'"
    " AND e.round = {table}.round AND e.at = {table}.at)",
    "cases_attachment": f"{OFFICE} OR (event_id IS NULL AND ({KIND} = 'intake' OR who = 'resident'))",
}


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_latest_of_a_desk")]

    operations = [
        migrations.RunSQL(KEEP, "".join(f"DROP FUNCTION {name}();" for name in reversed(TRIGGERS))),
        *[
            migrations.RunSQL(
                f"CREATE TRIGGER {name} BEFORE {when} FOR EACH ROW WHEN ({BY_ASKER})"
                f" EXECUTE FUNCTION {name}();",
                f"DROP TRIGGER {name} ON {when.split()[-1]};",
            )
            for name, when in TRIGGERS.items()
        ],
        *[
            migrations.RunSQL(
                f"CREATE POLICY added ON {table} AS RESTRICTIVE FOR INSERT"
                f" WITH CHECK ({check.format(table=table)});",
                f"DROP POLICY added ON {table};",
            )
            for table, check in ADDED.items()
        ],
        migrations.RunSQL(
            f"CREATE POLICY sent ON cases_notice AS RESTRICTIVE FOR UPDATE USING ({OFFICE});",
            "DROP POLICY sent ON cases_notice;",
        ),
    ]
