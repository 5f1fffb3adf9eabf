"""The key folder, looked at while another process puts a key aside: what is called sees it before or after."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from guanjia.people import seal
from guanjia.web.house import keyring
from guanjia.web.house.keyring import Keyring, of_the_index

CALLS = (seal.seal, seal.indexes, seal.index, seal.index_texts, seal.keyed)


class Watched(Keyring):
    """A ring of two keys whose first another process puts aside once this one has looked at it so often."""

    looks = 0
    aside_after = 0

    def _read(self, now: bool = False) -> dict[str, bytes]:
        found = super()._read(now)
        self.looks += 1
        if self.looks == self.aside_after:
            Keyring(self.folder, self.kind, self.first).retire("k1")
        return found


@pytest.fixture
def rings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Watched, Watched]:
    """Of sealing and of the index. Each look sees the folder as it is."""
    monkeypatch.setattr(keyring, "LOOK_AGAIN", 0)
    held = Watched(tmp_path), Watched(tmp_path, "index", first="index")
    for name, ring in zip(("GUANJIA_SEAL_KEYS", "GUANJIA_INDEX_KEYS"), held, strict=True):
        ring.add()
        ring.add()
        ring.looks = 0
        monkeypatch.setattr(settings, name, ring)
    return held


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_call_sees_a_key_that_is_put_aside_meanwhile_or_sees_it_not(
    rings: tuple[Watched, Watched], call: Callable[[str], object], after: int
) -> None:
    ring = rings[call is not seal.seal]
    ring.aside_after = after
    call("x")
    assert ring.looks == 1, "what was there at one moment"


def test_both_keys_of_one_moment_make_the_indexes(rings: tuple[Watched, Watched]) -> None:
    rings[1].aside_after = 1
    both = seal.indexes("x")
    assert len(both) == 2 and seal.indexes("x") == both[:1]
    assert [text.rpartition(":")[2] for text in seal.index_texts("x")] == [
        both[0].rpartition(b":")[2].hex()
    ]


def test_a_key_put_aside_while_the_files_are_read_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = of_the_index(tmp_path), of_the_index(tmp_path)
    writer.add()
    writer.add()
    files = reader._files

    def meanwhile() -> dict[int, Path]:
        found = files()
        monkeypatch.setattr(reader, "_files", files)
        writer.retire("k1")
        return found

    monkeypatch.setattr(reader, "_files", meanwhile)
    assert list(reader) == ["k2"]
