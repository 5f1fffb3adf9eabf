"""Reading the next batch while the present one is decided and written: a second connection at work.

What was known at a moment does not change, so a batch may be read before the one ahead of it is
committed. What is read too early for another cursor is thrown away.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

from django.db import connections

from guanjia.kit import scope

T = TypeVar("T")


class Ahead(Generic[T]):
    """One reader in a thread of its own, under `eyes`; `read(cursor, size)` is its work."""

    def __init__(self, read: Callable[[int, int], T], eyes: scope.Scope) -> None:
        self._read, self._eyes = read, eyes
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._asked: tuple[tuple[int, int], Future[T]] | None = None

    def __enter__(self) -> "Ahead[T]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.submit(connections.close_all)
        self._thread.shutdown()

    def ask(self, cursor: int, size: int) -> None:
        """Begin to read the batch after `cursor`."""
        self._asked = (cursor, size), self._thread.submit(self._under_eyes, cursor, size)

    def take(self, cursor: int, size: int) -> T | None:
        """The batch after `cursor`, where it was asked for; waits until it is read."""
        asked, self._asked = self._asked, None
        if asked is None or asked[0] != (cursor, size):
            return None
        return asked[1].result()

    def _under_eyes(self, cursor: int, size: int) -> T:
        with scope.hold(self._eyes):
            return self._read(cursor, size)
