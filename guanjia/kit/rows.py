"""Database steps for migrations: row security, append-only tables, and the SQL of scopes."""

from django.db.migrations import RunSQL

# Values are taken once a query, by a scalar sub-select, so that the planner sees constants.
KIND = "(SELECT current_setting('guanjia.kind', true))"
LO = "(SELECT current_setting('guanjia.lo', true))"
HI = "(SELECT current_setting('guanjia.hi', true))"
KEY = "(SELECT current_setting('guanjia.key', true))"
TODAY = "(SELECT nullif(current_setting('guanjia.today', true), '')::date)"

OFFICE = f"{KIND} IN ('staff', 'job')"
JOB = f"{KIND} = 'job'"

# A scope that was never set reads NULL, one that ended reads '': both compare to nothing.


def in_places(column: str = "place") -> str:
    """Rows whose place lies in the scope's range; job and staff scopes alone have one."""
    return f"({OFFICE} AND {column} >= {LO} AND {column} < {HI})"


def row_security(table: str, using: str, check: str | None = None) -> RunSQL:
    """Every read and write of `table` passes `using` (and writes `check`), the owner's included."""
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY scope ON {table} USING ({using}) WITH CHECK ({check or using});
        """,
        f"""
        DROP POLICY scope ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def refusal() -> RunSQL:
    """The trigger function behind every append-only table."""
    return RunSQL(
        """
        CREATE FUNCTION guanjia_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% is append-only: corrections are new rows', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
        END $$;
        """,
        "DROP FUNCTION guanjia_refuse_change();",
    )


def append_only(table: str) -> RunSQL:
    """Nothing in `table` is changed, deleted or truncated, by anyone, with or without rows hit."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION guanjia_refuse_change();
        REVOKE UPDATE, DELETE ON {table} FROM guanjia_app;
        """,
        f"DROP TRIGGER {table}_append_only ON {table};",
    )


def revoke(rights: str, table: str) -> RunSQL:
    """Take rights from the application's role, for tables that only a trigger may change."""
    return RunSQL(
        f"REVOKE {rights} ON {table} FROM guanjia_app;",
        f"GRANT {rights} ON {table} TO guanjia_app;",
    )


def belief() -> RunSQL:
    """The trigger function of tables in which a row is only ever superseded."""
    return RunSQL(
        """
        CREATE FUNCTION guanjia_only_supersede() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.superseded_at IS NOT NULL
             OR to_jsonb(NEW) - 'superseded_at' <> to_jsonb(OLD) - 'superseded_at' THEN
            RAISE EXCEPTION '% keeps what was believed: supersede the row, write a new one',
              TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NEW;
        END $$;
        """,
        "DROP FUNCTION guanjia_only_supersede();",
    )


def only_superseded(table: str) -> RunSQL:
    """Rows of `table` are never changed but for the moment at which they cease to be believed."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_only_superseded BEFORE UPDATE ON {table}
          FOR EACH ROW EXECUTE FUNCTION guanjia_only_supersede();
        CREATE TRIGGER {table}_never_deleted BEFORE DELETE OR TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION guanjia_refuse_change();
        REVOKE DELETE ON {table} FROM guanjia_app;
        """,
        f"""
        DROP TRIGGER {table}_never_deleted ON {table};
        DROP TRIGGER {table}_only_superseded ON {table};
        """,
    )
