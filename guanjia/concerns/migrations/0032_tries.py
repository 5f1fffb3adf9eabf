"""Counts of tries: open to every scope, since who tries has none yet. No address and no code stands here."""

from django.db import migrations

MADE = """
CREATE TABLE concerns_try (
  key text COLLATE "C" PRIMARY KEY,
  n integer NOT NULL CHECK (n > 0),
  until timestamptz NOT NULL
);
CREATE INDEX concerns_try_until ON concerns_try (until);
"""


class Migration(migrations.Migration):
    dependencies = [("concerns", "0031_contacts_gate")]

    operations = [migrations.RunSQL(MADE, "DROP TABLE concerns_try")]
