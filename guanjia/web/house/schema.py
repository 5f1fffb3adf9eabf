"""The tables of this program in the database: are they current, and bringing them up to date."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps import AppConfig, apps
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from guanjia.kit.database import from_url
from guanjia.policy.words import word
from guanjia.web.house.errors import NotReady

ONE_AT_A_TIME = 0x6A11_6A1A  # advisory lock: two programs that migrate one database take turns

Step = Callable[[int, int], None]


@contextmanager
def as_owner(url: str) -> Iterator[None]:
    """This process's connection is the owner's for the time of the block; `url` names the owner."""
    default = connections["default"]
    before = dict(default.settings_dict)
    default.close()
    default.settings_dict.update(from_url(url, role=None))
    try:
        yield
    finally:
        default.close()
        default.settings_dict.update(before)


def migrate(step: Step) -> int:
    """Apply what is missing, as the owner; `step(done, total)` is told. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    done = 0

    def heard(action: str, *_: object, **__: object) -> None:
        nonlocal done
        if action == "apply_success":
            done += 1
            step(done, len(plan))

    step(0, len(plan))
    executor = MigrationExecutor(connection, heard)
    executor.migrate(executor.loader.graph.leaf_nodes(), plan=plan)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
    return len(plan)


def gather_statistics() -> None:
    """After much was written at once: the planner's statistics now, not at the next autovacuum."""
    with as_owner(os.environ["DATABASE_OWNER_URL"]), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def refuse_unless_current() -> None:
    """Raise NotReady where migrations are missing, or where a newer program has been here."""
    refuse_newer()
    loader = MigrationLoader(connection)
    applied = loader.applied_migrations or {}
    missing = [key for key in loader.graph.nodes if key not in applied]
    if missing:
        raise NotReady(
            word("数据库还缺 {count} 步结构更新。请运行 guanjia init。", count=len(missing))
        )


def refuse_newer() -> None:
    """Raise NotReady where the database holds migrations that this program does not know."""
    loader = MigrationLoader(connection)
    ours = {app.label for app in _ours()}
    known = set(loader.disk_migrations or {})
    applied = loader.applied_migrations or {}
    later = sorted(f"{a}.{n}" for a, n in applied if a in ours and (a, n) not in known)
    if later:
        raise NotReady(
            word(
                "数据库已由更新版本的莞家升级（{later}）。数据没有被改动，请改用新版本的程序。",
                later=later[0],
            )
        )


def _ours() -> list[AppConfig]:
    return [app for app in apps.get_app_configs() if app.name.startswith("guanjia.")]
