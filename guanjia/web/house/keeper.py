"""Keeps the programs of a running house: starts them, starts one again that died, ends them all."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from guanjia.policy.words import word

LEASH = "GUANJIA_LEASH"
PATIENCE = 20  # seconds that a program has to end by itself
SHORT_LIFE = (
    5  # seconds; one that dies sooner than this again and again is not started a sixth time
)
MOST_STARTS = 5


class ChildFailed(RuntimeError):
    """A program of the house does not stay up; its own words stand above this."""


@dataclass(slots=True)
class Child:
    """One program: its name in messages, and the words after `python -m`."""

    name: str
    words: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    starts: int = 0

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the keeper alone, who ends it in order.

        Its standard input is the leash: when the keeper dies, even by kill -9, it reads the end.
        """
        self.starts = self.starts + 1 if time.monotonic() - self.started < SHORT_LIFE else 1
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.words],
            stdin=subprocess.PIPE,
            env={**os.environ, LEASH: "yes"},
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def end(self) -> None:
        """Ask it to end; where it does not in time, end it."""
        if self.process is None:
            return
        if self.alive:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def keep(children: Sequence[Child], ready: Callable[[], None], is_up: Callable[[], bool]) -> None:
    """Run `children` until a signal asks to stop; `ready` is called once `is_up` says so.

    Raises ChildFailed where one dies at once, five times in a row.
    """
    with _stop_signals() as stop:
        try:
            for child in children:
                child.start()
            told = False
            while not stop.wait(0.2):
                _start_again(children)
                if not told and is_up():
                    told = True
                    ready()
        finally:
            for child in children:
                child.end()


def _start_again(children: Sequence[Child]) -> None:
    for child in children:
        if child.alive:
            continue
        if child.starts >= MOST_STARTS:
            raise ChildFailed(
                word(
                    "{name}一启动就退出，试了 {times} 次。原因见上面的输出。",
                    name=child.name,
                    times=MOST_STARTS,
                )
            )
        child.start()


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that SIGINT, SIGTERM and SIGHUP set, in place of what they did before."""
    stop = threading.Event()

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.signal(kind, asked) for kind in kinds}
    try:
        yield stop
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def on_a_leash() -> None:
    """In a child: end in order as soon as the keeper is gone, at once where that takes too long.

    Elsewhere: nothing.
    """
    if os.environ.pop(LEASH, None) != "yes":
        return

    def watch() -> None:
        while os.read(0, 1024):  # unbuffered: a buffer's lock would outlive this thread
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(PATIENCE)  # one that was still starting may lose the signal
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
