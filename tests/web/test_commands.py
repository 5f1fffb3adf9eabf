"""The command line as its users meet it: every command a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from guanjia import __main__ as command_line
from guanjia.web.house import cluster, embedded, home, roles
from tests.web.running import (
    CLONE,
    Visitor,
    answers,
    environment,
    free_port,
    guanjia,
    processes_of,
    serving,
    wait_until,
)

pytestmark = pytest.mark.slow
LINK = re.compile(r"http://127\.0\.0\.1:8000(/accounts/password/reset/key/\S+)")


@pytest.fixture
def place(ground: Path) -> Iterator[Path]:
    """A data folder of which nothing still runs at the end."""
    yield ground / "house"
    assert processes_of(ground) == set()


def test_a_house_is_made_by_one_command_and_again_without_harm(place: Path) -> None:
    first = guanjia(place, "init")
    assert (first.returncode, first.stderr) == (0, "")
    assert LINK.search(first.stdout)
    assert guanjia(place, "init").returncode == 0
    with embedded.held(place) as server, psycopg.connect(server.owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM places_place").fetchone() == (646,)
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        )
        assert owners.fetchall() == [(roles.OWNER,)]


def test_the_administrators_link_sets_a_password_and_works_once(place: Path) -> None:
    made = guanjia(place, "init")
    link = LINK.search(made.stdout)
    assert link is not None
    port, word = free_port(), "three-long-words-9"
    with serving(place, port):
        first, second = Visitor(port), Visitor(port)
        status, _page, _url = first.post(link[1], password1=word, password2=word)
        assert status == 200
        assert 'name="password1"' not in second.get(link[1])[1]
        second.sign_in("admin", word)
        assert second.get("/accounts/password/change/")[0] == 200
    assert "已有管理员" in guanjia(place, "init").stdout


def test_a_house_that_was_not_made_says_which_command_makes_it(place: Path) -> None:
    refused = guanjia(place, "work", "--until-empty")
    assert refused.returncode == 1
    assert "guanjia init" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_ctrl_c_stops_all_that_was_started(ready: Path) -> None:
    port = free_port()
    with serving(ready, port) as process:
        assert answers(port)
        assert len(processes_of(ready)) >= 4  # keeper, pages, their worker, jobs, and PostgreSQL
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
    assert "Traceback" not in said
    assert processes_of(ready) == set()
    assert not answers(port)


def test_a_killed_keeper_takes_its_programs_along_and_the_next_one_adopts_the_server(
    ready: Path,
) -> None:
    port = free_port()
    with serving(ready, port) as process:
        process.kill()
        process.wait()
        wait_until(lambda: len(_python(ready)) == 0)
    left = embedded.running_pid(ready / "pg")
    assert left is not None
    with serving(ready, port):
        assert answers(port)
        assert embedded.running_pid(ready / "pg") == left
    assert embedded.running_pid(ready / "pg") is None


def test_a_job_worker_that_dies_is_started_again(ready: Path) -> None:
    port = free_port()
    with serving(ready, port):
        worker = next(pid for pid in _python(ready) if b"guanjia\0work" in _said(pid))
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: any(b"guanjia\0work" in _said(p) for p in _python(ready) - {worker}))


def test_a_port_in_use_is_named_before_anything_starts(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = guanjia(place, "serve", "--port", str(port))
    assert refused.returncode == 1
    assert f"端口 {port} 已被" in refused.stderr
    assert not place.exists()


def test_a_folder_of_a_newer_version_is_refused(place: Path) -> None:
    place.mkdir()
    (place / "version").write_text("99\n")
    for command in (["init"], ["serve", "--port", str(free_port())], ["backup", "x.tar"]):
        refused = guanjia(place, *command)
        assert refused.returncode == 1
        assert "更新版本" in refused.stderr
    assert (place / "version").read_text() == "99\n"


def test_a_database_that_a_newer_program_migrated_is_refused(ready: Path) -> None:
    with embedded.held(ready) as server, psycopg.connect(server.owner_url) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0999_later', now())"
        )
    refused = guanjia(ready, "serve", "--port", str(free_port()))
    assert refused.returncode == 1
    assert "people.0999_later" in refused.stderr


@pytest.mark.parametrize("user", [cluster.SUPERUSER, roles.OWNER, "passing"])
def test_serving_is_refused_over_a_role_that_row_security_does_not_bind(
    ready: Path, user: str
) -> None:
    with embedded.held(ready) as server:
        with psycopg.connect(server.url(cluster.SUPERUSER), autocommit=True) as connection:
            connection.execute(
                "CREATE ROLE passing LOGIN BYPASSRLS PASSWORD 'word' IN ROLE guanjia_app"
            )
            connection.execute(
                f"GRANT CONNECT ON DATABASE guanjia TO passing, {roles.OWNER}".encode()
            )
            connection.execute(f"GRANT {roles.APP} TO {roles.OWNER}".encode())
        server.passwords["passing"] = "word"
        words = ["serve", "--port", str(free_port())]
        refused = guanjia(ready, *words, DATABASE_URL=server.url(user))
    assert refused.returncode == 1
    assert "行级安全" in refused.stderr
    assert user in refused.stderr


def test_an_account_gets_a_post_and_a_link(ready: Path) -> None:
    made = guanjia(ready, "account", "wang", "--role", "town_clerk", "--place", "441900119")
    assert LINK.search(made.stdout)
    assert "没有“chief”这个岗位" in guanjia(ready, "account", "wang", "--role", "chief").stderr
    nowhere = guanjia(ready, "account", "li", "--role", "auditor", "--place", "441999")
    assert (nowhere.returncode, "441999" in nowhere.stderr) == (1, True)


def test_a_second_factor_is_told_only_in_a_demonstration(ready: Path) -> None:
    refused = guanjia(ready, "demo", "code", "admin")
    assert refused.returncode == 1
    assert "演示" in refused.stderr


def test_a_command_that_fails_unexpectedly_keeps_its_trace_in_a_file(
    ground: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GUANJIA_DATA", str(home.ensure(ground / "house")))
    door = command_line.Door("tests.web.test_commands:fall_over", False)
    monkeypatch.setitem(command_line.DOORS, "fall", door)
    assert command_line.main(["fall"]) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said
    kept = next((ground / "house").glob("error-*.txt"))
    assert "fall_over" in kept.read_text()


def fall_over(words: list[str]) -> int:
    """Fails as a mistake of ours would."""
    return len(words) // 0


def test_a_mistyped_command_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command_line.main(["bakcup"]) == 2
    assert "guanjia backup" in capsys.readouterr().err


def test_the_policy_commands_start_without_django() -> None:
    program = (
        "import sys; from guanjia.__main__ import main\n"
        "try: main(['policy', 'check', '--help'])\n"
        "except SystemExit: pass\n"
        "assert 'django' not in sys.modules and 'guanjia.policy.cli' in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=CLONE
    )
    assert done.returncode == 0, done.stderr


def test_sigterm_leaves_the_house_by_its_door(ready: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "guanjia", "work"],
        cwd=CLONE,
        env=environment(ready),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: embedded.running_pid(ready / "pg") is not None)
    time.sleep(2)
    process.terminate()
    process.communicate(timeout=60)
    assert embedded.running_pid(ready / "pg") is None


def _python(place: Path) -> set[int]:
    return {pid for pid in processes_of(place) if _program(pid).startswith("python")}


def _program(pid: int) -> str:
    return Path(_said(pid).split(b"\0")[0].decode()).name


def _said(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_what_the_calculator_was_told_stands_in_no_log(ready: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    port, told = free_port(), ("1938", "4321.09", "kin=self", "born_on")
    more = {"GUANJIA_ACCESS_LOG": str(log), "GUANJIA_LOG": "debug"}
    with serving(ready, port, **more) as process:
        visitor = Visitor(port)
        born = {"born_on.0.y": "1938", "born_on.0.m": "3", "born_on.0.d": "15", "hukou.0": "local"}
        asked = {"kin": "self", "now": "born_on.0 hukou.0", "go": "next"}
        assert "最近的急难" in visitor.post("/due/", **asked, **born)[1]
        assert "今天之后" in visitor.post("/due/", **asked, **(born | {"born_on.0.y": "2938"}))[1]
        assert visitor.post("/due/", **asked, done="deposits.home=4321.09&alive.0=no")[0] == 400
        link = {"saved": "http://x/due/#kin=self&done=born_on.0%3D1938-3-15"}
        assert visitor.post("/due/", kin="self", go="open", **link)[0] == 200
        process.send_signal(signal.SIGINT)
        said, _none = process.communicate(timeout=60)
    lines = log.read_text()
    assert lines.count("POST /due/") == 4, "the log was kept"
    assert [one for one in told if one in lines + said] == []
