"""Sealing of identifiers: AES-256-GCM with key ids, and a keyed index for exact look-up."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

INDEX = 16
"""Bytes of a keyed hash."""
FIRST = "k1"
"""The index key whose values carry no id: there was no other when they were written."""


class KeyGone(RuntimeError):
    """A row is sealed under a key that this house does not hold."""


def seal(text: str) -> bytes:
    """`text` encrypted under the newest key: key id, colon, 12 bytes nonce, ciphertext."""
    key_id, key = _newest()
    nonce = os.urandom(12)
    body = AESGCM(key).encrypt(nonce, text.encode(), key_id.encode())
    return key_id.encode() + b":" + nonce + body


def newest() -> str:
    """The id of the key that seals today. Raises KeyGone where none is held."""
    return _newest()[0]


def unseal(sealed: bytes) -> str:
    """The text again. Raises KeyGone where the key is not held, InvalidTag where tampered with."""
    key_id, _, rest = bytes(sealed).partition(b":")
    key = settings.GUANJIA_SEAL_KEYS.get(key_id.decode())
    if key is None:
        raise KeyGone(f"key {key_id.decode()} is not in the key folder")
    return AESGCM(key).decrypt(rest[:12], rest[12:], key_id).decode()


def index_keys() -> list[str]:
    """Ids of the index keys that are held, the newest first. Raises KeyGone where none is."""
    return [name for name, _key in _index_keys()]


def indexes(text: str) -> list[bytes]:
    """What may stand for `text`, under every index key that is held, the newest first."""
    return [_prefix(name) + _hash(key, text) for name, key in _index_keys()]


def index(text: str) -> bytes:
    """What is written for `text`: equal for equal texts, it says nothing else without the key.

    16 bytes, under a later key than the first with its id and a colon before them.
    """
    return indexes(text)[0]


def index_texts(text: str) -> list[str]:
    """The same as `indexes`, in letters."""
    return [_prefix(name).decode() + _hash(key, text).hex() for name, key in _index_keys()]


def keyed(text: str) -> bytes:
    """16 bytes under the newest index key, for what lives a day at most and need not be found after a change."""
    _name, key = _index_keys()[0]
    return _hash(key, text)


def ticket(text: str) -> bytes:
    """16 bytes under a key that never changes: of secrets that nobody keeps, so that none can be made anew."""
    return _hash(settings.GUANJIA_TICKET_KEY, text)


def _newest() -> tuple[str, bytes]:
    """Id and key in one look: another process may put a key aside between two."""
    held = list(settings.GUANJIA_SEAL_KEYS.items())
    if not held:
        raise KeyGone("no key is in the key folder")
    return held[-1]


def _index_keys() -> list[tuple[str, bytes]]:
    """Ids and keys, the newest first, in one look."""
    held = list(settings.GUANJIA_INDEX_KEYS.items())[::-1]
    if not held:
        raise KeyGone("no index key is in the key folder")
    return held


def _prefix(name: str) -> bytes:
    return b"" if name == FIRST else name.encode() + b":"


def _hash(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()[:INDEX]
