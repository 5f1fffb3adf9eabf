"""What keeps beside who did something the post at which it was done, whatever a statement says."""

from django.db import migrations

KEEP = r"""
CREATE FUNCTION staff_keep_posts() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  now_is jsonb := to_jsonb(NEW);
  was jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
  acting bigint := nullif(current_setting('guanjia.post', true), '')::bigint;
  kept jsonb := '{}';
  who text;
  post text;
BEGIN
  FOREACH who IN ARRAY TG_ARGV LOOP
    post := regexp_replace(who, '(^|_)by_id$', '\1post_id');
    kept := kept || jsonb_build_object(post, CASE
      WHEN was IS NOT NULL AND now_is -> who IS NOT DISTINCT FROM was -> who THEN was -> post
      ELSE (SELECT to_jsonb(p.id) FROM staff_post p
        WHERE p.id = acting AND p.user_id = (now_is ->> who)::bigint) END);
  END LOOP;
  RETURN jsonb_populate_record(NEW, kept);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0006_household_reads")]

    operations = [migrations.RunSQL(KEEP, "DROP FUNCTION staff_keep_posts();")]
