"""What a post promises: it stays as given, ends by a handover, and goes together with one's others."""

from django.db import migrations

from guanjia.kit.rows import append_only, in_places, revoke, row_security

# The pairs of roles.INCOMPATIBLE; a test attacks every pair of roles, so the two lists cannot part.
APART = """
CREATE FUNCTION staff_apart(one text, other text, nested boolean) RETURNS boolean
  LANGUAGE sql IMMUTABLE AS $$
  SELECT one <> other AND (
    ARRAY[one, other] && ARRAY['administrator', 'auditor', 'provider']
    OR (nested AND ARRAY[one, other] && ARRAY['town_chief', 'city_chief']
      AND ARRAY[one, other] && ARRAY['village_worker', 'town_clerk', 'city_clerk']))
$$;
CREATE FUNCTION staff_post_stands_apart() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  -- Two posts given at one moment wait for each other.
  PERFORM 1 FROM staff_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT FROM staff_post p WHERE p.user_id = NEW.user_id AND p.id <> NEW.id
      AND daterange(p.since, p.until) && daterange(NEW.since, NEW.until)
      AND staff_apart(p.role, NEW.role, starts_with(p.place_id, NEW.place_id)
        OR starts_with(NEW.place_id, p.place_id))) THEN
    RAISE EXCEPTION 'incompatible_roles_are_two_persons'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER staff_post_stands_apart BEFORE INSERT OR UPDATE ON staff_post
  FOR EACH ROW EXECUTE FUNCTION staff_post_stands_apart();
"""
DROP_APART = """
DROP TRIGGER staff_post_stands_apart ON staff_post;
DROP FUNCTION staff_post_stands_apart();
DROP FUNCTION staff_apart(text, text, boolean);
"""

SUBSTITUTE = """
CREATE FUNCTION staff_post_substitutes() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.stands_in_for_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM staff_post p WHERE p.id = NEW.stands_in_for_id
      AND p.role = NEW.role AND p.place_id = NEW.place_id AND p.user_id <> NEW.user_id
      AND p.stands_in_for_id IS NULL
      AND daterange(p.since, p.until) @> daterange(NEW.since, NEW.until)) THEN
    RAISE EXCEPTION 'a_substitute_sits_at_the_same_desk_within_its_time'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER staff_post_substitutes BEFORE INSERT ON staff_post
  FOR EACH ROW EXECUTE FUNCTION staff_post_substitutes();
"""
DROP_SUBSTITUTE = """
DROP TRIGGER staff_post_substitutes ON staff_post;
DROP FUNCTION staff_post_substitutes();
"""

ENDS = """
CREATE FUNCTION staff_post_keeps() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - 'until' <> to_jsonb(OLD) - 'until' THEN
    RAISE EXCEPTION 'a_post_stays_as_it_was_given: end it, and open another'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.until IS NOT NULL AND NEW.until IS DISTINCT FROM OLD.until AND NOT EXISTS (
    SELECT FROM staff_handover h WHERE h.post_id = NEW.id AND h.ends_on = NEW.until) THEN
    RAISE EXCEPTION 'a_post_ends_by_a_handover'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER staff_post_keeps BEFORE UPDATE ON staff_post
  FOR EACH ROW EXECUTE FUNCTION staff_post_keeps();
"""
DROP_ENDS = "DROP TRIGGER staff_post_keeps ON staff_post; DROP FUNCTION staff_post_keeps();"


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_posts"), ("people", "0002_gate")]

    operations = [
        *[
            operation
            for table in ("staff_handover", "staff_handedover", "staff_taken")
            for operation in (row_security(table, in_places()), append_only(table))
        ],
        migrations.RunSQL(APART, DROP_APART),
        migrations.RunSQL(SUBSTITUTE, DROP_SUBSTITUTE),
        migrations.RunSQL(ENDS, DROP_ENDS),
        revoke("DELETE", "staff_post"),
    ]
