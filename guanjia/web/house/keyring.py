"""The keys that identifiers are sealed under: a file each, `seal-k1`, `seal-k2`, …; the newest seals.

The folder is looked at again whenever it changes: a key made by one process is known to all a moment
later, and one that is asked for and not known at once.
"""

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from guanjia.web.house.home import KEY_BYTES, write_private

FILE = re.compile(r"seal-k([1-9][0-9]*)")
LOOK_AGAIN = 0.2
"""Seconds for which the folder is not looked at again: sealing ten thousand texts looks a few times."""


class Keyring(Mapping[str, bytes]):
    """Key ids (`k1`) to keys, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen, self._looked = -1, -LOOK_AGAIN
        self._keys: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        return (self._keys if name in self._read() else self._read(now=True))[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def add(self) -> str:
        """Make a new key, under which everything is sealed from now on; returns its id."""
        name = f"k{max((int(held[1:]) for held in self), default=0) + 1}"
        write_private(self.folder / f"seal-{name}", secrets.token_hex(KEY_BYTES) + "\n")
        self._read(now=True)
        return name

    def retire(self, name: str) -> Path:
        """Put a key aside: nothing is sealed or read under it any more. Raises KeyError."""
        kept = self.folder / f"retired-{name}"
        self[name]
        (self.folder / f"seal-{name}").replace(kept)
        self._read(now=True)
        return kept

    def _read(self, now: bool = False) -> dict[str, bytes]:
        at = time.monotonic()
        if not now and self._keys and at - self._looked < LOOK_AGAIN:
            return self._keys
        changed = self.folder.stat().st_mtime_ns
        if changed != self._seen:
            held = sorted(
                (int(found[1]), file)
                for file in self.folder.iterdir()
                if (found := FILE.fullmatch(file.name))
            )
            self._keys = {f"k{n}": bytes.fromhex(file.read_text().strip()) for n, file in held}
            self._seen = changed
        self._looked = at
        return self._keys
