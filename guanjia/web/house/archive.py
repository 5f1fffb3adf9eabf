"""One file that holds a house: its database, its files, its keys. Written whole, checked on reading."""

import hashlib
import os
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import psycopg

from guanjia import __version__
from guanjia.policy.words import word
from guanjia.staff import read_witness
from guanjia.staff.read_witness import Damaged, Gone
from guanjia.web.house import cluster, embedded
from guanjia.web.house import home as houses
from guanjia.web.house.keyring import of_the_index

FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.toml"
OF_THE_CLUSTER = "database"  # the cluster's own passwords: a new cluster has new ones
ADMIN_URL = "DATABASE_ADMIN_URL"
AS_NEW = (  # the schema as every new database has it
    "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner; "
    "GRANT USAGE ON SCHEMA public TO PUBLIC; COMMENT ON SCHEMA public IS 'standard public schema'"
)
PSQL = (
    "--no-psqlrc",
    "--quiet",
    "--single-transaction",
    "--set=ON_ERROR_STOP=1",
    f"--command={AS_NEW}",
)


class ArchiveError(RuntimeError):
    """The archive cannot be written or read; nothing was changed, or the text says what was."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How PostgreSQL's own programs reach a database as one whom row security does not bind."""

    runner: cluster.Runner
    url: str

    def run(self, program: str, *words: str, reads_archive: bool = False, **files: Any) -> None:
        """Run pg_dump or psql over this database, or pg_restore over an archive and no database.

        Raises ArchiveError with its last words.
        """
        info = psycopg.conninfo.conninfo_to_dict(self.url)
        where = [f"--{k}={info[k]}" for k in ("host", "port") if info.get(k)]
        name = [f"--username={info['user']}", "--no-password", f"--dbname={info['dbname']}"]
        password = str(info.get("password", ""))
        words = words if reads_archive else (*where, *name, *words)
        done = self.runner.run(program, *words, wait=None, password=password, **files)
        if done.returncode:
            raise ArchiveError(
                word(
                    "{program} 没有成功：\n{said}",
                    program=program,
                    said=done.stderr.strip()[-2000:],
                )
            )


@contextmanager
def reach(home: Path) -> Iterator[Reach]:
    """The house's database as its superuser. Raises ArchiveError where no such user is known."""
    if not os.environ.get("DATABASE_URL"):
        with embedded.held(home) as server:
            yield Reach(server.runner, server.url(cluster.SUPERUSER))
        return
    url = os.environ.get(ADMIN_URL, "")
    if not url:
        raise ArchiveError(
            word(
                "DATABASE_URL 的登录账号受行级安全约束，读不全数据。"
                "请用 {variable} 指定一个能备份的账号（超级用户或带 BYPASSRLS），"
                "再运行一次。",
                variable=ADMIN_URL,
            )
        )
    yield Reach(cluster.binaries(), url)


def write(home: Path, target: Path) -> int:
    """Back the house up into `target`, all of it or nothing; returns its size in bytes."""
    if not (home / "sealed").exists():
        raise ArchiveError(word("{home} 里还没有资料，没什么可备份。", home=home))
    if target.exists():
        raise ArchiveError(word("{target} 已存在，没有覆盖。请换一个文件名。", target=target))
    if not target.parent.is_dir():
        raise ArchiveError(word("没有 {folder} 这个目录。", folder=target.parent))
    draft = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=home) as room, reach(home) as database:
        dump = Path(room) / DUMP
        with dump.open("wb") as out:
            database.run("pg_dump", "--format=custom", target=out)
        manifest = Path(room) / MANIFEST
        manifest.write_text(_manifest(dump), encoding="utf-8")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
                _fill(tar, home, manifest, dump)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    draft.replace(target)
    return target.stat().st_size


def _fill(tar: tarfile.TarFile, home: Path, manifest: Path, dump: Path) -> None:
    tar.add(manifest, MANIFEST)
    tar.add(dump, DUMP)
    for key in sorted((home / "keys").iterdir()):
        if key.name != OF_THE_CLUSTER:
            tar.add(key, f"keys/{key.name}")
    tar.add(home / "files", "files")
    for name in houses.MARKS:
        if (home / name).exists():
            tar.add(home / name, name)


def _manifest(dump: Path) -> str:
    made = datetime.now().astimezone().isoformat(timespec="seconds")
    return (
        f'format = {FORMAT}\nguanjia = "{__version__}"\nmade_at = {made}\n'
        f'database_sha256 = "{_hash(dump)}"\n'
    )


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class Restored(NamedTuple):
    """What a restore took away: what of the read log is not in the backup; index keys that it lacks."""

    gone: Gone | None
    aside: list[str]


def restore(home: Path, source: Path, replace: bool) -> Restored:
    """Put the house in `source` in place of this one; `replace` where this one holds data.

    Everything is checked before anything is changed. Interrupted, it is to be run again; until
    then the house refuses to start.
    """
    if embedded.is_held(home):
        raise ArchiveError(word("莞家正在运行，请先停止（Ctrl-C）再恢复。"))
    if not source.is_file():
        raise ArchiveError(word("没有 {source} 这个备份文件。", source=source))
    with tempfile.TemporaryDirectory(dir=home) as name, reach(home) as database:
        room = Path(name)
        made = unpack(source, room)
        _look_at_witness(home)
        if not replace and _holds_data(database.url):
            raise ArchiveError(word("这里已有资料，没有改动。确实要用备份替换，请加 --replace。"))
        mark = home / "restoring"
        mark.write_text(f"{source.resolve()}\n")
        _restore_database(database, room)
        aside = _restore_files(home, room)
        at = datetime.now().astimezone()
        gone = read_witness.restored(home, _batches(database.url), at, made)
        mark.unlink()
    return Restored(gone, aside)


def _look_at_witness(home: Path) -> None:
    """What of the read log is not in the backup must be known, or nothing is replaced. Raises ArchiveError."""
    try:
        read_witness.read(home)
    except Damaged as problem:
        raise ArchiveError(
            word("{problem}\n没有恢复，也没有改动任何资料。", problem=problem)
        ) from None


def _batches(url: str) -> dict[int, str]:
    """The sealed batches of the read log: numbers and hashes."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT to_regclass('staff_readbatch')").fetchone()
        if row is None or row[0] is None:
            return {}
        query = "SELECT number, encode(hash, 'hex') FROM staff_readbatch"
        return dict(connection.execute(query).fetchall())


def unpack(source: Path, room: Path) -> datetime:
    """Unpack and check an archive; returns when it was made.

    Raises ArchiveError where it is none, damaged or newer.
    """
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                _unpack_one(tar, member, room)
        manifest = tomllib.loads((room / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError):
        raise ArchiveError(
            word("{source} 不是莞家的备份文件，或已损坏。没有改动任何资料。", source=source)
        ) from None
    if manifest["format"] > FORMAT:
        raise ArchiveError(word("备份由更新版本的莞家写成，请用新版本恢复。"))
    if _hash(room / DUMP) != manifest["database_sha256"]:
        raise ArchiveError(
            word("{source} 已损坏：数据库部分校验不符。没有改动任何资料。", source=source)
        )
    made: datetime = manifest["made_at"]
    return made


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, room: Path) -> None:
    """One plain file or folder, inside `room`, for its owner alone. Raises TarError for any other."""
    inside = PurePosixPath(member.name)
    if inside.is_absolute() or ".." in inside.parts or not (member.isreg() or member.isdir()):
        raise tarfile.ExtractError(member.name)
    place = room / inside
    if member.isdir():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None  # a plain file has content
    with content, place.open("wb") as out:
        shutil.copyfileobj(content, out)
    place.chmod(0o600)


def _holds_data(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT to_regclass('people_person')").fetchone()
        if row is None or row[0] is None:
            return False
        query = "SELECT EXISTS (SELECT FROM people_person) OR EXISTS (SELECT FROM staff_user)"
        return connection.execute(query).fetchone() == (True,)


def _restore_database(database: Reach, room: Path) -> None:
    """What stands there and what the dump holds change places in one transaction, or not at all."""
    script = room / "database.sql"
    with (room / DUMP).open("rb") as dump, script.open("wb") as out:
        database.run("pg_restore", "--file=-", reads_archive=True, source=dump, target=out)
    with script.open("rb") as text:
        database.run("psql", *PSQL, "--file=-", source=text)


def _restore_files(home: Path, room: Path) -> list[str]:
    """Keys, files and marks of the archive in place of those here; the cluster's passwords stay.

    Index keys that it lacks are put aside: under each that is held a contact has one hash more, and
    the column of its hashes has room for those of one change. Returns which these were.
    """
    for key in (room / "keys").iterdir():
        houses.write_private(home / "keys" / key.name, key.read_text())
    here, there = of_the_index(home / "keys"), of_the_index(room / "keys")
    aside = sorted(here.names() - there.names())
    for name in aside:
        here.retire(name)
    if not (room / "keys" / "ticket").exists():  # of a house that had not yet told them apart
        (home / "keys" / "ticket").unlink(missing_ok=True)
    shutil.rmtree(home / "files", ignore_errors=True)
    (room / "files").replace(home / "files")
    (home / "files").chmod(0o700)
    for name in houses.MARKS:
        (home / name).unlink(missing_ok=True)
        if (room / name).exists():
            (room / name).replace(home / name)
    return aside
