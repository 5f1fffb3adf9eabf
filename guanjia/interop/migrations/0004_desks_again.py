"""The same over tables of these rooms that came later: no row for who runs the system or is paid by it."""

from django.db import migrations

CLOSE = """
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relforcerowsecurity
    AND c.relnamespace = 'public'::regnamespace
    AND c.relname ~ '^(people|entitlements|ledger|cases|concerns)_'
    AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'desk') LOOP
    EXECUTE format('CREATE POLICY desk ON %I AS RESTRICTIVE USING '
      '(coalesce((SELECT current_setting(''guanjia.role'', true)), '''') NOT IN (''administrator'', ''provider''))', t);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("interop", "0003_desks"), ("concerns", "0008_judgement_gate")]

    operations = [migrations.RunSQL(CLOSE, migrations.RunSQL.noop)]
