"""When jobs last ran: every office may know it, jobs alone say it. It speaks of no person and of no town."""

from django.db import migrations

from guanjia.kit.rows import JOB, OFFICE, revoke, row_security

APART = """
CREATE POLICY apart ON cases_beat AS RESTRICTIVE USING (
  coalesce((SELECT current_setting('guanjia.role', true)), '') NOT IN ('administrator', 'provider'));
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_beat_initial")]

    operations = [
        row_security("cases_beat", OFFICE, JOB),
        migrations.RunSQL(APART, "DROP POLICY apart ON cases_beat"),
        revoke("DELETE", "cases_beat"),
    ]
