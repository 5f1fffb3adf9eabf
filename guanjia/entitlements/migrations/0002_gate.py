"""Row security of entitlements; determinations, revisions and bank files are append-only."""

from django.db import migrations

from guanjia.kit.rows import (
    OFFICE,
    append_only,
    in_places,
    only_superseded,
    revoke,
    row_security,
)

OF_A_PLACE = ("award", "determination", "lead", "runfigure", "bankfile")


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0001_initial"), ("people", "0002_gate")]

    operations = [
        *[row_security(f"entitlements_{name}", in_places()) for name in OF_A_PLACE],
        # A run says nothing of any person: every office reads it, its own place writes it.
        row_security("entitlements_run", OFFICE, in_places()),
        revoke("DELETE", "entitlements_run"),
        migrations.RunSQL(
            """
            ALTER TABLE entitlements_determination
              ADD CONSTRAINT determination_is_by_the_book_and_moment_of_its_run
              FOREIGN KEY (run_id, revision_id, known_at)
              REFERENCES entitlements_run (id, revision_id, known_at);
            """,
            """
            ALTER TABLE entitlements_determination
              DROP CONSTRAINT determination_is_by_the_book_and_moment_of_its_run;
            """,
        ),
        append_only("entitlements_revision"),
        append_only("entitlements_determination"),
        append_only("entitlements_bankfile"),
        only_superseded("entitlements_award"),
        revoke("DELETE", "entitlements_lead"),
    ]
