"""Only an office shows a matter to others; its asker gives leave and takes it back."""

from django.db import migrations

from guanjia.kit.rows import OFFICE


class Migration(migrations.Migration):
    dependencies = [("concerns", "0021_filters_gate")]

    operations = [
        migrations.RunSQL(
            "CREATE POLICY added ON concerns_boardcase AS RESTRICTIVE FOR INSERT"
            f" WITH CHECK ({OFFICE});",
            "DROP POLICY added ON concerns_boardcase;",
        )
    ]
