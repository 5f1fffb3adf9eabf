"""The demonstration, small: filled once, kept, served, signed in to, emptied; own files in place of it."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from guanjia.web.house import cluster, embedded
from tests.web.running import (
    CLONE,
    Visitor,
    answers,
    environment,
    free_port,
    guanjia,
    processes_of,
    wait_until,
)

pytestmark = pytest.mark.slow
SMALL = ["--residents", "400"]
PLACES = re.compile(r"http://127\.0\.0\.1:\d+(/\S*)")
PASSWORD = re.compile(r"密码都是 (\S+)")
PEOPLE = re.compile("陈大文|李月好|林炳坤")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A finished demonstration: its folder, and what it said."""
    folder = Path(
        subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip()
    )
    folder.chmod(0o711)
    done = guanjia(folder / "house", "demo", "--serve", "no", *SMALL)
    assert done.returncode == 0, done.stderr
    yield folder / "house", done.stdout
    assert processes_of(folder) == set()
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_it_ends_with_a_statement_and_eight_places_to_look(shown: tuple[Path, str]) -> None:
    _folder, said = shown
    for word in ("最低生活保障", "高龄津贴", "合计", "按镇街", "2019-12", "2020-03", "合成数据"):
        assert word in said, word
    assert len(PLACES.findall(said)) == 8, said
    assert "电话填 13800000002，验证码写在页面上" in said
    assert all(len(line) <= 80 for line in said.splitlines() if "http" not in line)


def test_every_month_is_paid_and_its_ledger_balances(shown: tuple[Path, str]) -> None:
    folder, _said = shown
    with (
        embedded.held(folder) as server,
        psycopg.connect(server.url(cluster.SUPERUSER)) as connection,
    ):
        runs = connection.execute(
            "SELECT month::text, state, prepared_by_id <> approved_by_id FROM entitlements_run ORDER BY 1"
        ).fetchall()
        assert runs == [
            (f"{m}-01", "paid", True) for m in ("2019-12", "2020-01", "2020-02", "2020-03")
        ]
        paid, filed = connection.execute(
            "SELECT (SELECT sum(t.fen) FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id "
            "WHERE e.kind = 'payment'), (SELECT sum(fen) FROM entitlements_bankfile WHERE name LIKE '%csv')"
        ).fetchone() or (0, 1)
        assert paid == filed
        assert paid > 0


def test_what_was_decided_is_decided_again_alike(shown: tuple[Path, str]) -> None:
    folder, _said = shown
    again = guanjia(folder, "policy", "replay")
    assert again.returncode == 0, again.stdout
    assert again.stdout.count("全部一致") == 4


def test_a_second_time_it_keeps_what_is_there(shown: tuple[Path, str]) -> None:
    folder, said = shown
    again = guanjia(folder, "demo", "--serve", "no", *SMALL)
    assert again.returncode == 0
    assert PASSWORD.search(again.stdout)[1] == PASSWORD.search(said)[1]  # type: ignore[index]
    assert PLACES.findall(again.stdout) == PLACES.findall(said)
    assert "居民与待遇" not in again.stdout
    assert "沿用" not in again.stdout
    other = guanjia(folder, "demo", "--serve", "no", "--residents", "500")
    assert "沿用已有的演示数据（400 人）" in other.stdout
    assert PLACES.findall(other.stdout) == PLACES.findall(said)


def test_in_an_english_terminal_it_speaks_english(shown: tuple[Path, str]) -> None:
    folder, _said = shown
    said = guanjia(folder, "demo", "--serve", "no", *SMALL, LANGUAGE="en").stdout
    assert "Paid, by benefit" in said and "Chang'an Town" in said
    assert re.findall(r"[\u3400-\u9fff]+", PEOPLE.sub("", said)) == []
    assert "…" not in said, "a figure that is cut is no figure"
    assert all(len(line) <= 80 for line in said.splitlines() if "http" not in line)
    nobody = guanjia(folder, "demo", "code", "nobody", LANGUAGE="en")
    assert "Choose one of: wang, huang" in nobody.stderr


def test_its_places_open_for_the_clerk_and_for_nobody_else(shown: tuple[Path, str]) -> None:
    folder, said = shown
    password = PASSWORD.search(said)[1]  # type: ignore[index]
    port = free_port()
    process = _demo(folder, port)
    try:
        wait_until(lambda: answers(port))
        clerk, stranger, other = Visitor(port), Visitor(port), Visitor(port)
        clerk.sign_in("wang", password)
        other.sign_in("huang", password)
        for path in PLACES.findall(said):
            assert clerk.get(path)[0] == 200, path
            if path == "/" or path.startswith("/book/"):
                assert stranger.get(path)[0] == 200, path
            else:
                assert "/accounts/login/" in stranger.get(path)[2]
                assert other.get(path)[0] == (200 if path == "/inbox/" else 404), path
        city = Visitor(port)
        city.sign_in("zhou", password)
        city.second_factor(guanjia(folder, "demo", "code", "zhou").stdout.strip())
        status, page, _url = city.get("/runs/")
        assert (status, "2020年3月" in page or "2020-03" in page) == (200, True)
        assert "演示" in page
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def test_a_code_is_told_for_those_who_need_one(shown: tuple[Path, str]) -> None:
    folder, _said = shown
    assert re.fullmatch(r"\d{6}\n", guanjia(folder, "demo", "code", "liang").stdout)
    assert "不需要动态码" in guanjia(folder, "demo", "code", "wang").stderr
    nobody = guanjia(folder, "demo", "code", "nobody")
    assert (nobody.returncode, "可选" in nobody.stderr) == (1, True)


def _hears_ctrl_c() -> None:
    """Programs started in the background of a shell are deaf to it; this one is not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_one_that_was_interrupted_is_begun_again(ground: Path) -> None:
    place = ground / "house"
    process = subprocess.Popen(
        [sys.executable, "-m", "guanjia", "demo", "--serve", "no", "--residents", "20000"],
        cwd=CLONE,
        env=environment(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hears_ctrl_c,
    )
    wait_until(lambda: _count(place, "places_place") > 0)
    process.send_signal(signal.SIGINT)
    _said, trouble = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in trouble) == (130, False), trouble
    assert processes_of(ground) == set()
    done = guanjia(place, "demo", "--serve", "no", *SMALL)
    assert done.returncode == 0, done.stderr
    assert _count(place, "people_person") < 1000


def test_reset_empties_a_demonstration_and_nothing_else(ready: Path, ground: Path) -> None:
    refused = guanjia(ready, "demo", "reset")
    assert (refused.returncode, "不是演示目录" in refused.stderr) == (1, True)
    refused = guanjia(ready, "demo", "--serve", "no")
    assert (refused.returncode, "正式资料" in refused.stderr) == (1, True)
    assert (ready / "sealed").exists()
    other = ground / "demo"
    guanjia(other, "demo", "--serve", "no", *SMALL)
    assert guanjia(other, "demo", "reset").returncode == 0
    assert not (other / "pg").exists()


def test_a_demonstration_leaves_a_database_of_ones_own_alone(ground: Path) -> None:
    refused = guanjia(ground / "house", "demo", DATABASE_URL="postgresql:///city")
    assert (refused.returncode, "unset DATABASE_URL" in refused.stderr) == (1, True)


def test_a_citys_own_files_take_the_place_of_made_up_ones(ground: Path) -> None:
    files = ground / "files"
    assert guanjia(ground / "house", "template", str(files)).returncode == 0
    done = guanjia(ground / "house", "demo", "--serve", "no", "--data", str(files))
    assert done.returncode == 0, done.stderr
    assert "本市文件" in done.stdout
    few = guanjia(ground / "house", "demo", "--residents", "0")
    assert (few.returncode, "至少 100 人" in few.stderr) == (1, True)
    missing = guanjia(ground / "house", "demo", "--data", str(ground / "none"))
    assert (missing.returncode, "没有" in missing.stderr) == (1, True)


def _demo(folder: Path, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "guanjia", "demo", "--port", str(port)],
        cwd=CLONE,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _count(place: Path, table: str) -> int:
    """Rows of a table, seen by its superuser; nought while it does not exist yet."""
    if embedded.running_pid(place / "pg") is None and not (place / "pg").exists():
        return 0
    with embedded.held(place) as server:
        try:
            with psycopg.connect(server.url(cluster.SUPERUSER)) as connection:
                row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        except psycopg.Error:
            return 0
    return int(row[0]) if row else 0
