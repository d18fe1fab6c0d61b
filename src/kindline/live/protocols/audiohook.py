"""
Genesys AudioHook, version 2: JSON text frames and raw sound, two sides sample by sample.

Source: the published reference implementation's types and validators (SPEECH.md 4). Every message
has a number that rises by one; a break in it, or sound before `opened`, ends the session with
`disconnect`. A probe, whose ids are all zero, is answered like a call and stored nowhere.
"""

from base64 import b64decode
import binascii
from collections.abc import Mapping
import hashlib
import hmac
import json
import re
from typing import Any

import numpy as np

from kindline.errors import ProtocolError
from kindline.live.protocols.companding import from_linear, from_mulaw
from kindline.live.protocols.frames import (
    PER_MS,
    RATE,
    Begun,
    Happened,
    Over,
    Samples,
    Sound,
    message,
    number,
    part,
    parts,
    text,
)
from kindline.model.conversation import Role

VERSION = "2"
NOBODY = "00000000-0000-0000-0000-000000000000"
COVERED = (
    "@request-target",
    "@authority",
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
)
_LONGEST_AGE_S, _SKEW_S, _SHORTEST_NONCE = 10, 3, 22
_LARGEST_SOUND = 256 * 1024  # bytes
_SIDES = (["external", "internal"], ["external"], ["internal"])
_ROLES: Mapping[str, Role] = {"external": "customer", "internal": "agent"}
_INPUT = re.compile(r"[\w-]+=(\((?P<covered>[^)]*)\)(?P<rest>.*))", re.ASCII)
_PARAMETER = re.compile(r';(\w+)=(?:"([^"\\]*)"|(\d+))', re.ASCII)
_SIGNATURE = re.compile(r"[\w-]+=:([A-Za-z0-9+/=]+):", re.ASCII)


def is_signed(
    headers: Mapping[str, str], target: str, secrets: Mapping[str, bytes], now_s: int
) -> bool:
    """
    Return whether an upgrade request is signed by a key we share (HTTP Message Signatures).

    `headers` have lower-case names, `target` is path and query, `secrets` are keys by their id.
    """
    given = _INPUT.fullmatch(headers.get("signature-input", ""))
    signed = _SIGNATURE.fullmatch(headers.get("signature", ""))
    secret = secrets.get(headers.get("x-api-key", ""))
    if given is None or signed is None or secret is None:
        return False
    covered = re.findall(r'"([^"]+)"', given["covered"])
    told = {name: text or digits for name, text, digits in _PARAMETER.findall(given["rest"])}
    if not set(COVERED) <= set(covered) or not _is_fresh(told, headers["x-api-key"], now_s):
        return False
    values = {"@request-target": target, "@authority": headers.get("host", ""), **headers}
    if any(name not in values for name in covered):
        return False
    lines = [f'"{name}": {values[name]}' for name in covered]
    base = "\n".join([*lines, f'"@signature-params": {given[1]}'])
    expected = hmac.new(secret, base.encode(), hashlib.sha256).digest()
    try:
        return hmac.compare_digest(expected, b64decode(signed[1], validate=True))
    except binascii.Error:
        return False


def nonce_of(headers: Mapping[str, str]) -> str:
    """Return what a signed request holds once: one that comes twice was sent by somebody else."""
    given = _INPUT.fullmatch(headers.get("signature-input", ""))
    told = _PARAMETER.findall(given["rest"]) if given else []
    return next((text for name, text, _ in told if name == "nonce"), "")


def _is_fresh(told: Mapping[str, str], key: str, now_s: int) -> bool:
    created, expires = told.get("created", ""), told.get("expires", "")
    if not created.isdecimal() or (expires and not expires.isdecimal()):
        return False
    is_known = told.get("keyid") == key and told.get("alg") == "hmac-sha256"
    age = now_s - int(created)
    is_over = bool(expires) and now_s > int(expires) + _SKEW_S
    is_new = -_SKEW_S <= age <= _LONGEST_AGE_S + _SKEW_S
    return is_known and is_new and not is_over and len(told.get("nonce", "")) >= _SHORTEST_NONCE


class AudioHook:
    """One session; `session_id` and `organisation` are those of the signed headers."""

    def __init__(self, session_id: str, organisation: str) -> None:
        self._id, self._organisation = session_id, organisation
        self._client_seq = self._server_seq = 0
        self._channels: tuple[Role, ...] = ()
        self._is_mu_law = True
        self._heard = 0  # samples of a channel, those that were discarded too
        self._is_open = self._is_paused = self._is_over = False

    def receive(self, raw: str | bytes) -> tuple[list[Happened], list[str]]:
        """
        Return what happened and what to answer, in order.

        Whatever the protocol does not allow ends the session: `disconnect` and `Over`.
        """
        if self._is_over:
            return [], []
        try:
            return self._sound(raw) if isinstance(raw, bytes) else self._message(raw)
        except ProtocolError as error:
            self._is_over = True
            told = {"reason": "error", "info": str(error)}
            return [Over(reason="error")], [self._said("disconnect", told)]

    def transcript(self, role: Role, words: str, start_ms: int, end_ms: int) -> str:
        """Return an `event` that tells Genesys what we understood."""
        channel = self._channels.index(role)
        interpretation = {"type": "display", "transcript": words}
        data = {
            "id": f"{self._id}-{self._server_seq + 1}",
            "channelId": channel,
            "isFinal": True,
            "offset": _duration(start_ms),
            "duration": _duration(end_ms - start_ms),
            "alternatives": [{"confidence": 1.0, "interpretations": [interpretation]}],
        }
        return self._said("event", {"entities": [{"type": "transcript", "data": data}]})

    def _message(self, raw: str) -> tuple[list[Happened], list[str]]:
        told = message(raw)
        if told.get("version") != VERSION or told.get("id") != self._id:
            raise ProtocolError("version or id is another than agreed")
        if number(told, "seq") != self._client_seq + 1:
            raise ProtocolError("seq does not rise by one")
        self._client_seq += 1
        if "serverseq" in told and number(told, "serverseq") > self._server_seq:
            raise ProtocolError("serverseq: nothing like that was sent")
        kind, given = text(told, "type"), part(told, "parameters")
        if kind == "open":
            return self._open(given)
        if not self._is_open:
            raise ProtocolError("a session begins with open")
        return self._during(kind, given)

    def _open(self, given: Mapping[str, Any]) -> tuple[list[Happened], list[str]]:
        if self._is_open:
            raise ProtocolError("open: the session is open")
        if text(given, "organizationId") != self._organisation:
            raise ProtocolError("organizationId: another than in the signed headers")
        chosen = _chosen(given)
        self._channels = tuple(_ROLES[name] for name in chosen["channels"])
        self._is_mu_law, self._is_open = chosen["format"] == "PCMU", True
        who, call = part(given, "participant"), text(given, "conversationId")
        language = given.get("language")
        begun = Begun(
            call_id=call,
            language=language if isinstance(language, str) else None,
            is_probe=call == NOBODY and who.get("id") == NOBODY,
        )
        return [begun], [self._said("opened", {"media": [chosen], "startPaused": False})]

    def _during(self, kind: str, given: Mapping[str, Any]) -> tuple[list[Happened], list[str]]:
        if kind == "ping":
            return [], [self._said("pong", {})]
        if kind == "close":
            self._is_over = True
            return [Over(reason=str(given.get("reason", "end"))[:20])], [self._said("closed", {})]
        if kind in ("paused", "resumed"):
            self._is_paused = kind == "paused"
        if kind in ("discarded", "resumed") and "discarded" in given:
            self._heard += _ms_of(given["discarded"]) * PER_MS
        if kind == "update":
            return [], [self._said("updated", {})]
        return [], []  # errors of theirs and kinds to come change nothing here

    def _sound(self, raw: bytes) -> tuple[list[Happened], list[str]]:
        if not self._is_open or self._is_paused or len(raw) > _LARGEST_SOUND:
            raise ProtocolError("sound where none is expected, or too much of it")
        pcm: Samples = from_mulaw(raw) if self._is_mu_law else from_linear(raw)
        if len(pcm) % len(self._channels):
            raise ProtocolError("sides of different length")
        at_ms = self._heard // PER_MS
        self._heard += len(pcm) // len(self._channels)
        sides = np.ascontiguousarray(pcm.reshape(-1, len(self._channels)).T)
        return [
            Sound(role=role, at_ms=at_ms, pcm=side)
            for role, side in zip(self._channels, sides, strict=True)
        ], []

    def _said(self, kind: str, parameters: Mapping[str, Any]) -> str:
        self._server_seq += 1
        told = {
            "version": VERSION,
            "id": self._id,
            "type": kind,
            "seq": self._server_seq,
            "clientseq": self._client_seq,
            "parameters": parameters,
        }
        return json.dumps(told)


def _chosen(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the offer to take: both sides where they are offered, at a rate we hear."""
    fit: list[dict[str, Any]] = []
    for one in parts(given, "media"):
        form, sides = one.get("format"), one.get("channels")
        if form in ("PCMU", "L16") and one.get("rate") == RATE and sides in _SIDES:
            fit.append({"type": "audio", "format": form, "channels": sides, "rate": RATE})
    if not fit:
        raise ProtocolError("media: none that we can hear is offered")
    return max(fit, key=_n_channels)


def _n_channels(one: dict[str, Any]) -> int:
    return len(one["channels"])


def _duration(ms: int) -> str:
    return f"PT{ms / 1000:.3f}S"


def _ms_of(duration: object) -> int:
    """Return the milliseconds of `PT1.25S`; raises ProtocolError."""
    found = re.fullmatch(r"PT(\d{1,6})(?:\.(\d{1,9}))?S", str(duration), re.ASCII)
    if found is None:
        raise ProtocolError("a duration is written as PT1.25S")
    return int(found[1]) * 1000 + int((found[2] or "0").ljust(3, "0")[:3])
