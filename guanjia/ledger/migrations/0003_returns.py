"""What a bank sends back stands in suspense until it is paid again."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

STANDS = """
CREATE FUNCTION ledger_answer() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  bad text;
BEGIN
  SELECT e.key INTO bad FROM fresh e
    WHERE e.kind IN ('failure', 'repayment') AND NOT EXISTS (
      SELECT FROM ledger_entry o WHERE o.id = e.of_id AND o.place = e.place
        AND o.benefit = e.benefit AND o.month = e.month
        AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = o.id)
        AND CASE e.kind WHEN 'failure'
          THEN o.kind IN ('payment', 'repayment') AND e.key = o.key || '/failed'
          ELSE o.kind = 'failure'
            AND e.key = regexp_replace(o.key, '(/again/[0-9]+)?/failed$', '') || '/again/'
              || (coalesce(substring(o.key FROM '/again/([0-9]+)/failed$'), '0')::int + 1) END)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % does not stand on a payment that came back, or has not its key', bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT e.key INTO bad FROM fresh e
    WHERE e.kind = 'repayment' AND NOT EXISTS (
      SELECT FROM ledger_entry p
      JOIN entitlements_award was ON was.id = p.award_id
      JOIN entitlements_award now ON now.id = e.award_id AND now.number = was.number
      JOIN entitlements_run r ON r.id = e.run_id AND r.state = 'approved'
        AND r.prepared_by_id = e.prepared_by_id AND r.approved_by_id = e.approved_by_id
      WHERE p.key = regexp_replace(e.key, '/again/[0-9]+$', '') AND p.kind = 'payment'
        AND p.determination_id = e.determination_id)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'repayment % does not stand on an approved run and the award first paid', bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT e.key INTO bad FROM fresh e
    WHERE e.kind = 'reversal'
      AND EXISTS (SELECT FROM ledger_entry a WHERE a.of_id = e.reverses_id)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'reversal % is of money that has gone on from there', bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_answer_stands AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_answer();
"""
PATHS = """
ALTER TABLE ledger_account DROP CONSTRAINT account_path_names_its_place;
ALTER TABLE ledger_account ADD CONSTRAINT account_path_names_its_place
  CHECK (path ~ '^({roots})/[0-9]{{6,9}}(/[a-z_]+)?$' AND split_part(path, '/', 2) = place);
"""
OLD, NEW = "treasury|budget|bank", "treasury|budget|bank|suspense"
PAID = ["payment", "repayment"]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_gate"), ("entitlements", "0004_books_gate")]

    operations = [
        migrations.AlterField(
            "entry",
            "kind",
            models.CharField(
                max_length=24,
                choices=[
                    ("appropriation", "拨款"),
                    ("payment", "发放"),
                    ("reversal", "冲正"),
                    ("failure", "银行退回"),
                    ("repayment", "重发"),
                ],
            ),
        ),
        migrations.AddField(
            "entry",
            "of",
            models.ForeignKey(
                "ledger.entry",
                on_delete=django.db.models.deletion.PROTECT,
                null=True,
                related_name="answers",
                db_index=False,
            ),
        ),
        migrations.RemoveConstraint("entry", "payment_names_its_run_award_determination_and_month"),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                name="payment_names_its_run_award_determination_and_month",
                condition=Q(
                    kind__in=PAID,
                    run__isnull=False,
                    award__isnull=False,
                    determination__isnull=False,
                    month__isnull=False,
                )
                | (
                    ~Q(kind__in=PAID)
                    & Q(run__isnull=True, award__isnull=True, determination__isnull=True)
                ),
            ),
        ),
        migrations.AddConstraint(
            "entry",
            models.UniqueConstraint(
                name="what_came_back_came_back_once",
                fields=["of"],
                condition=Q(of__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                name="only_what_came_back_or_goes_again_is_of_another",
                condition=Q(kind__in=["failure", "repayment"], of__isnull=False)
                | (~Q(kind__in=["failure", "repayment"]) & Q(of__isnull=True)),
            ),
        ),
        migrations.RunSQL(
            "CREATE INDEX entry_failed ON ledger_entry (place, id) WHERE kind = 'failure'",
            "DROP INDEX entry_failed",
        ),
        migrations.RunSQL(PATHS.format(roots=NEW), PATHS.format(roots=OLD)),
        migrations.RunSQL(
            STANDS,
            """
            DROP TRIGGER ledger_answer_stands ON ledger_entry;
            DROP FUNCTION ledger_answer();
            """,
        ),
    ]
