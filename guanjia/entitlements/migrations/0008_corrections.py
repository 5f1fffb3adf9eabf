"""Why a decided month comes to another sum: seen by whoever sees the place that pays; never changed."""

import django.db.models.deletion
from django.db import migrations, models

from guanjia.kit.rows import append_only, in_places, row_security

TABLE = "entitlements_correction"
DESK = f"""
CREATE POLICY desk ON {TABLE} AS RESTRICTIVE USING
  (coalesce((SELECT current_setting('guanjia.role', true)), '') NOT IN ('administrator', 'provider'));
"""
STANDS = f"""
CREATE FUNCTION entitlements_correction_stands() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM made m WHERE NOT EXISTS (
      SELECT FROM entitlements_determination d WHERE d.id = m.determination_id
        AND d.place = m.place AND d.what IN ('arrears', 'overpaid'))) THEN
    RAISE EXCEPTION 'a correction is of a month made up or paid too much, at the place that pays'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entitlements_correction_stands AFTER INSERT ON {TABLE}
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION entitlements_correction_stands();
"""
FALLS = f"""
DROP TRIGGER entitlements_correction_stands ON {TABLE};
DROP FUNCTION entitlements_correction_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0007_merged"), ("places", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "determination",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="correction",
                        serialize=False,
                        to="entitlements.determination",
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("first", models.DateField()),
                (
                    "place",
                    models.ForeignKey(
                        db_column="place",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_correction_says_why",
                    )
                ]
            },
        ),
        row_security(TABLE, in_places()),
        migrations.RunSQL(DESK, f"DROP POLICY desk ON {TABLE};"),
        append_only(TABLE),
        migrations.RunSQL(STANDS, FALLS),
    ]
