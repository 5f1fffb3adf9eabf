"""Row security of cases, and the triggers that keep what no CHECK can say."""

from django.db import migrations

from guanjia.kit.rows import KEY, KIND, append_only, in_places, revoke, row_security

SEEN = (
    f"{in_places('place')} OR {in_places('desk')}"
    f" OR ({KIND} IN ('case', 'intake') AND track = {KEY})"
)


def of_case(column: str) -> str:
    """A row whose case is seen."""
    return f"EXISTS (SELECT FROM cases_case c WHERE c.id = {column})"


KEEP = """
CREATE FUNCTION cases_earliest(c cases_case) RETURNS timestamptz LANGUAGE sql STABLE
  SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN c.closed_at IS NOT NULL THEN NULL
    WHEN c.state = 'paused' THEN c.look_again_at
    ELSE (SELECT min(k.due_at) FROM cases_clock k
      WHERE k.case_id = c.id AND k.round = c.round AND k.met_at IS NULL) END
$$;
CREATE FUNCTION cases_refuse(promise text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', promise USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION cases_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.answered_at IS NOT NULL OR NEW.round <> 1 OR NEW.returns <> 0 THEN
    PERFORM cases_refuse('a_case_opens_unanswered');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION cases_keep() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  again boolean := NEW.round = OLD.round + 1 AND OLD.answered_at IS NOT NULL;
BEGIN
  IF (NEW.kind, NEW.place, NEW.track, NEW.promise, NEW.opened_at)
     IS DISTINCT FROM (OLD.kind, OLD.place, OLD.track, OLD.promise, OLD.opened_at) THEN
    PERFORM cases_refuse('a_case_keeps_what_it_was_opened_with');
  END IF;
  IF NOT again AND (NEW.round, NEW.begun_at) IS DISTINCT FROM (OLD.round, OLD.begun_at) THEN
    PERFORM cases_refuse('a_round_begins_when_an_answered_case_is_reopened');
  END IF;
  IF NEW.step < OLD.step OR (NOT again AND NEW.answered_at IS NULL AND OLD.answered_at IS NOT NULL) THEN
    PERFORM cases_refuse('what_was_done_is_not_undone');
  END IF;
  IF NOT again AND (NEW.returns < OLD.returns
     OR (OLD.assigned_at IS NOT NULL
         AND (NEW.returns > OLD.returns OR NEW.assigned_at IS DISTINCT FROM OLD.assigned_at))) THEN
    PERFORM cases_refuse('an_assigned_case_is_not_returned');
  END IF;
  IF current_setting('guanjia.kind', true) IN ('case', 'intake') AND (NEW.desk <> OLD.desk
     OR (NEW.state <> OLD.state AND NOT (OLD.state IN ('answered', 'closed')
         AND NEW.state IN ('closed', 'received')))) THEN
    PERFORM cases_refuse('an_asker_rates_and_reopens_and_nothing_else');
  END IF;
  IF NEW.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at THEN
    IF NOT EXISTS (SELECT FROM cases_event e WHERE e.case_id = NEW.id AND e.round = NEW.round
        AND e.became = 'answered' AND e.at = NEW.answered_at AND e.note ~ '\\S') THEN
      PERFORM cases_refuse('an_answer_has_words_on_the_timeline');
    END IF;
    IF NEW.merged_into_id IS NOT NULL AND NOT EXISTS (SELECT FROM cases_case c
        WHERE c.id = NEW.merged_into_id AND c.answered_at = NEW.answered_at) THEN
      PERFORM cases_refuse('a_merged_case_is_answered_with_its_leading_case');
    END IF;
  END IF;
  IF NEW.due_at IS DISTINCT FROM cases_earliest(NEW) THEN
    PERFORM cases_refuse('a_case_is_due_at_its_earliest_unmet_clock');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION cases_clock_keep() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.case_id, NEW.kind, NEW.round, NEW.started_at, NEW.period, NEW.law, NEW.status, NEW.promise)
     IS DISTINCT FROM
     (OLD.case_id, OLD.kind, OLD.round, OLD.started_at, OLD.period, OLD.law, OLD.status, OLD.promise)
     OR (OLD.met_at IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
    PERFORM cases_refuse('a_promise_stays_as_it_was_made');
  END IF;
  IF NEW.due_at <> OLD.due_at AND NOT OLD.provisional
     AND NOT (OLD.paused_since IS NOT NULL AND NEW.paused_since IS NULL)
     AND NOT coalesce(NEW.extended_at < OLD.due_at
       AND NEW.extended_at > coalesce(OLD.extended_at, '-infinity')
       AND EXISTS (SELECT FROM cases_event e WHERE e.case_id = NEW.case_id AND e.verb = 'extend'
         AND e.at = NEW.extended_at AND e.note ~ '\\S'), false) THEN
    PERFORM cases_refuse('a_clock_is_extended_with_a_reason_before_it_ends');
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION cases_clock_told() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE cases_case c SET due_at = cases_earliest(c)
    WHERE c.id = NEW.case_id AND c.due_at IS DISTINCT FROM cases_earliest(c);
  RETURN NULL;
END $$;
CREATE TRIGGER cases_open BEFORE INSERT ON cases_case FOR EACH ROW EXECUTE FUNCTION cases_open();
CREATE TRIGGER cases_keep BEFORE UPDATE ON cases_case FOR EACH ROW EXECUTE FUNCTION cases_keep();
CREATE TRIGGER cases_clock_keep BEFORE UPDATE ON cases_clock
  FOR EACH ROW EXECUTE FUNCTION cases_clock_keep();
CREATE TRIGGER cases_clock_told AFTER INSERT OR UPDATE ON cases_clock
  FOR EACH ROW EXECUTE FUNCTION cases_clock_told();
"""
UNKEEP = """
DROP TRIGGER cases_clock_told ON cases_clock;
DROP TRIGGER cases_clock_keep ON cases_clock;
DROP TRIGGER cases_keep ON cases_case;
DROP TRIGGER cases_open ON cases_case;
DROP FUNCTION cases_clock_told();
DROP FUNCTION cases_clock_keep();
DROP FUNCTION cases_keep();
DROP FUNCTION cases_open();
DROP FUNCTION cases_refuse(text);
DROP FUNCTION cases_earliest(cases_case);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("people", "0002_gate")]

    operations = [
        row_security("cases_case", SEEN),
        *[
            row_security(f"cases_{name}", of_case("case_id"))
            for name in ("event", "clock", "notice", "rating")
        ],
        migrations.RunSQL(KEEP, UNKEEP),
        append_only("cases_event"),
        append_only("cases_rating"),
        revoke("DELETE", "cases_case"),
        revoke("DELETE", "cases_clock"),
        revoke("DELETE", "cases_notice"),
    ]
