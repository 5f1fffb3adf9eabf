"""A PostgreSQL of one's own: what `guanjia init` makes itself, and what it asks the DBA for."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from guanjia.web.house import cluster, embedded, roles
from guanjia.web.house import home as houses
from tests.web.running import guanjia

pytestmark = pytest.mark.slow
NAMED = re.compile(r"export (DATABASE_\w+)='([^']+)'")


@pytest.fixture
def bare(ground: Path) -> Iterator[embedded.Server]:
    """A server that has never heard of Guanjia, with an empty database `city` and its user."""
    with embedded.held(houses.ensure(ground / "elsewhere")) as server:
        _forget(server)
        yield server


def _forget(server: embedded.Server) -> None:
    admin = server.url(cluster.SUPERUSER, "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("DROP DATABASE guanjia")
        with psycopg.connect(server.url(cluster.SUPERUSER, "template1"), autocommit=True) as inside:
            for role in (roles.OWNER, roles.APP, roles.LOGIN):
                inside.execute(f"DROP OWNED BY {role}".encode())
            inside.execute("DROP EXTENSION btree_gist; DROP EXTENSION pg_trgm")
        for role in (roles.LOGIN, roles.APP, roles.OWNER):
            connection.execute(f"DROP ROLE {role}".encode())
        connection.execute("CREATE ROLE clerk LOGIN PASSWORD 'word'")
        connection.execute("CREATE DATABASE city OWNER clerk")
    server.passwords["clerk"] = "word"
    server.database = "city"


def test_a_superuser_makes_the_roles_and_is_told_what_to_use(
    bare: embedded.Server, ground: Path
) -> None:
    made = guanjia(ground / "house", "init", DATABASE_URL=bare.url(cluster.SUPERUSER))
    assert made.returncode == 0, made.stderr
    named = dict(NAMED.findall(made.stdout))
    again = guanjia(ground / "house", "init", **named)
    assert again.returncode == 0, again.stderr
    assert "0/0" in again.stdout
    done = guanjia(ground / "house", "work", "--until-empty", **named)
    assert done.returncode == 0, done.stderr


def test_a_user_who_may_make_no_roles_gets_the_sql_for_the_dba(
    bare: embedded.Server, ground: Path
) -> None:
    asked = guanjia(ground / "house", "init", DATABASE_URL=bare.url("clerk"))
    assert asked.returncode == 3
    sql, _, after = asked.stdout.partition("然后设置")
    with psycopg.connect(bare.url(cluster.SUPERUSER), autocommit=True) as connection:
        connection.execute(sql[sql.index("-- 三个角色") :].encode())
    done = guanjia(ground / "house", "init", **dict(NAMED.findall(after)))
    assert done.returncode == 0, done.stderr
    with psycopg.connect(bare.url(cluster.SUPERUSER)) as connection:
        assert connection.execute("SELECT count(*) FROM places_place").fetchone() == (646,)


def test_migrations_ask_for_the_owner(bare: embedded.Server, ground: Path) -> None:
    made = guanjia(ground / "house", "init", DATABASE_URL=bare.url(cluster.SUPERUSER))
    login = dict(NAMED.findall(made.stdout))["DATABASE_URL"]
    refused = guanjia(ground / "house", "init", DATABASE_URL=login)
    assert (refused.returncode, "DATABASE_OWNER_URL" in refused.stderr) == (1, True)


def test_a_server_that_does_not_answer_is_told_in_words(ground: Path) -> None:
    url = f"postgresql://nobody@/none?host={ground}"
    for command in (["init"], ["work"]):
        refused = guanjia(ground / "house", *command, DATABASE_URL=url)
        assert (refused.returncode, "连不上数据库" in refused.stderr) == (1, True)
        assert "Traceback" not in refused.stderr


def test_a_backup_asks_for_a_user_who_sees_all(bare: embedded.Server, ground: Path) -> None:
    made = guanjia(ground / "house", "init", DATABASE_URL=bare.url(cluster.SUPERUSER))
    named = dict(NAMED.findall(made.stdout))
    file = str(ground / "monday.tar")
    refused = guanjia(ground / "house", "backup", file, **named)
    assert (refused.returncode, "DATABASE_ADMIN_URL" in refused.stderr) == (1, True)
    named["DATABASE_ADMIN_URL"] = bare.url(cluster.SUPERUSER)
    assert guanjia(ground / "house", "backup", file, **named).returncode == 0
    restored = guanjia(ground / "house", "restore", file, "--replace", **named)
    assert restored.returncode == 0, restored.stderr
