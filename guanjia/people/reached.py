"""SQL of who is within reach, for the row security of this room's tables, and of what only moves on."""

from django.db.migrations import RunSQL


def reached(person: str) -> str:
    """The person is within reach today."""
    return f"EXISTS (SELECT FROM people_reach r WHERE r.person_id = {person})"


def housed(household: str) -> str:
    """The household stands in the scope's places."""
    return f"EXISTS (SELECT FROM people_household h WHERE h.id = {household})"


def moves() -> RunSQL:
    """The trigger function of requests: states move as said, what was asked stays as it was."""
    return RunSQL(
        """
        CREATE FUNCTION people_only_moves() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NOT OLD.state || '>' || NEW.state = ANY (string_to_array(TG_ARGV[0], ' ')) THEN
            RAISE EXCEPTION '% % is %: it cannot become %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state
              USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          IF to_jsonb(NEW) - string_to_array(TG_ARGV[1], ' ')
             <> to_jsonb(OLD) - string_to_array(TG_ARGV[1], ' ') THEN
            RAISE EXCEPTION '% keeps what was asked', TG_TABLE_NAME
              USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NEW;
        END $$;
        """,
        "DROP FUNCTION people_only_moves();",
    )


def only_moves(table: str, states: str, columns: str) -> RunSQL:
    """Rows of `table` move by `states` ('open>approved …'), change `columns` alone, and stay."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_only_moves BEFORE UPDATE ON {table}
          FOR EACH ROW EXECUTE FUNCTION people_only_moves('{states}', '{columns}');
        CREATE TRIGGER {table}_never_deleted BEFORE DELETE OR TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION guanjia_refuse_change();
        REVOKE DELETE ON {table} FROM guanjia_app;
        """,
        f"""
        DROP TRIGGER {table}_never_deleted ON {table};
        DROP TRIGGER {table}_only_moves ON {table};
        """,
    )
