"""The embedded PostgreSQL: a real server on a private local socket, under the data folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg

from guanjia.policy.words import word
from guanjia.web.house import cluster as clusters
from guanjia.web.house import roles
from guanjia.web.house.cluster import SUPERUSER, Runner, ServerError


@dataclass(slots=True)
class Server:
    """A running server and how to reach it. `started` is False where it was running already."""

    cluster: Path
    sockets: Path
    runner: Runner
    database: str
    started: bool
    passwords: dict[str, str]

    @property
    def owner_url(self) -> str:
        """Connects as the owner, who migrates."""
        return self.url(roles.OWNER)

    @property
    def app_url(self) -> str:
        """Connects as the login role that may only become the application's role."""
        return self.url(roles.LOGIN)

    def url(self, user: str, database: str | None = None) -> str:
        """A PostgreSQL URL over the socket."""
        secret = quote(self.passwords[user], safe="")
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{user}:{secret}@/{database or self.database}?host={host}"

    @property
    def pid(self) -> int | None:
        """The postmaster's process number, None where it is not running."""
        return running_pid(self.cluster)

    def stop(self) -> None:
        """Stop the server: fast, and at once where fast takes too long."""
        done = self.runner.run("pg_ctl", "stop", "-D", str(self.cluster), "-m", "fast", "-t", "30")
        if done.returncode and self.pid is not None:
            self.runner.run("pg_ctl", "stop", "-D", str(self.cluster), "-m", "immediate")
        self.started = False
        with suppress(OSError):  # not empty: somebody else has just started it again
            self.sockets.rmdir()


def start(home: Path, database: str = "guanjia") -> Server:
    """The house's server, started or, where it runs already, adopted. Raises ServerError."""
    runner = clusters.binaries()
    cluster = home / "pg"
    with _alone(home / "pg.lock"):
        if not (cluster / "PG_VERSION").exists():
            clusters.make(home, cluster, runner)
        passwords = clusters.passwords_of(home)
        sockets = clusters.socket_folder(cluster, runner)
        server = Server(cluster, sockets, runner, database, False, passwords)
        pid = running_pid(cluster)
        if pid is None or not _answers(server, pid):
            _start(server)
            server.started = True
        _make_database(server)
    return server


@contextmanager
def held(home: Path) -> Iterator[Server]:
    """The running server for the time of the block; the last of all who hold it stops it."""
    with (home / "pg.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server = start(home)
        try:
            yield server
        finally:
            with _alone(home / "pg.lock"):
                if _last_of(users):
                    server.stop()


def is_held(home: Path) -> bool:
    """Whether any process uses the server of this folder right now."""
    with (home / "pg.users").open("a") as users:
        return not _last_of(users)


def _last_of(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def running_pid(cluster: Path) -> int | None:
    """The pid in the cluster's postmaster.pid, if such a process lives."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid if _is_postgres(pid, cluster) else None


def _is_postgres(pid: int, cluster: Path) -> bool:
    """A pid may have been given to somebody else since: look at what it runs."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True  # no /proc: believe the file
    return str(cluster).encode() in command


def _answers(server: Server, pid: int) -> bool:
    """Whether the running server is ours; another that holds the cluster is named with its pid."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            psycopg.connect(server.url(SUPERUSER, "postgres"), connect_timeout=3).close()
            return True
        except psycopg.OperationalError as problem:
            reason = problem
        if running_pid(server.cluster) is None:
            return False
        time.sleep(0.2)
    raise ServerError(
        word(
            "数据目录 {cluster} 正被另一个 PostgreSQL 进程（pid {pid}）使用，"
            "但连不上它：{reason}请先停掉它（kill {pid}），再重新运行。",
            cluster=server.cluster,
            pid=pid,
            reason=reason,
        )
    )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two starts at one time: one starts, the other waits and adopts."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start(server: Server) -> None:
    log = server.cluster / "server.log"
    done = server.runner.run(
        *("pg_ctl", "start", "-w", "-t", "60", "-D", str(server.cluster), "-l", str(log)),
        *("-o", f"-k {server.sockets}"),
        wait=90,
    )
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""
        raise ServerError(
            word(
                "数据库启动失败。\n{said}\n{tail}\n日志：{log}",
                said=done.stderr.strip(),
                tail=tail,
                log=log,
            )
        )


def _make_database(server: Server) -> None:
    """Roles, template and database where missing. Passwords travel over the private socket."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [server.database]).fetchone():
            _grant(connection, server.database)
            return
        connection.execute("SET log_statement = 'none'")
        secrets_ = server.passwords
        connection.execute(roles.roles_sql(secrets_[roles.OWNER], secrets_[roles.LOGIN]).encode())
        with psycopg.connect(server.url(SUPERUSER, "template1"), autocommit=True) as template:
            template.execute(roles.database_sql("template1").encode())
        connection.execute(f'CREATE DATABASE "{server.database}" OWNER {roles.OWNER}'.encode())
        _grant(connection, server.database)


def _grant(connection: psycopg.Connection[Any], database: str) -> None:
    connection.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'.encode())
    connection.execute(f'GRANT CONNECT ON DATABASE "{database}" TO {roles.LOGIN}'.encode())
