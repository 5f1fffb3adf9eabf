"""While the index key changes, what was asked from a contact stands under one of two hashes: a session has both."""

from importlib import import_module

from django.db import migrations, models

GATE = import_module("guanjia.concerns.migrations.0031_contacts_gate")


def widened(text: str) -> str:
    """A function that compares with each of the hashes of a session's contact."""
    for column in ("phone", "email"):
        old = f"k.{column}_index = who.contact)"
        assert old in text, old
        text = text.replace(old, f"k.{column}_index = ANY(string_to_array(who.contact, ' ')))")
    return text


def again(text: str) -> str:
    """A function in place of the one of that name."""
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("concerns", "0032_tries")]

    operations = [
        migrations.RunSQL(GATE.NOT_OWN_CODES, GATE.OWN_CODES),  # they name the column
        *[
            migrations.AlterField(
                name,
                "contact",
                models.CharField(db_collation="C", help_text="keyed hashes", max_length=96),
            )
            for name in ("contactcode", "contactsession")
        ],
        migrations.RunSQL(GATE.OWN_CODES, GATE.NOT_OWN_CODES),
        *[
            migrations.RunSQL(again(widened(text)), again(text))
            for text in (GATE.MATTERS, GATE.MATTER)
        ],
    ]
