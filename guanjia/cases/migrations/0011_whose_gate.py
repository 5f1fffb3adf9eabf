"""Who accepted first stays named and goes on seeing it; a person is linked by a move, by who may see them."""

from django.db import migrations

from guanjia.kit.rows import KEY, KIND, in_places

BEFORE = (
    f"{in_places('place')} OR {in_places('desk')}"
    f" OR ({KIND} IN ('case', 'intake') AND track = {KEY})"
)
SEEN = f"{BEFORE} OR {in_places('first_desk')}"

KEEP = """
CREATE FUNCTION cases_whose() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.first_desk IS DISTINCT FROM OLD.first_desk
     AND (OLD.first_desk IS NOT NULL OR NEW.first_desk IS DISTINCT FROM NEW.desk) THEN
    PERFORM cases_refuse('the_desk_that_accepted_first_stays_named');
  END IF;
  IF NEW.person_id IS DISTINCT FROM OLD.person_id THEN
    IF current_setting('guanjia.kind', true) NOT IN ('staff', 'job')
       OR NOT EXISTS (SELECT FROM cases_event e WHERE e.case_id = NEW.id AND e.step = NEW.step
         AND e.verb IN ('identify', 'unidentify') AND e.by_id IS NOT NULL AND e.note ~ '\\S') THEN
      PERFORM cases_refuse('a_person_is_linked_by_a_move_with_its_reason');
    END IF;
    IF NEW.person_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM people_person p WHERE p.id = NEW.person_id) THEN
      PERFORM cases_refuse('a_person_is_linked_by_who_may_see_them');
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cases_whose BEFORE UPDATE ON cases_case
  FOR EACH ROW EXECUTE FUNCTION cases_whose();
"""
UNKEEP = """
DROP TRIGGER cases_whose ON cases_case;
DROP FUNCTION cases_whose();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_whose_initial")]

    operations = [
        migrations.RunSQL(
            f"ALTER POLICY scope ON cases_case USING ({SEEN}) WITH CHECK ({SEEN})",
            f"ALTER POLICY scope ON cases_case USING ({BEFORE}) WITH CHECK ({BEFORE})",
        ),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
