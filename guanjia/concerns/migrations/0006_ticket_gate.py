"""Row security of tickets: whoever sees the case, and the door that lets one in."""

from django.db import migrations

from guanjia.kit.rows import KIND, append_only, row_security

OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [("concerns", "0005_ticket_initial")]

    operations = [
        row_security("concerns_ticket", f"{OF_CASE} AND {KIND} IN ('staff', 'job', 'intake')"),
        append_only("concerns_ticket"),
    ]
