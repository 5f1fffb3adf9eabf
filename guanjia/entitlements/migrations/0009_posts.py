"""Who prepared, approved and settled did so at a post."""

from django.db import migrations

from guanjia.people.acting import post_key, posts_kept

ADDED = (
    ("run", "prepared_post"),
    ("run", "approved_post"),
    ("run", "ended_post"),
    ("proposal", "prepared_post"),
    ("proposal", "decided_post"),
    ("hold", "held_post"),
    ("hold", "decided_post"),
    ("accountchange", "prepared_post"),
    ("accountchange", "approved_post"),
    ("overpaymentstep", "asked_post"),
    ("overpaymentstep", "post"),
)


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0008_corrections"), ("staff", "0007_acting")]

    operations = [
        *[migrations.AddField(model, name, post_key()) for model, name in ADDED],
        posts_kept("entitlements_run", "prepared_by_id", "approved_by_id", "ended_by_id"),
        posts_kept("entitlements_proposal", "prepared_by_id", "decided_by_id"),
        posts_kept("entitlements_hold", "held_by_id", "decided_by_id"),
        posts_kept("entitlements_accountchange", "prepared_by_id", "approved_by_id"),
        posts_kept("entitlements_overpaymentstep", "asked_by_id", "by_id"),
    ]
