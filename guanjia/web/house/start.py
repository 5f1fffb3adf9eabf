"""Start-up: the database up, the environment set, Django ready, and never as an unsafe role."""

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from guanjia.kit.database import APP_ROLE
from guanjia.policy.words import listed, word
from guanjia.web.house import embedded
from guanjia.web.house import home as houses
from guanjia.web.house.errors import NotReady, UnsafeRole
from guanjia.web.tongues import terminal

SETTINGS = "guanjia.web.settings"

UNSAFE = """
SELECT me.rolsuper OR login.rolsuper, me.rolbypassrls OR login.rolbypassrls,
  EXISTS (SELECT FROM pg_class c WHERE c.relkind IN ('r', 'p')
    AND c.relnamespace = 'public'::regnamespace AND pg_has_role(session_user, c.relowner, 'MEMBER'))
FROM pg_roles me, pg_roles login WHERE me.rolname = current_user AND login.rolname = session_user
"""


@dataclass(frozen=True, slots=True)
class House:
    """A running house: its data folder, and its own server unless `DATABASE_URL` names another."""

    home: Path
    server: embedded.Server | None


_inside: list[House] = []


@contextmanager
def house(migrated: bool = True) -> Iterator[House]:
    """A running house for as long as the block runs; inside another, the same one again.

    `migrated`: refuse a database whose tables are not those of this program. Raises HomeError,
    ServerError, UnsafeRole, NotReady.
    """
    if _inside:
        yield _inside[0]
        return
    with ExitStack() as stack:
        stack.enter_context(_terminated_in_order())
        found = _enter(stack)
        refuse_unsafe_role()
        if migrated:
            from guanjia.web.house import schema

            schema.refuse_unless_current()
        _inside.append(found)
        try:
            yield found
        finally:
            _inside.clear()
            _leave()


@contextmanager
def no_house() -> Iterator[None]:
    """Django ready over a data folder that vanishes and a database that is never asked: for --help."""
    with (
        tempfile.TemporaryDirectory() as room,
        _named(
            GUANJIA_DATA=room, DATABASE_URL="postgresql:///none", DJANGO_SETTINGS_MODULE=SETTINGS
        ),
    ):
        import django

        django.setup()
        terminal.speak(os.environ)  # over a folder without catalogues
        yield


def _enter(stack: ExitStack) -> House:
    """Database first, since settings name it; then Django."""
    home = houses.ensure()
    houses.refuse_half_restored(home)
    server = None
    if not os.environ.get("DATABASE_URL"):
        server = stack.enter_context(embedded.held(home))
        stack.enter_context(
            _named(DATABASE_URL=server.app_url, DATABASE_OWNER_URL=server.owner_url)
        )
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
    houses.keys_are_in_use(home)
    from django.utils import translation

    from guanjia.web.tongues import catalogues

    catalogues.compile_stale()
    translation.activate(terminal.language(os.environ))
    return House(home, server)


@contextmanager
def _terminated_in_order() -> Iterator[None]:
    """SIGTERM leaves the house by its door, so that the last one out stops the server."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave() -> None:
    from django.db import connections

    connections.close_all()


@contextmanager
def _named(**values: str) -> Iterator[None]:
    """Environment variables for the time of the block, for this process and its children."""
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            os.environ.pop(name, None)


def refuse_unsafe_role() -> None:
    """Superusers, roles with BYPASSRLS and owners of tables ignore row security: raise UnsafeRole."""
    from django.db import OperationalError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(UNSAFE)
            row = cursor.fetchone()
            cursor.execute("SELECT session_user")
            (login,) = cursor.fetchone()
    except OperationalError as problem:
        if APP_ROLE not in str(problem):
            raise
        raise NotReady(
            word(
                "数据库里还没有莞家的角色，或登录账号不能转为 {role}。请先运行 guanjia init。",
                role=APP_ROLE,
            )
        ) from None
    reasons = (word("超级用户"), word("带 BYPASSRLS 的角色"), word("库表的所有者"))
    found = [reason for reason, is_so in zip(reasons, row, strict=True) if is_so]
    if found:
        raise UnsafeRole(
            word(
                "数据库登录账号 {login} 是{reasons}，会绕过行级安全，"
                "莞家拒绝用它提供服务。\n请先运行 guanjia init，"
                "再让 DATABASE_URL 使用只能转为 guanjia_app 的登录账号。",
                login=login,
                reasons=listed(found),
            )
        )
