"""Facts and memberships say which post recorded them; the database writes it from the scope."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from guanjia.people.models import ThePost


def recorded_by() -> "models.ForeignKey[Any, Any]":
    """The new column."""
    return models.ForeignKey(
        *("staff.post", django.db.models.deletion.PROTECT),
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        db_default=ThePost(),
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0002_gate"), ("staff", "0001_initial")]

    operations = [
        migrations.AddField(model_name=name, name="recorded_by", field=recorded_by())
        for name in ("householdfact", "membership", "personfact")
    ]
