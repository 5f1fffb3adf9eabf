"""The keys that identifiers are sealed or indexed under: a file each, `seal-k1`, `seal-k2`, …; the newest is used.

The folder is looked at again whenever it changes: a key made by one process is known to all a moment
later, and one that is asked for and not known at once.
"""

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from guanjia.web.house.home import KEY_BYTES, write_private

LOOK_AGAIN = 0.2
"""Seconds for which the folder is not looked at again: sealing ten thousand texts looks a few times."""
SETTLED = 50_000_000
"""Nanoseconds after which a folder's time tells every change from the one before."""


class Keyring(Mapping[str, bytes]):
    """Key ids (`k1`) to keys of one kind, oldest first. `first`: what the file of `k1` is called."""

    def __init__(self, folder: Path, kind: str = "seal", first: str = "") -> None:
        self.folder, self.kind = folder, kind
        self.first = first or f"{kind}-k1"
        self._named = re.compile(rf"{kind}-k([1-9][0-9]*)")
        self._seen, self._looked = -1, -LOOK_AGAIN
        self._keys: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        return (self._keys if name in self._read() else self._read(now=True))[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def file(self, name: str) -> Path:
        """Where a key lies."""
        return self.folder / (self.first if name == "k1" else f"{self.kind}-{name}")

    def add(self) -> str:
        """Make a new key, which is used from now on; returns its id."""
        name = f"k{max((int(held[1:]) for held in self), default=0) + 1}"
        write_private(self.file(name), secrets.token_hex(KEY_BYTES) + "\n")
        self._read(now=True)
        return name

    def retire(self, name: str) -> Path:
        """Put a key aside: nothing is sealed or read under it any more. Raises KeyError."""
        kept = self.folder / f"retired-{'' if self.kind == 'seal' else f'{self.kind}-'}{name}"
        self[name]
        self.file(name).replace(kept)
        self._read(now=True)
        return kept

    def _number(self, name: str) -> int:
        """The number of a key by its file's name; 0 where it is none of these."""
        found = self._named.fullmatch(name)
        return 1 if name == self.first else int(found[1]) if found else 0

    def _read(self, now: bool = False) -> dict[str, bytes]:
        at = time.monotonic()
        if not now and self._keys and at - self._looked < LOOK_AGAIN:
            return self._keys
        changed = self.folder.stat().st_mtime_ns
        if changed != self._seen:
            held = sorted(
                (number, file)
                for file in self.folder.iterdir()
                if (number := self._number(file.name))
            )
            self._keys = {f"k{n}": bytes.fromhex(file.read_text().strip()) for n, file in held}
            # what is as young as the clock's tick may change again without showing it
            self._seen = changed if time.time_ns() - changed > SETTLED else -1
        self._looked = at
        return self._keys
