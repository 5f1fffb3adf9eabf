"""Row security of reviews, samples and topics; who judged does not review."""

from django.db import migrations

from guanjia.kit.rows import KIND, LO, OFFICE, append_only, in_places, row_security

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"
OF_EVENT = "EXISTS (SELECT FROM cases_event e WHERE e.id = event_id)"
OF_TOPIC = "EXISTS (SELECT FROM concerns_topic t WHERE t.id = topic_id)"
OF_CITY = f"{KIND} IN ('staff', 'job') AND starts_with({LO}, place)"
BY_OTHERS = """
CREATE FUNCTION concerns_review_by_others() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  judged cases_event;
  seat staff_post;
BEGIN
  SELECT * INTO judged FROM cases_event e WHERE e.id = NEW.event_id;
  SELECT * INTO seat FROM staff_post p WHERE p.id = NEW.post_id;
  IF judged.id IS NULL OR judged.verb <> 'judge' OR NOT starts_with(judged.reason, 'unfair')
     OR judged.case_id <> NEW.case_id THEN
    PERFORM cases_refuse('what_is_reviewed_is_a_judgement_unreasonable');
  END IF;
  IF judged.by_id = NEW.by_id OR seat.user_id <> NEW.by_id THEN
    PERFORM cases_refuse('who_judged_does_not_review');
  END IF;
  IF NOT starts_with(judged.desk, seat.place_id)
     OR (judged.desk = seat.place_id AND NOT (length(judged.desk) = 6 AND seat.role = 'city_chief')) THEN
    PERFORM cases_refuse('another_desk_reviews');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER concerns_review_by_others BEFORE INSERT ON concerns_review
  FOR EACH ROW EXECUTE FUNCTION concerns_review_by_others();
"""
BY_ANYBODY = """
DROP TRIGGER concerns_review_by_others ON concerns_review;
DROP FUNCTION concerns_review_by_others();
"""
GUARDED = {
    "review": f"{OF_CASE} AND {OFFICE}",
    "draw": OF_CITY,
    "drawn": f"{OF_EVENT} AND {OFFICE}",
    "topic": OF_CITY,
    "topicword": OF_TOPIC,
    "topicchoice": OF_TOPIC,
    "topiccase": f"{OF_CASE} AND {OFFICE}",
    "topicmonth": in_places("place"),
}


class Migration(migrations.Migration):
    dependencies = [("concerns", "0007_judgement_initial"), ("staff", "0003_posts_gate")]

    operations = [
        *[row_security(f"concerns_{name}", using) for name, using in GUARDED.items()],
        *[append_only(f"concerns_{name}") for name in GUARDED],
        migrations.RunSQL(BY_OTHERS, BY_ANYBODY),
    ]
