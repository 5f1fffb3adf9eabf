"""What a desk asks and another answers says at which posts."""

from django.db import migrations

from guanjia.people.acting import post_key, posts_kept

ADDED = (
    ("changerequest", "prepared_post"),
    ("changerequest", "decided_post"),
    ("merge", "prepared_post"),
    ("merge", "decided_post"),
    ("split", "prepared_post"),
    ("split", "decided_post"),
    ("transfer", "decided_post"),
    ("merge", "undone_post"),
    ("split", "undone_post"),
)


class Migration(migrations.Migration):
    dependencies = [("people", "0010_index_keys"), ("staff", "0007_acting")]

    operations = [
        *[migrations.AddField(model, name, post_key()) for model, name in ADDED],
        posts_kept("people_changerequest", "prepared_by_id", "decided_by_id"),
        posts_kept("people_transfer", "decided_by_id"),
        posts_kept("people_merge", "prepared_by_id", "decided_by_id", "undone_by_id"),
        posts_kept("people_split", "prepared_by_id", "decided_by_id", "undone_by_id"),
    ]
