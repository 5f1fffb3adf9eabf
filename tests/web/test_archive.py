"""Backup and restore: what comes back is what was there, and nothing is lost on the way."""

import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from guanjia.web.house import archive, cluster, embedded
from tests.web.running import guanjia

pytestmark = pytest.mark.slow


@pytest.fixture
def place(ready: Path) -> Iterator[Path]:
    """A house with one account and one file."""
    place = ready
    (place / "files" / "bank").mkdir()
    (place / "files" / "bank" / "2020-01.csv").write_bytes("𠮷,1180.00\r\n".encode("gb18030"))
    yield place


def test_what_is_restored_is_what_was_backed_up(place: Path, ground: Path) -> None:
    file, other = ground / "monday.tar", ground / "other"
    assert guanjia(place, "backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert guanjia(other, "restore", str(file)).returncode == 0
    assert _dump(other) == _dump(place)
    for name in ("keys/index", "keys/seal-k1", "keys/django", "files/bank/2020-01.csv"):
        assert (other / name).read_bytes() == (place / name).read_bytes()
    assert (other / "keys" / "database").read_bytes() != (place / "keys" / "database").read_bytes()
    again = guanjia(other, "init")
    assert (again.returncode, "0/0" in again.stdout) == (0, True)


def test_a_backup_from_before_tickets_had_a_key_opens_its_own_tickets(
    place: Path, ground: Path
) -> None:
    file, older, other = ground / "monday.tar", ground / "older.tar", ground / "other"
    assert guanjia(place, "backup", str(file)).returncode == 0
    with tarfile.open(file) as whole, tarfile.open(older, "w") as tar:
        for member in whole:
            if member.name != "keys/ticket":
                tar.addfile(member, whole.extractfile(member) if member.isreg() else None)
    assert guanjia(other, "restore", str(older)).returncode == 0
    assert guanjia(other, "init").returncode == 0
    assert (other / "keys" / "ticket").read_bytes() == (place / "keys" / "index").read_bytes()


def test_index_keys_that_a_backup_lacks_are_put_aside(place: Path, ground: Path) -> None:
    """Held beside those of the backup, they would be one hash of a contact too many."""
    file, keys = ground / "monday.tar", place / "keys"

    def done(*words: str) -> str:
        one = guanjia(place, *words)
        assert one.returncode == 0, one.stderr
        return one.stdout

    done("keys", "new", "index")
    done("backup", str(file))
    old = {name: (keys / name).read_bytes() for name in ("index", "index-k2")}
    done("keys", "rotate")
    done("keys", "retire", "index-k1")
    done("keys", "new", "index")
    newer = (keys / "index-k3").read_bytes()
    assert "index-k3，已停用" in done("restore", str(file), "--replace")
    assert {one.name: one.read_bytes() for one in keys.glob("index*")} == old
    assert (keys / "retired-index-k3").read_bytes() == newer
    assert "0/0" in done("init")
    done("keys", "rotate")
    done("keys", "retire", "index-k1")
    assert "index-k4" in done("keys", "new", "index"), "no key is called as one that was put aside"


def test_a_restore_puts_a_damaged_index_key_aside_unread(tmp_path: Path) -> None:
    home, room = tmp_path / "home", tmp_path / "room"
    for folder in (home / "keys", room / "keys", room / "files"):
        folder.mkdir(parents=True)
    for name in ("index", "index-k2", "index-k3"):
        (home / "keys" / name).write_text("damaged")
    (room / "keys" / "index").write_text("00" * 32)
    assert archive._restore_files(home, room) == ["k2", "k3"]
    left = {one.name: one.read_text() for one in (home / "keys").iterdir()}
    aside = dict.fromkeys(("retired-index-k2", "retired-index-k3"), "damaged")
    assert left == {"index": "00" * 32} | aside


def test_a_backup_never_overwrites_a_file(place: Path, ground: Path) -> None:
    file = ground / "monday.tar"
    file.write_text("last week's")
    refused = guanjia(place, "backup", str(file))
    assert (refused.returncode, "没有覆盖" in refused.stderr) == (1, True)
    assert file.read_text() == "last week's"


def test_data_that_stand_are_replaced_only_when_told_so(place: Path, ground: Path) -> None:
    file = ground / "monday.tar"
    guanjia(place, "backup", str(file))
    guanjia(place, "account", "wang", "--role", "auditor")
    refused = guanjia(place, "restore", str(file))
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    assert _users(place) == 2
    assert guanjia(place, "restore", str(file), "--replace").returncode == 0
    assert _users(place) == 1


def test_a_damaged_backup_changes_nothing(place: Path, ground: Path) -> None:
    file, damaged = ground / "monday.tar", ground / "damaged.tar"
    guanjia(place, "backup", str(file))
    room = ground / "room"
    room.mkdir()
    with tarfile.open(file) as tar:
        for member in tar:
            archive._unpack_one(tar, member, room)
    dump = bytearray((room / archive.DUMP).read_bytes())
    dump[len(dump) // 2] ^= 1
    (room / archive.DUMP).write_bytes(dump)
    with tarfile.open(damaged, "w") as tar:
        for name in sorted(room.iterdir()):
            tar.add(name, name.name)
    before = _dump(place)
    for bad in (damaged, Path(__file__), ground / "missing.tar"):
        refused = guanjia(place, "restore", str(bad), "--replace")
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert _dump(place) == before
    assert not (place / "restoring").exists()


def test_an_archive_that_reaches_outside_its_folder_is_refused(place: Path, ground: Path) -> None:
    link = tarfile.TarInfo("files")
    link.type, link.linkname = tarfile.SYMTYPE, str(ground)
    for number, evil in enumerate(("../outside.py", f"{ground}/outside.py", link)):
        file = ground / f"evil-{number}.tar"
        with tarfile.open(file, "w") as tar:
            if isinstance(evil, str):
                tar.add(__file__, evil, filter=lambda info, name=evil: _named(info, name))
            else:
                tar.addfile(evil)
        refused = guanjia(place, "restore", str(file), "--replace")
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
        assert not (ground / "outside.py").exists()


def _named(info: tarfile.TarInfo, name: str) -> tarfile.TarInfo:
    info.name = name  # an absolute one too, which add() would have made relative
    return info


def test_a_failed_restore_leaves_the_database_as_it_was_and_says_so(
    place: Path, ground: Path
) -> None:
    before, room = _dump(place), ground / "room"
    room.mkdir()
    with embedded.held(place) as server:
        database = archive.Reach(server.runner, server.url(cluster.SUPERUSER))
        (room / archive.DUMP).write_bytes(b"PGDMP, but nothing after it")
        with pytest.raises(archive.ArchiveError, match="pg_restore"):
            archive._restore_database(database, room)
    assert _dump(place) == before


def test_a_running_house_is_not_restored_over(place: Path, ground: Path) -> None:
    file = ground / "monday.tar"
    guanjia(place, "backup", str(file))
    with embedded.held(place):
        refused = guanjia(place, "restore", str(file), "--replace")
    assert (refused.returncode, "先停止" in refused.stderr) == (1, True)


def test_a_half_done_restore_is_finished_by_running_it_again(place: Path, ground: Path) -> None:
    file = ground / "monday.tar"
    guanjia(place, "backup", str(file))
    (place / "restoring").write_text(f"{file}\n")
    shutil.rmtree(place / "files")
    assert f"guanjia restore {file}" in guanjia(place, "init").stderr
    assert guanjia(place, "restore", str(file), "--replace").returncode == 0
    assert (place / "files" / "bank" / "2020-01.csv").exists()
    assert guanjia(place, "init").returncode == 0


def test_the_read_log_of_a_restored_house_is_whole_or_says_what_is_not_in_it(
    place: Path, ground: Path
) -> None:
    early, late, other = ground / "monday.tar", ground / "tuesday.tar", ground / "other"
    _read_and_seal(place)
    guanjia(place, "backup", str(early))
    _read(place)  # is in the backup, and not yet sealed
    guanjia(place, "backup", str(late))
    assert guanjia(other, "restore", str(late)).returncode == 0
    _whole(other, "1 批 1 行，另有 1 行待封存")
    _read_and_seal(other)
    _whole(other, "3 批 3 行")  # what waited there is sealed by itself, as of another cluster
    _read_and_seal(place)
    _read_and_seal(place)
    _whole(place, "3 批 4 行")
    refused = guanjia(place, "restore", str(early))
    assert refused.returncode == 1
    _whole(place, "3 批 4 行")
    restored = guanjia(place, "restore", str(early), "--replace")
    missing = "查阅日志当时封存到第 3 批，备份里只有前 1 批：第 2 至 3 批的查阅记录不在库里"
    assert (restored.returncode, missing in restored.stdout) == (0, True)
    assert missing in _whole(place, "1 批 1 行")
    _read_and_seal(place)
    assert missing in _whole(place, "2 批 2 行")
    with embedded.held(place) as server, psycopg.connect(server.url(cluster.SUPERUSER)) as owner:
        owner.execute("ALTER TABLE staff_readbatch DISABLE TRIGGER USER")
        owner.execute("DELETE FROM staff_readbatch WHERE number = 2")
    broken = guanjia(place, "log", "check")
    assert broken.returncode == 1
    assert "数据库里只封存到第 1 批，数据库外留存到第 2 批" in broken.stdout
    assert "核对无误的有 1 批" in broken.stdout


def test_a_damaged_witness_is_said_and_nothing_is_replaced(place: Path, ground: Path) -> None:
    file, witness = ground / "monday.tar", place / "read-log-chain"
    _read_and_seal(place)
    guanjia(place, "backup", str(file))
    guanjia(place, "account", "wang", "--role", "auditor")
    whole = witness.read_bytes()
    witness.write_bytes(b"x" + whole)
    before = _dump(place)
    said = f"{witness} 第 1 行读不懂"
    for words, more in (
        (("log", "check"), "请把它改名留着"),
        (("restore", str(file), "--replace"), "没有恢复，也没有改动任何资料"),
    ):
        refused = guanjia(place, *words)
        assert (refused.returncode, "程序出错" in refused.stderr) == (1, False)
        assert said in refused.stderr and more in refused.stderr
    assert _dump(place) == before
    assert not (place / "restoring").exists()
    witness.rename(place / "read-log-chain.damaged")
    assert guanjia(place, "log", "seal").returncode == 0
    assert witness.read_bytes() == whole
    assert guanjia(place, "restore", str(file), "--replace").returncode == 0
    _whole(place, "1 批 1 行")


def _read(place: Path) -> None:
    """Somebody at a desk opens a person's page."""
    with embedded.held(place) as server, psycopg.connect(server.url(cluster.SUPERUSER)) as owner:
        owner.execute(
            "INSERT INTO staff_read (user_id, post_id, place, kind, person, what, filters, reason, "
            "reason_words, address, status) SELECT user_id, id, place_id, 'person', 1, '', '', '', '', "
            "'', 200 FROM staff_post LIMIT 1"
        )


def _read_and_seal(place: Path) -> None:
    _read(place)
    assert guanjia(place, "log", "seal").returncode == 0


def _whole(place: Path, counted: str) -> str:
    """The read log is whole, with so many batches and rows; all that is said."""
    done = guanjia(place, "log", "check")
    assert (done.returncode, f"查阅日志完整：{counted}" in done.stdout) == (0, True), done.stdout
    return done.stdout


def test_an_empty_house_has_nothing_to_back_up(ground: Path) -> None:
    refused = guanjia(ground / "empty", "backup", str(ground / "x.tar"))
    assert (refused.returncode, "没什么可备份" in refused.stderr) == (1, True)


def _dump(place: Path) -> str:
    """The whole database as SQL, without what PostgreSQL writes anew each time.

    Those are the random key of psql's guard lines, and where it puts the casts of a constraint.
    """
    with embedded.held(place) as server:
        url = server.url(cluster.SUPERUSER)
        program = server.runner.binaries / "pg_dump"
        done = subprocess.run([program, url], capture_output=True, text=True, check=True)
    kept = "\n".join(line for line in done.stdout.splitlines() if "restrict" not in line)
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", kept)


def _users(place: Path) -> int:
    with embedded.held(place) as server, psycopg.connect(server.owner_url) as connection:
        row = connection.execute("SELECT count(*) FROM staff_user").fetchone()
    assert row is not None
    return int(row[0])
