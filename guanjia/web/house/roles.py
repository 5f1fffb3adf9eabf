"""The database roles, as SQL that the embedded server runs and a DBA can read."""

OWNER, APP, LOGIN = "guanjia_owner", "guanjia_app", "guanjia_login"
EXTENSIONS = ("btree_gist", "pg_trgm")


def quoted(text: str) -> str:
    """`text` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def roles_sql(owner_password: str, login_password: str) -> str:
    """Makes the three roles where missing, and sets the two passwords. Run as superuser, once."""
    made = "\n".join(
        f"  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN\n"
        f"    CREATE ROLE {name} {rights};\n  END IF;"
        for name, rights in (
            (OWNER, "LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB"),
            (APP, "NOLOGIN NOSUPERUSER NOBYPASSRLS"),
            (LOGIN, "LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT"),
        )
    )
    return f"""\
-- 三个角色：{OWNER} 拥有库表、只做迁移；{APP} 是程序使用的身份，受行级安全约束；
-- {LOGIN} 是程序登录用的账号，只能转为 {APP}。
-- Three roles: the owner migrates; the application's role is bound by row security; the login
-- role may become the application's role and nothing else.
DO $$ BEGIN
{made}
END $$;
GRANT {APP} TO {LOGIN};
ALTER ROLE {OWNER} PASSWORD {quoted(owner_password)};
ALTER ROLE {LOGIN} PASSWORD {quoted(login_password)};
"""


def database_sql(database: str) -> str:
    """Extensions and default rights inside `database`. Run as superuser, connected to it."""
    extensions = "\n".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)
    return f"""\
-- 在数据库 {database} 中执行 / run inside this database
{extensions}
REVOKE CONNECT ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {OWNER}, {LOGIN};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO {OWNER};
GRANT USAGE ON SCHEMA public TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT EXECUTE ON FUNCTIONS TO {APP};
"""
