"""Row security of sortings: offices that see the case read them; what was written stays."""

from django.db import migrations

from guanjia.kit.rows import KIND, append_only, row_security

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [("concerns", "0003_sorting_initial")]

    operations = [
        row_security("concerns_sorting", f"{OF_CASE} AND {KIND} IN ('staff', 'job', 'intake')"),
        append_only("concerns_sorting"),
    ]
