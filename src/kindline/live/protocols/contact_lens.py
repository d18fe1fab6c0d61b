"""
Amazon Connect Contact Lens, real-time segments: what the platform's own recogniser heard, as JSON.

Source: Amazon Connect's documentation of the records of its real-time analysis stream; a small
function in one's own account passes each record on as a text frame. Records come at least once:
a segment is taken once, by its id.
"""

from collections.abc import Mapping
import json
from typing import Any

from kindline.errors import ProtocolError
from kindline.live.protocols.frames import (
    Begun,
    Happened,
    Over,
    Speaking,
    Words,
    message,
    number,
    optional_part,
    part,
    parts,
    text,
)
from kindline.model.conversation import Role

_ROLES: Mapping[str, Role] = {"AGENT": "agent", "CUSTOMER": "customer"}
_MOST_KNOWN = 10_000  # segments of a call; a day of talk has fewer


class ContactLens:
    """One connection, one contact."""

    def __init__(self) -> None:
        self._contact: str | None = None
        self._known: set[str] = set()

    def receive(self, raw: str | bytes) -> tuple[list[Happened], list[str]]:
        """Return what happened and that it was taken; raises ProtocolError."""
        told = message(raw)
        kind, contact = text(told, "EventType"), text(told, "ContactId")
        if self._contact not in (None, contact):
            raise ProtocolError("ContactId: one connection carries one contact")
        happened: list[Happened] = []
        if self._contact is None:
            happened.append(_begun(told, contact))
            self._contact = contact
        if kind == "SEGMENTS":
            for segment in parts(told, "Segments"):
                happened += self._segment(segment)
        elif kind in ("COMPLETED", "FAILED"):
            happened.append(Over(reason="stop" if kind == "COMPLETED" else "error"))
        elif kind != "STARTED":
            raise ProtocolError("EventType: STARTED, SEGMENTS, COMPLETED or FAILED is expected")
        return happened, [json.dumps({"taken": len(self._known)})]

    def _segment(self, segment: Mapping[str, Any]) -> list[Happened]:
        partial = optional_part(segment, "Utterance")
        if partial:
            return [Speaking(role=_role(partial), is_speaking=True)]
        if "Transcript" not in segment:
            return []  # categories and issues, which we judge ourselves
        told = part(segment, "Transcript")
        name = text(told, "Id")
        if name in self._known:
            return []
        if len(self._known) >= _MOST_KNOWN:
            raise ProtocolError("Segments: too many for one contact")
        self._known.add(name)
        start, end = number(told, "BeginOffsetMillis"), number(told, "EndOffsetMillis")
        if end < start:
            raise ProtocolError("EndOffsetMillis: before BeginOffsetMillis")
        return [Words(role=_role(told), text=text(told, "Content"), start_ms=start, end_ms=end)]


def _begun(told: Mapping[str, Any], contact: str) -> Begun:
    language = told.get("LanguageCode")
    channel = {"channel": "chat"} if told.get("Channel") == "CHAT" else {}
    return Begun(
        call_id=contact, language=language if isinstance(language, str) else None, told=channel
    )


def _role(told: Mapping[str, Any]) -> Role:
    role = _ROLES.get(text(told, "ParticipantRole"))
    if role is None:
        raise ProtocolError("ParticipantRole: AGENT or CUSTOMER is expected")
    return role
