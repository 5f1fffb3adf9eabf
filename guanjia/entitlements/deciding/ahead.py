"""Working ahead on the other cores: what comes next is read and worked out by processes of their own.

What was known at a moment does not change, so a batch may be worked out before the one ahead of it
is committed. What a helper does not deliver, the asker works out itself: a helper that dies costs
time and nothing else. Helpers end with the process that started them, however it ends.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

import django
from django.conf import settings
from django.db import connections

from guanjia.kit import scope

T = TypeVar("T")
Key = tuple[int, ...]

MOST_HELPERS = 4
"""More would wait for the one process that writes."""
NO_HELP = (BrokenProcessPool, OSError)
"""A helper died, or the machine has no room for one."""
WORTH_IT = 25_000
"""Households, awards or lines: below, what helpers take to start is more than they save."""


def helpers_for(rows: int) -> int:
    """How many helpers so much work is worth on this machine: none for little, or on one core."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return min(cores, MOST_HELPERS) if rows >= WORTH_IT and cores > 1 else 0


class Ahead(Generic[T]):
    """Helpers that work under `eyes`; `work(*key)` is a function of a module, its value a plain record.

    Without helpers it is the asker who works, under its own eyes.
    """

    def __init__(
        self, work: Callable[..., T], eyes: scope.Scope = scope.NOTHING, helpers: int = 0
    ) -> None:
        self._work, self._eyes, self.helpers = work, eyes, helpers
        self._asked: dict[Key, Future[T]] = {}
        self._pool: ProcessPoolExecutor | None = None
        if helpers:
            house = dict(connections["default"].settings_dict), settings.GUANJIA_FILES
            self._pool = ProcessPoolExecutor(
                helpers, get_context("spawn"), initializer=_begin, initargs=house
            )
            with contextlib.suppress(*NO_HELP):
                for _helper in range(helpers):  # each starts at once, and not when it is asked
                    self._pool.submit(os.getpid)

    def __enter__(self) -> "Ahead[T]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def ask(self, *key: int) -> None:
        """Let a helper begin with this key, where it was not asked for before."""
        if self._pool and key not in self._asked:
            with contextlib.suppress(*NO_HELP):
                self._asked[key] = self._pool.submit(_do, self._work, self._eyes, key)

    def take(self, *key: int) -> T:
        """What `work(*key)` comes to: by the helper that was asked, or here. Raises what it raises."""
        asked = self._asked.pop(key, None)
        if asked is not None:
            with contextlib.suppress(*NO_HELP):
                return asked.result()
        return self._work(*key)


def _begin(database: dict[str, Any], files: Path) -> None:
    """Make a helper ready: the same house, and no longer a life than its parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends its helpers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    django.setup()
    connections["default"].settings_dict.update(database)
    settings.GUANJIA_FILES = files


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None  # it was started by one
    parent.join()
    os._exit(1)


def _do(work: Callable[..., T], eyes: scope.Scope, key: Key) -> T:
    with scope.hold(eyes):
        return work(*key)
