"""Row security of attachments: who sees the case sees what was given with it. What was given stays."""

from django.db import migrations

from guanjia.kit.rows import append_only, row_security

# Who runs the system or is paid by it reads nothing of what was asked, as of every table of cases.
APART = """
CREATE POLICY apart ON cases_attachment AS RESTRICTIVE USING (
  coalesce((SELECT current_setting('guanjia.role', true)), '') NOT IN ('administrator', 'provider'));
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_attachments_initial")]

    operations = [
        row_security("cases_attachment", "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"),
        migrations.RunSQL(APART, "DROP POLICY apart ON cases_attachment"),
        append_only("cases_attachment"),
    ]
