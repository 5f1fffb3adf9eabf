"""A PostgreSQL of one's own, named by `DATABASE_URL`: what it must have, and the SQL that gives it."""

import os
import secrets
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from guanjia.policy.words import word
from guanjia.web.house import roles

OLDEST = 15


class Unsuitable(RuntimeError):
    """The server cannot hold a house: why, and what is needed."""


class AskTheDBA(RuntimeError):
    """Roles are missing and this user may not make them; the text is the SQL for who may."""


def prepare() -> str:
    """Make the roles where `DATABASE_URL`'s user may; returns what to say, "" where nothing was made.

    Leaves `DATABASE_URL` and `DATABASE_OWNER_URL` naming the login role and the owner. Raises
    Unsuitable, AskTheDBA.
    """
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        _refuse_unsuitable(connection)
        if _has_roles(connection):
            _refuse_without_owner(url)
            return ""
        passwords = {name: secrets.token_urlsafe(18) for name in (roles.OWNER, roles.LOGIN)}
        database = connection.info.dbname
        script = roles.roles_sql(*passwords.values()), roles.database_sql(database)
        named = _names(url, passwords)
        if not _is_superuser(connection):
            raise AskTheDBA(_for_the_dba("\n".join(script), named))
        for part in script:
            connection.execute(part.encode())
    os.environ.update(named)
    done = word("已建立三个数据库角色。以后请用这两行环境变量（内含口令，请妥善保管）：")
    return f"{done}\n{_lines(named)}"


def _refuse_unsuitable(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    version = connection.info.server_version // 10000
    if version < OLDEST:
        raise Unsuitable(
            word(
                "数据库是 PostgreSQL {version}，莞家需要 {oldest} 或更新。",
                version=version,
                oldest=OLDEST,
            )
        )
    row = connection.execute("SHOW server_encoding").fetchone()
    if row and row[0] != "UTF8":
        raise Unsuitable(word("数据库编码是 {encoding}，须为 UTF8。", encoding=row[0]))


def _has_roles(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    query = "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)"
    row = connection.execute(query, [[roles.OWNER, roles.APP, roles.LOGIN]]).fetchone()
    return row == (3,)


def _is_superuser(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    query = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    return connection.execute(query).fetchone() == (True,)


def _refuse_without_owner(url: str) -> None:
    """Migrations are the owner's: its URL must be known and work."""
    owner = os.environ.get("DATABASE_OWNER_URL", "")
    if owner:
        psycopg.connect(owner, connect_timeout=10).close()
        return
    example = _with_user(url, roles.OWNER, word("口令"))
    raise Unsuitable(
        word(
            "数据库角色已有，迁移要用所有者账号。"
            "请设置 DATABASE_OWNER_URL={example} 再运行 guanjia init。",
            example=example,
        )
    )


def _names(url: str, passwords: dict[str, str]) -> dict[str, str]:
    return {
        "DATABASE_URL": _with_user(url, roles.LOGIN, passwords[roles.LOGIN]),
        "DATABASE_OWNER_URL": _with_user(url, roles.OWNER, passwords[roles.OWNER]),
    }


def _with_user(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='口令')}@{where}"))


def _for_the_dba(script: str, named: dict[str, str]) -> str:
    return word(
        "DATABASE_URL 的用户不能建立角色。请把下面的 SQL 交给数据库管理员，"
        "以超级用户在该库执行一次：\n\n{script}\n"
        "然后设置这两行环境变量，再运行 guanjia init：\n\n{lines}",
        script=script,
        lines=_lines(named),
    )


def _lines(named: dict[str, str]) -> str:
    return "\n".join(f"  export {name}='{value}'" for name, value in named.items())
