"""What was recorded, or ceased to be believed, in a window of time is found without reading all facts."""

from django.db import migrations

TABLES = ("personfact", "householdfact", "membership")


class Migration(migrations.Migration):
    dependencies = [("people", "0005_desk_gate")]

    operations = [
        migrations.RunSQL(
            f"""
            CREATE INDEX {table}_recorded ON people_{table} USING brin (recorded_at)
              WITH (pages_per_range = 16, autosummarize = on);
            CREATE INDEX {table}_superseded ON people_{table} (superseded_at)
              WHERE superseded_at IS NOT NULL;
            """,
            f"DROP INDEX {table}_superseded; DROP INDEX {table}_recorded;",
        )
        for table in TABLES
    ]
