"""A line of the timeline says at which post it was done."""

from django.db import migrations

from guanjia.people.acting import post_key, posts_kept

ADDED = (("event", "post"),)


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_askers_gate"), ("staff", "0007_acting")]

    operations = [
        *[migrations.AddField(model, name, post_key()) for model, name in ADDED],
        posts_kept("cases_event", "by_id"),
    ]
