"""The keys that identifiers are sealed or indexed under: a file each, `seal-k1`, `seal-k2`, …; the newest is used.

The folder is looked at again whenever it changes: a key made by one process is known to all a moment
later, and one that is asked for and not known at once.
"""

import re
import secrets
import time
from collections.abc import ItemsView, Iterator, Mapping
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
        self._retired = "retired-" if kind == "seal" else f"retired-{kind}-"
        self._named = re.compile(rf"{kind}-k([1-9][0-9]*)")
        self._seen, self._looked = -1, -LOOK_AGAIN
        self._keys: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        held = self._read()
        return (held if name in held else self._read(now=True))[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def items(self) -> ItemsView[str, bytes]:
        """Ids and keys as one look finds them: of two looks the second may lack what the first saw."""
        return self._read().items()

    def file(self, name: str) -> Path:
        """Where a key lies."""
        return self.folder / (self.first if name == "k1" else f"{self.kind}-{name}")

    def names(self) -> set[str]:
        """Ids of the keys that lie here, whatever their files hold."""
        return {f"k{number}" for number in self._files()}

    def add(self) -> str:
        """Make a new key, which is used from now on; returns its id, which no key put aside has."""
        name = f"k{max((0, *self._files(), *self._aside())) + 1}"
        write_private(self.file(name), secrets.token_hex(KEY_BYTES) + "\n")
        self._read(now=True)
        return name

    def retire(self, name: str) -> Path:
        """Put a key aside: nothing is sealed or read under it any more. Raises KeyError."""
        if name not in self.names():
            raise KeyError(name)
        kept = self.folder / f"{self._retired}{name}"
        self.file(name).replace(kept)
        self._seen, self._looked = -1, -LOOK_AGAIN  # what is left is read when it is asked for
        return kept

    def _files(self) -> dict[int, Path]:
        """Numbers and files of the keys that lie here, oldest first."""
        found = {self._number(file.name): file for file in self.folder.iterdir()}
        return {number: found[number] for number in sorted(found) if number}

    def _contents(self) -> dict[str, bytes]:
        return {
            f"k{number}": bytes.fromhex(file.read_text().strip())
            for number, file in self._files().items()
        }

    def _aside(self) -> list[int]:
        """Numbers of the keys that were put aside."""
        named = re.compile(rf"{self._retired}k([1-9][0-9]*)")
        found = (named.fullmatch(file.name) for file in self.folder.iterdir())
        return [int(one[1]) for one in found if one]

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
            try:
                self._keys = self._contents()
            except FileNotFoundError:  # another process put one aside while they were read
                self._keys = self._contents()
            # what is as young as the clock's tick may change again without showing it
            self._seen = changed if time.time_ns() - changed > SETTLED else -1
        self._looked = at
        return self._keys


def of_the_index(folder: Path) -> Keyring:
    """The keys of a folder that identifiers are looked up under."""
    return Keyring(folder, "index", first="index")
