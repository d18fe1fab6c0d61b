"""A conversation's own key, and what is sealed under it: JSON, compressed, then encrypted."""

from dataclasses import dataclass
import json
import os
import threading
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
import orjson
import zstandard

from kindline.errors import StoreError
from kindline.store.keyring import KEY_BYTES, NONCE_BYTES, Keyring

_OWN = threading.local()
_LEVEL = 1  # a tenth larger than level 3, a fifth faster


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """
    What seals and opens the columns of one conversation.

    `wrapped` is its key as it is stored, by the keyring's key `key_id`. Bytes are bound to tenant,
    conversation and column: moved elsewhere they do not open.
    """

    place: bytes
    key_id: str
    wrapped: bytes
    cipher: AESGCM

    def closed(self, column: str, value: Any) -> bytes:
        """Return a JSON value as the store keeps it."""
        return self.closed_raw(column, packed(value))

    def opened(self, column: str, raw: bytes) -> Any:
        """Return the JSON value that was sealed; raises StoreError where it was changed."""
        return unpacked(self.opened_raw(column, raw))

    def closed_raw(self, column: str, raw: bytes) -> bytes:
        """Return bytes, sealed as they are."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, raw, self._bound(column))

    def opened_raw(self, column: str, raw: bytes) -> bytes:
        """Return the bytes that were sealed; raises StoreError where they were changed."""
        try:
            return self.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._bound(column))
        except InvalidTag:
            raise StoreError(
                f"column {column}", "other bytes than were sealed", "a restored backup"
            ) from None

    def opened_if(self, column: str, raw: bytes) -> Any:
        """Return the JSON value that was sealed, None where this key does not open it."""
        try:
            return self.opened(column, raw)
        except StoreError:
            return None

    def _bound(self, column: str) -> bytes:
        return self.place + b"\0" + column.encode()


def place_of(tenant: str, identity: str) -> bytes:
    """Return what keys and columns of a conversation are bound to."""
    return f"{tenant}\0{identity}".encode("utf-8", "surrogatepass")


def new_seal(keyring: Keyring, tenant: str, identity: str) -> Seal:
    """Return a seal with a key nobody has used."""
    place, key = place_of(tenant, identity), os.urandom(KEY_BYTES)
    key_id, wrapped = keyring.wrapped(key, place)
    return Seal(place=place, key_id=key_id, wrapped=wrapped, cipher=AESGCM(key))


def stored_seal(keyring: Keyring, tenant: str, identity: str, key_id: str, wrapped: bytes) -> Seal:
    """Return the seal of a stored conversation."""
    place = place_of(tenant, identity)
    key = keyring.unwrapped(key_id, wrapped, place)
    return Seal(place=place, key_id=key_id, wrapped=wrapped, cipher=AESGCM(key))


def packed(value: Any) -> bytes:
    """Return a JSON value, compressed."""
    try:
        raw = orjson.dumps(value)
    except TypeError:  # half characters and numbers beyond 64 bits
        raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return _compressor().compress(raw)


def _compressor() -> zstandard.ZstdCompressor:
    """Return this thread's own: making one costs more than using it, and none may be shared."""
    if not hasattr(_OWN, "compressor"):
        _OWN.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    compressor: zstandard.ZstdCompressor = _OWN.compressor
    return compressor


def unpacked(raw: bytes) -> Any:
    """Return the JSON value that was compressed."""
    inner = zstandard.decompress(raw)
    try:
        return orjson.loads(inner)
    except orjson.JSONDecodeError:
        return json.loads(inner.decode("utf-8", "surrogatepass"))
