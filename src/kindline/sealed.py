"""
Signed and encrypted vCons (JWS, JWE): opened and checked with keys of yours, before they are read.

Without a key a signed one is read with its signature unchecked, and says so; an encrypted one is
refused. A certificate that travels with a signature proves nothing and is not believed. Takes the
extra `kindline[vcon]`.
"""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any
import zlib

from kindline.errors import MalformedInputError, ModelError, UnsupportedInputError
from kindline.extras import library
from kindline.records import as_object, json_value

MOST_BYTES = 1 << 28  # of an opened vCon; a compressed one may claim to hold far more
_LONGEST_HEADER = 1 << 16  # certificates travel in headers
_SIGNING = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_SEALING = ("RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "A256CBC-HS512", "A256GCM", "A128CBC-HS256")
_GZIP = b"\x1f\x8b"
_UNCHECKED, _CHECKED = "signature not checked", "signature checked"


def is_sealed(raw: bytes) -> bool:
    """Return whether a file is a JSON object that was signed or encrypted."""
    start = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_signed = b'"payload"' in raw and b'"signatures"' in raw
    is_encrypted = b'"ciphertext"' in raw and b'"encrypted_key"' in raw
    return start[:1] == b"{" and (is_signed or is_encrypted)


def keys_in(path: Path) -> list[Any]:
    """
    Return the keys of a file: PEM, or a JWK, or a set of them.

    Raises ModelError where it holds none, or the extra is not installed.
    """
    jwk = library("joserfc.jwk", "vcon")
    raw = path.read_bytes()
    if raw.lstrip()[:1] == b"{":
        content: Mapping[str, Any] = json_value(raw.decode("utf-8", "replace"), str(path), "file")
        given: list[Any] = [*content["keys"]] if "keys" in content else [content]
        return [jwk.import_key(key) for key in given]
    for kind in ("RSAKey", "ECKey", "OKPKey"):
        try:
            return [getattr(jwk, kind).import_key(raw)]
        except ValueError:
            continue
    raise ModelError(str(path), expected="a key as PEM or JWK", found="neither")


def opened(raw: bytes, source: str, keys: list[Any]) -> tuple[bytes, str]:
    """
    Return what is inside, and what was checked of it.

    Raises UnsupportedInputError where a key is missing, MalformedInputError where none fits.
    """
    content = as_object(json_value(raw.decode("utf-8-sig", "replace"), source, "file"))
    if content is None:
        raise MalformedInputError(source, "file", "record", "no object", "a sealed vCon")
    if "ciphertext" in content:
        inner = _decrypted(content, source, keys)
        return opened(inner, source, keys) if is_sealed(inner) else (inner, "decrypted")
    if not keys:
        return _unpacked(_payload(content, source), source), _UNCHECKED
    return _unpacked(_verified(content, source, keys), source), _CHECKED


def _decrypted(content: Mapping[str, Any], source: str, keys: list[Any]) -> bytes:
    if not keys:
        found, expected = "an encrypted vCon", "a key that opens it: KINDLINE_VCON_KEYS"
        raise UnsupportedInputError(source, "file", "ciphertext", found, expected)
    jwe = library("joserfc.jwe", "vcon")
    registry = type(
        "Registry", (jwe.JWERegistry,), {"max_protected_header_length": _LONGEST_HEADER}
    )
    allowed = registry(algorithms=_SEALING, strict_check_header=False)
    for key in keys:
        try:
            return _unpacked(
                bytes(jwe.decrypt_json(dict(content), key, registry=allowed).plaintext), source
            )
        except Exception:  # noqa: BLE001, S112 -- it raises whatever its parts raise; the next key may fit
            continue
    raise MalformedInputError(source, "file", "ciphertext", "no key that opens it", "one of yours")


def _verified(content: Mapping[str, Any], source: str, keys: list[Any]) -> bytes:
    jws = library("joserfc.jws", "vcon")
    limits = {"max_header_length": _LONGEST_HEADER, "max_payload_length": MOST_BYTES}
    registry = type("Registry", (jws.JWSRegistry,), limits)
    allowed = registry(algorithms=_SIGNING, strict_check_header=False)
    for key in keys:
        try:
            return bytes(jws.deserialize_json(dict(content), key, registry=allowed).payload)
        except Exception:  # noqa: BLE001, S112 -- it raises whatever its parts raise; the next key may fit
            continue
    found = "a signature that no key of yours made"
    raise MalformedInputError(source, "file", "signatures", found, "one that fits")


def _payload(content: Mapping[str, Any], source: str) -> bytes:
    given = content.get("payload")
    try:
        text = str(given).encode("ascii")
        return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        pass
    raise MalformedInputError(source, "file", "payload", "text that is not base64url", "base64url")


def _unpacked(raw: bytes, source: str) -> bytes:
    """Return the bytes, decompressed where they are compressed, up to a bound."""
    if not raw.startswith(_GZIP):
        return raw
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        whole = packed.decompress(raw, MOST_BYTES)
    except zlib.error:
        whole = None
    if whole is None or packed.unconsumed_tail:
        found = "broken gzip" if whole is None else "more than 256 MB"
        raise MalformedInputError(source, "file", "payload", found, "gzip of a vCon")
    return whole
