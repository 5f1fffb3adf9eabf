"""Row security of concerns: whoever sees the case sees what was asked. What was written stays."""

from django.db import migrations

from guanjia.kit.rows import append_only, row_security


class Migration(migrations.Migration):
    dependencies = [("concerns", "0001_initial"), ("cases", "0002_gate")]

    operations = [
        row_security("concerns_concern", "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"),
        append_only("concerns_concern"),
    ]
