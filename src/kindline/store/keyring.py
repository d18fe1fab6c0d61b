"""
The keys of an installation, in a file beside the database and never in it.

Each conversation is sealed under a key of its own (`sealing`), which is stored wrapped by the
newest key of this file. Whoever has the database and not this file has no words; whoever destroys
a conversation's key has destroyed its words in every copy. `blind` tells equal values apart
without telling them: what is searched by, such as a customer's pseudonym, is stored only so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
import hashlib
import json
import os
from pathlib import Path
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kindline.errors import KeyringError

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D 8.2
_ID_BYTES = 4
_BLIND_BYTES = 16


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """
    Keys by their ids, the last one in use; `blinding` is the secret that blinds.

    `where` names the file in messages. Every message says how to go on, none holds a key.
    """

    where: str
    keys: Mapping[str, bytes] = field(repr=False)
    blinding: bytes = field(repr=False)

    @property
    def current(self) -> str:
        """Return the id of the key that wraps now."""
        return tuple(self.keys)[-1]

    @cached_property
    def _ciphers(self) -> dict[str, AESGCM]:
        return self.ciphers()

    def ciphers(self) -> dict[str, AESGCM]:
        """Return what wraps and unwraps, by key id."""
        return {identity: AESGCM(key) for identity, key in self.keys.items()}

    def wrapped(self, key: bytes, place: bytes) -> tuple[str, bytes]:
        """Return the id of the key in use and what it made of another key, bound to its place."""
        nonce = os.urandom(NONCE_BYTES)
        return self.current, nonce + self._ciphers[self.current].encrypt(nonce, key, place)

    def unwrapped(self, identity: str, wrapped: bytes, place: bytes) -> bytes:
        """Return the key that was wrapped; raises KeyringError where this file cannot."""
        if identity not in self._ciphers:  # a new key may be in use since
            self._ciphers.update(read(Path(self.where)).ciphers())
        cipher = self._ciphers.get(identity)
        if cipher is None:
            raise KeyringError(self.where, f"no key {identity}", "the key file of this database")
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], place)
        except InvalidTag:
            raise KeyringError(
                self.where, f"another key {identity}", "the key file of this database"
            ) from None

    def blind(self, tenant: str, kind: str, value: str) -> str:
        """Return what stands for a value of a tenant: the same for equal ones, else nothing."""
        said = f"{tenant}\0{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, key=self.blinding, digest_size=_BLIND_BYTES).hexdigest()


def made(where: str) -> Keyring:
    """Return a keyring with one new key."""
    return renewed(Keyring(where=where, keys={}, blinding=secrets.token_bytes(KEY_BYTES)))


def renewed(keyring: Keyring) -> Keyring:
    """Return the keyring with a new key in use; the old ones still open what they wrapped."""
    fresh = {secrets.token_hex(_ID_BYTES): secrets.token_bytes(KEY_BYTES)}
    return replace(keyring, keys={**keyring.keys, **fresh})


def without_old(keyring: Keyring) -> Keyring:
    """Return the keyring with the key in use alone."""
    return replace(keyring, keys={keyring.current: keyring.keys[keyring.current]})


def read(path: Path) -> Keyring:
    """Return the keyring of a file; raises KeyringError where there is none or it is damaged."""
    try:
        told = json.loads(path.read_bytes())
        keys = {str(name): bytes.fromhex(key) for name, key in told["keys"].items()}
        keyring = Keyring(where=str(path), keys=keys, blinding=bytes.fromhex(told["blinding"]))
    except FileNotFoundError:
        raise KeyringError(
            str(path), "no file", "the key file; restore it, or set KINDLINE_KEY_FILE"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyringError(
            str(path), "a damaged file", "a key file that Kindline wrote; restore it"
        ) from None
    if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise KeyringError(str(path), "no key of 32 bytes", "a key file that Kindline wrote")
    return keyring


def write(keyring: Keyring, path: Path) -> None:
    """Write the keyring whole or not at all, for the owner's eyes only."""
    told = {
        "keys": {name: key.hex() for name, key in keyring.keys.items()},
        "blinding": keyring.blinding.hex(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(_ID_BYTES)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
