"""Signed and encrypted vCons: opened with the right key, checked, refused with a reason."""

import base64
import gzip
import json
from pathlib import Path

from joserfc import jwe, jws
from joserfc.jwk import RSAKey
import pytest

from kindline import sealed
from kindline.errors import InputError
from kindline.ingest import read_bytes
from kindline.model.conversation import Conversation

PLAIN = (Path(__file__).parents[1] / "samples" / "vcon.json").read_bytes()


@pytest.fixture(scope="module")
def key() -> RSAKey:
    """Return a key of this run."""
    return RSAKey.generate_key(2048)


def signed(payload: bytes, key: RSAKey) -> bytes:
    """Return a vCon as the draft signs it: JWS, general JSON."""
    member = {"protected": {"alg": "RS256"}, "header": {"x5c": ["x" * 2000], "uuid": "u"}}
    registry = jws.JWSRegistry(strict_check_header=False)
    return json.dumps(jws.serialize_json([member], payload, key, registry=registry)).encode()


def encrypted(payload: bytes, key: RSAKey) -> bytes:
    """Return a vCon as the draft encrypts it: JWE, general JSON."""
    told = jwe.GeneralJSONEncryption({"enc": "A256CBC-HS512"}, payload)
    told.add_recipient({"alg": "RSA-OAEP"}, key)
    return json.dumps(jwe.encrypt_json(told, None)).encode()


def read(raw: bytes, *keys: RSAKey) -> Conversation | InputError:
    """Return what the one record of a sealed file is."""
    (found,) = read_bytes(raw, source="sealed.vcon", keys=keys)
    return found


def test_what_was_sealed_is_read_as_if_it_were_open(key: RSAKey) -> None:
    """Signed, signed and compressed, encrypted, and signed then encrypted give the same turns."""
    plain = read(PLAIN)
    assert isinstance(plain, Conversation)
    whole = signed(PLAIN, key)
    for raw in (
        whole,
        signed(gzip.compress(PLAIN), key),
        encrypted(PLAIN, key),
        encrypted(whole, key),
    ):
        found = read(raw, key)
        assert isinstance(found, Conversation), found
        assert found.turns == plain.turns


def test_a_signature_says_whether_it_was_checked(key: RSAKey) -> None:
    """Without a key it is read, and every result says that nobody checked it."""
    raw = signed(PLAIN, key)
    unchecked, checked = read(raw), read(raw, key)
    assert isinstance(unchecked, Conversation)
    assert isinstance(checked, Conversation)
    assert str(unchecked.cut).endswith("signature not checked")
    assert str(checked.cut).endswith("signature checked")


def test_another_key_and_changed_words_are_refused(key: RSAKey) -> None:
    """What no key of ours signed is not read, and neither is what was changed afterwards."""
    raw = signed(PLAIN, key)
    assert isinstance(read(raw, RSAKey.generate_key(2048)), InputError)
    told = json.loads(raw)
    told["payload"] = base64.urlsafe_b64encode(PLAIN + b" ").decode().rstrip("=")
    assert isinstance(read(json.dumps(told).encode(), key), InputError)
    assert isinstance(read(encrypted(PLAIN, key)), InputError)
    assert isinstance(read(encrypted(PLAIN, key), RSAKey.generate_key(2048)), InputError)


def test_a_compressed_bomb_is_refused(key: RSAKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """A payload that unpacks past the bound is refused before it fills the memory."""
    monkeypatch.setattr(sealed, "MOST_BYTES", 1000)
    found = read(signed(gzip.compress(b" " * 100_000), key))
    assert isinstance(found, InputError)
    assert "256 MB" in str(found)


@pytest.mark.parametrize("is_pem", [True, False])
def test_keys_are_read_as_pem_or_jwk(key: RSAKey, tmp_path: Path, is_pem: bool) -> None:
    """The public half is enough to check a signature."""
    path = tmp_path / "key"
    public = json.dumps({"keys": [key.as_dict(private=False)]}).encode()
    path.write_bytes(key.as_pem(private=False) if is_pem else public)
    assert isinstance(read(signed(PLAIN, key), *sealed.keys_in(path)), Conversation)


def test_the_signed_example_of_the_draft_is_checked(shared: Path) -> None:
    """With the key of its own certificate the IETF's example holds."""
    raw = (shared / "samples" / "vcon" / "ietf_ab_call_ext_rec_signed.vcon").read_bytes()
    x509 = pytest.importorskip("cryptography.x509")
    told = json.loads(raw)["signatures"][0]["header"]["x5c"][0]
    public = x509.load_der_x509_certificate(base64.b64decode(told)).public_key()
    inner, checked = sealed.opened(raw, "x", [RSAKey.import_key(_pem(public))])
    assert checked == "signature checked"
    assert b'"parties"' in inner


def _pem(public: object) -> bytes:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415

    return public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined, no-any-return]
