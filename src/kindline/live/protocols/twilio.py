"""
Twilio Media Streams: JSON text frames with base64 mu-law, a track a side.

Source: Twilio's documentation of the WebSocket messages and of request validation (SPEECH.md 4).
Sound is placed by its timestamp; what never came is silence, what came twice is taken once. Who is
the customer is the inbound track, unless the call was made by the centre.
"""

from base64 import b64decode, b64encode
import binascii
from collections.abc import Mapping
import hashlib
import hmac

import numpy as np

from kindline.errors import ProtocolError
from kindline.live.protocols.companding import from_mulaw
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
    optional_part,
    part,
    text,
)
from kindline.model.conversation import Role

_LONGEST_GAP_MS = 60_000
_TRACKS: tuple[str, str] = ("inbound", "outbound")


def signature(token: str, url: str) -> str:
    """Return what Twilio signs the upgrade with: HMAC-SHA1 of the address, in base64."""
    return b64encode(hmac.new(token.encode(), url.encode(), hashlib.sha1).digest()).decode()


def is_signed(given: str, token: str, url: str) -> bool:
    """
    Return whether the upgrade to an address is Twilio's.

    Which scheme is signed, and whether with a slash at the end, was not to be found out: each is
    tried, none tells by its time how near it was.
    """
    path = url.partition("://")[2].rstrip("/")
    forms = [f"{scheme}://{path}{end}" for scheme in ("wss", "https") for end in ("", "/")]
    return sum(hmac.compare_digest(given, signature(token, form)) for form in forms) > 0


class MediaStream:
    """One connection."""

    def __init__(self, *, is_outgoing: bool = False) -> None:
        customer, agent = reversed(_TRACKS) if is_outgoing else _TRACKS
        self._roles: Mapping[str, Role] = {customer: "customer", agent: "agent"}
        self._heard_ms: dict[str, int] = {}
        self._last_seq = 0
        self._sid: str | None = None
        self._is_over = False

    def receive(self, raw: str | bytes) -> tuple[list[Happened], list[str]]:
        """Return what happened; there is nothing to answer. Raises ProtocolError."""
        told = message(raw)
        event = text(told, "event")
        if event == "connected":
            return [], []
        if self._is_over:
            raise ProtocolError("a frame after stop")
        seq = number(told, "sequenceNumber")
        if seq <= self._last_seq:
            return [], []  # sent twice
        self._last_seq = seq
        if event == "start":
            return [self._start(part(told, "start"))], []
        if self._sid is None or told.get("streamSid", self._sid) != self._sid:
            raise ProtocolError("a frame of no stream that began here")
        if event == "media":
            return self._media(part(told, "media")), []
        if event == "stop":
            self._is_over = True
            return [Over(reason="stop")], []
        return [], []  # marks and keys say nothing of the talk

    def _start(self, told: Mapping[str, object]) -> Begun:
        if self._sid is not None:
            raise ProtocolError("start: the stream has begun")
        shape = part(told, "mediaFormat")
        if shape.get("encoding") != "audio/x-mulaw" or number(shape, "sampleRate") != RATE:
            raise ProtocolError("mediaFormat: mu-law at 8,000 Hz is expected")
        self._sid = text(told, "streamSid")
        custom = optional_part(told, "customParameters")
        known = {name: value for name, value in custom.items() if isinstance(value, str)}
        return Begun(call_id=text(told, "callSid"), language=known.get("language"), told=known)

    def _media(self, told: Mapping[str, object]) -> list[Happened]:
        track = text(told, "track")
        role = self._roles.get(track)
        if role is None:
            raise ProtocolError("track: inbound or outbound is expected")
        try:
            pcm = from_mulaw(b64decode(text(told, "payload"), validate=True))
        except (binascii.Error, ValueError):
            raise ProtocolError("payload: base64 is expected") from None
        return self._placed(track, role, number(told, "timestamp"), pcm)

    def _placed(self, track: str, role: Role, at_ms: int, pcm: Samples) -> list[Happened]:
        """Return sound where it belongs: silence before it, and nothing that was heard already."""
        heard = self._heard_ms.setdefault(track, at_ms)
        late = heard - at_ms
        if late > 0:
            pcm, at_ms = pcm[late * PER_MS :], heard
        if not len(pcm):
            return []
        if at_ms - heard > _LONGEST_GAP_MS:
            raise ProtocolError("timestamp: too far ahead")
        self._heard_ms[track] = at_ms + len(pcm) // PER_MS
        if at_ms > heard:
            gap = np.zeros((at_ms - heard) * PER_MS, dtype=np.int16)
            pcm = np.concatenate([gap, pcm])
        return [Sound(role=role, at_ms=heard, pcm=pcm)]
