"""While the index key changes a document stands under one of two keys: it is looked up under both.

The unique index compares values of one key alone. So the database knows the newest key, refuses a person
whose document is indexed under an older one, and lets a new key come only when nobody is writing.
"""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("guanjia.people.migrations.0009_alike")
DESK = import_module("guanjia.people.migrations.0005_desk_gate")

# Of a value with an id before it the number of its key; what has none stands under the first.
KEY_OF = """
CREATE FUNCTION people_index_key(value bytea) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN length(value) <= 16 THEN 1 ELSE
    encode(substring(value FROM 2 FOR position('\\x3a'::bytea IN value) - 2), 'escape')::integer END
$$;
CREATE FUNCTION people_index_key(value text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN strpos(value, ':') = 0 THEN 1 ELSE
    substring(value FROM 2 FOR strpos(value, ':') - 2)::integer END
$$;
"""
NO_KEY_OF = """
DROP FUNCTION people_index_key(text);
DROP FUNCTION people_index_key(bytea);
"""
NEWEST = """
INSERT INTO people_indexkey (newest) VALUES (1);
REVOKE INSERT, UPDATE, DELETE ON people_indexkey FROM guanjia_app;
CREATE FUNCTION people_under_newest_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Whoever brings a new key has this lock alone, and so waits for all that were written under the old.
  PERFORM pg_advisory_xact_lock_shared(hashtext('people_index'));
  IF EXISTS (SELECT FROM made m, people_indexkey k WHERE people_index_key(m.document_index) < k.newest) THEN
    RAISE EXCEPTION 'a_document_is_indexed_under_the_newest_key'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER people_person_under_newest_key AFTER INSERT ON people_person
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION people_under_newest_key();
"""
NOT_NEWEST = """
DROP TRIGGER people_person_under_newest_key ON people_person;
DROP FUNCTION people_under_newest_key();
GRANT INSERT, UPDATE, DELETE ON people_indexkey TO guanjia_app;
"""
ONE = """    SELECT * INTO near FROM people_person p
      WHERE p.document_kind = of_kind AND p.document_index >= wanted
      ORDER BY p.document_index LIMIT 1;
    known := known || CASE WHEN near.document_index = wanted THEN near.id ELSE 0 END;
"""
EACH = """    FOREACH value IN ARRAY wanted LOOP
      SELECT * INTO near FROM people_person p
        WHERE p.document_kind = of_kind AND p.document_index >= value
        ORDER BY p.document_index LIMIT 1;
      known := known || CASE WHEN near.document_index = value THEN near.id ELSE 0 END;
    END LOOP;
"""


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The text with the second of each pair in place of the first, which stands in it once."""
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


LOOK = changed(
    BEFORE.LOOK.replace("people_by_document(bytea, ", "people_by_document(bytea[], "),
    ("wanted bytea, kinds", "wanted bytea[], kinds"),
    ("  of_kind text;", "  of_kind text;\n  value bytea;"),
    (ONE, EACH),
)

WAS_GIVEN = DESK.TYPES
GIVEN = changed(WAS_GIVEN, ("text, bytea, text, bytea,", "text, bytea, text, bytea[],"))
# The same steps whether one of the values finds somebody, all, or none.
FOUND = """  FOREACH value IN ARRAY given_indexes LOOP
    SELECT * INTO hit FROM people_person p
      WHERE p.document_kind = given_kind AND p.document_index >= value
      ORDER BY p.document_index LIMIT 1;
    met := CASE WHEN hit.document_index = value THEN hit.id ELSE met END;
    near := CASE WHEN met IS NULL OR met = hit.id THEN hit.id ELSE near END;
  END LOOP;
  SELECT g.kept_id INTO known FROM people_merge g WHERE g.gone_id = near AND g.state = 'approved';
  known := coalesce(known, near);
  SELECT r.place INTO desk FROM people_reach r WHERE r.person_id = known
    ORDER BY r.until IS NULL DESC, r.why = 'residence' DESC, r.since DESC, r.id DESC LIMIT 1;
  IF met IS NULL THEN
    known := NULL;
    desk := NULL;
  END IF;
"""
REGISTER = changed(
    BEFORE.ALIKE.replace("CREATE OR REPLACE FUNCTION", "CREATE FUNCTION").replace(
        f"people_register({WAS_GIVEN})", f"people_register({GIVEN})"
    ),
    ("given_index bytea", "given_indexes bytea[]"),
    (BEFORE.FOUND_ALIKE, FOUND),
    (
        "  near people_person;\n",
        "  hit people_person;\n  value bytea;\n  met bigint;\n  near bigint;\n",
    ),
    ("      given_index, at_place", "      given_indexes[1], at_place"),
)
WAS_REGISTER = f"""{DESK.REGISTER} {BEFORE.ALIKE}"""


class Migration(migrations.Migration):
    dependencies = [("people", "0009_alike")]

    operations = [
        migrations.CreateModel(
            name="IndexKey",
            fields=[
                ("one", models.BooleanField(db_default=True, primary_key=True, serialize=False)),
                ("newest", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("one", True)), name="one_index_key_is_the_newest"
                    )
                ]
            },
        ),
        *[
            migrations.AlterField(name, "document_index", models.BinaryField(null=True))
            for name in ("person", "registration")
        ],
        migrations.RunSQL(KEY_OF, NO_KEY_OF),
        migrations.RunSQL(NEWEST, NOT_NEWEST),
        migrations.RunSQL(
            f"DROP FUNCTION people_by_document(bytea, text[]); {LOOK}",
            f"DROP FUNCTION people_by_document(bytea[], text[]); {BEFORE.LOOK}",
        ),
        migrations.RunSQL(
            f"DROP FUNCTION people_register({WAS_GIVEN}); {REGISTER}",
            f"DROP FUNCTION people_register({GIVEN}); {WAS_REGISTER}",
        ),
    ]
