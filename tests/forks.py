"""A process of its own, forked from this warm one: a death costs milliseconds instead of a start of Django."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import SyncToAsync
from django.db import connections

AT_MOST = 120.0
"""Seconds that a forked process may take: one that hangs fails its test instead of the whole suite."""


def forked(work: Callable[[], None]) -> int:
    """The number of a process at work; it shares no connection and no thread with this one."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        # A fork takes no threads along: what waits for one of the parent's waits for ever.
        SyncToAsync.single_thread_executor = ThreadPoolExecutor(max_workers=1)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        work()
        status = 0
    finally:
        os._exit(status)


def calm(work: Callable[[], None]) -> bool:
    """Let it work to its end. True where it ended well; raises TimeoutError after AT_MOST seconds."""
    child = forked(work)
    until = time.monotonic() + AT_MOST
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(0.005)
    shoot(child)
    raise TimeoutError(work)


def shoot(child: int) -> None:
    """kill -9, and wait until it is gone."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
