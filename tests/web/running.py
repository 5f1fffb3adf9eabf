"""Commands as their users run them: processes of their own over data folders of their own."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
OURS = ("GUANJIA_", "DATABASE_", "DJANGO_")


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a user's shell has: nothing of this test run's house."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    return {**kept, "GUANJIA_DATA": str(home), "PYTHONPATH": str(CLONE), **more}


def guanjia(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`guanjia WORDS` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "guanjia", *words],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        cwd=CLONE,
        stdin=subprocess.DEVNULL,
        env=environment(home, **more),
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, port: int, **more: str) -> Iterator["subprocess.Popen[str]"]:
    """`guanjia serve` on `port`, up; ended by Ctrl-C where it still runs."""
    words = ["serve", "--port", str(port), "--processes", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "guanjia", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=CLONE,
        env=environment(home, **more),
    )
    try:
        wait_until(lambda: answers(port) or process.poll() is not None)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def answers(port: int) -> bool:
    """Whether a page server answers there, whatever it says."""
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/static/guanjia/tokens.css", timeout=5
        ) as page:
            return page.status == 200
    except OSError:
        return False


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, port: int) -> None:
        self.host = f"http://127.0.0.1:{port}"
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, page and final address of a path."""
        return self._open(urllib.request.Request(self.host + path))

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        """The form on a path, filled in and sent."""
        _status, page, url = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        return self._open(urllib.request.Request(url, body, {"Referer": url}))

    def sign_in(self, name: str, password: str) -> None:
        """By name and password."""
        status, page, _url = self.post("/accounts/login/", login=name, password=password)
        assert (status, "errorlist" in page) == (200, False)

    def second_factor(self, code: str) -> None:
        """The six digits after the password."""
        status, _page, url = self.post("/accounts/2fa/authenticate/", code=code)
        assert (status, "2fa" in url) == (200, False)

    def _open(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self.opener.open(request, timeout=30) as page:
                return page.status, page.read().decode(), page.url
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(), refused.url


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until `true()` holds. Raises AssertionError when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def processes_of(home: Path) -> set[int]:
    """Every process that names this data folder in its words or environment, but not this one."""
    found = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        try:
            said = (folder / "cmdline").read_bytes() + b"\0" + (folder / "environ").read_bytes()
        except OSError:
            continue
        if str(home).encode() in said:
            found.add(int(folder.name))
    return found
