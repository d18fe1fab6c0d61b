"""
Intercom conversations: a first message and its parts, HTML bodies, clock times in seconds.

Notes and assignments are parts too, and nobody said them to the customer.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kindline import transcript
from kindline.errors import InputError
from kindline.mailtext import from_html
from kindline.model.conversation import Channel, Conversation, Role, Turn
from kindline.records import Record, decoded, json_record
from kindline.roles import role_of

NAME = "intercom"
SUFFIXES = (".json",)

_KNOWN = frozenset({"source", "conversation_parts"})
_SAID = frozenset({"comment", "open", "close", "assignment", "quick_reply"})
_CHANNELS: dict[str | None, Channel] = {
    "email": "email",
    "sms": "messaging",
    "whatsapp": "messaging",
}
_ROLES: dict[str | None, Role] = {"team": "agent"}
_LAST_S = 4_102_444_800  # the year 2100


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has a source with an author, and Intercom's way of delivery."""
    return transcript.is_object_with(raw, b'"source"', b'"delivered_as"', b'"author"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    first = given.record(given.content.get("source"), "source")
    parts = _parts(given)
    said = [part for part in parts if part.text("part_type") in _SAID]
    created = given.number("created_at")
    if created is not None and not 0 <= created < _LAST_S:
        given.refuse("created_at", found="a time out of range", expected="seconds")
    yield transcript.conversation(
        given,
        [_turn(item) for item in (first, *said)],
        name=NAME,
        cut=f"one turn per message, {len(parts) - len(said)} notes and moves left out",
        known=_KNOWN,
        id=given.identity("id"),
        channel=_CHANNELS.get(first.text("type"), "chat"),
        started_at=None if created is None else datetime.fromtimestamp(created, UTC),
        vendor=_rated(given),
    )


def _parts(given: Record) -> Sequence[Record]:
    holder = given.content.get("conversation_parts")
    if holder is None:
        return ()
    return given.record(holder, "conversation_parts").records("conversation_parts", "part")


def _rated(given: Record) -> dict[str, object]:
    rating = given.content.get("conversation_rating")
    return {"conversation_rating": rating} if rating else {}


def _turn(item: Record) -> Turn:
    author = item.record(item.content.get("author") or {}, "author")
    kind = author.text("type")
    role: Role = "bot" if author.content.get("from_ai_agent") is True else "unknown"
    if role == "unknown":
        role = _ROLES.get(kind, role_of(kind))
    return Turn(
        role=role, text=from_html(item.text("body") or "").strip(), speaker=author.text("id")
    )
