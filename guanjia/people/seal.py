"""Sealing of identifiers: AES-256-GCM with key ids, and a keyed index for exact look-up."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class KeyGone(RuntimeError):
    """A row is sealed under a key that this house does not hold."""


def seal(text: str) -> bytes:
    """`text` encrypted under the newest key: key id, colon, 12 bytes nonce, ciphertext."""
    key_id = newest()
    nonce = os.urandom(12)
    body = AESGCM(settings.GUANJIA_SEAL_KEYS[key_id]).encrypt(nonce, text.encode(), key_id.encode())
    return key_id.encode() + b":" + nonce + body


def newest() -> str:
    """The id of the key that seals today. Raises KeyGone where none is held."""
    held = list(settings.GUANJIA_SEAL_KEYS)
    if not held:
        raise KeyGone("no key is in the key folder")
    return str(held[-1])


def unseal(sealed: bytes) -> str:
    """The text again. Raises KeyGone where the key is not held, InvalidTag where tampered with."""
    key_id, _, rest = bytes(sealed).partition(b":")
    key = settings.GUANJIA_SEAL_KEYS.get(key_id.decode())
    if key is None:
        raise KeyGone(f"key {key_id.decode()} is not in the key folder")
    return AESGCM(key).decrypt(rest[:12], rest[12:], key_id).decode()


def index(text: str) -> bytes:
    """16 bytes that are equal for equal texts and say nothing else without the key."""
    return hmac.new(settings.GUANJIA_INDEX_KEY, text.encode(), hashlib.sha256).digest()[:16]
