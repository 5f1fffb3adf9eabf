"""A post's filters are its own: no other post reads them, whatever place it is at."""

from django.db import migrations

from guanjia.kit.rows import KIND, row_security

POST = "(SELECT nullif(current_setting('guanjia.post', true), '')::bigint)"
APART = """
CREATE POLICY apart ON concerns_savedfilter AS RESTRICTIVE USING (
  coalesce((SELECT current_setting('guanjia.role', true)), '') NOT IN ('administrator', 'provider'));
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0020_filters_initial")]

    operations = [
        row_security("concerns_savedfilter", f"{KIND} = 'staff' AND post_id = {POST}"),
        migrations.RunSQL(APART, "DROP POLICY apart ON concerns_savedfilter"),
    ]
