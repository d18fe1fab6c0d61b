"""
Amazon Connect Contact Lens, voice and chat, and Transcribe Call Analytics: the same transcript.

The role stands on the turn, or is looked up among the participants. Chat holds events and messages
of the system, which nobody said; voice times are milliseconds, chat times are clock times. What
Amazon inferred about mood stays Amazon's.
"""

from collections.abc import Iterator, Mapping

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Channel, Conversation, Role, Turn
from kindline.records import Record, decoded, json_record
from kindline.roles import role_of

NAME = "contact-lens"
SUFFIXES = (".json",)

_KNOWN = frozenset({"Transcript", "Participants", "ConversationCharacteristics"})
_CHANNELS: dict[str | None, Channel] = {"CHAT": "chat", "VOICE": "voice", "EMAIL": "email"}
_SAID = ("text/plain", "text/markdown")


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has a transcript of contents with participants."""
    marks = (b'"Transcript"', b'"Content"', b'"Participant')
    return transcript.is_object_with(raw, *marks)


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    roles = _roles(given)
    items = [item for item in given.records("Transcript", "turn") if _is_said(item)]
    channel = _CHANNELS.get(given.text("Channel"), "voice")
    customer = given.record(given.content.get("CustomerMetadata") or {}, "CustomerMetadata")
    first = next((item.instant("AbsoluteTime") for item in items), None)
    yield transcript.conversation(
        given,
        [_turn(item, roles) for item in items],
        name=NAME,
        cut="one turn per segment" if channel == "voice" else "one turn per message",
        known=_KNOWN,
        id=customer.identity("ContactId"),
        language=transcript.language(given.text("LanguageCode")),
        channel=channel,
        started_at=first,
        vendor=_inferred(given, items),
    )


def _roles(given: Record) -> Mapping[str, Role]:
    """Return the role of each participant by its id."""
    found: dict[str, Role] = {}
    for person in given.records("Participants", "participant"):
        identity = person.text("ParticipantId")
        if identity is not None:
            found[identity] = role_of(person.text("ParticipantRole"))
    return found


def _is_said(item: Record) -> bool:
    """Return whether somebody said it; events and attachments are not said."""
    if item.text("Type") not in (None, "MESSAGE") or item.content.get("Content") is None:
        return False
    return (item.text("ContentType") or _SAID[0]).startswith(_SAID)


def _turn(item: Record, roles: Mapping[str, Role]) -> Turn:
    identity = item.text("ParticipantId")
    role = role_of(item.text("ParticipantRole"))
    if role == "unknown":
        role = roles.get(identity or "", role_of(identity))
    return Turn(
        role=role,
        text=item.needed_text("Content").strip(),
        interval=transcript.interval(item, "BeginOffsetMillis", "EndOffsetMillis"),
        speaker=identity,
    )


def _inferred(given: Record, items: list[Record]) -> dict[str, object]:
    """Return what Amazon made of it: characteristics, and a mood a turn where there is one."""
    moods = [item.content.get("Sentiment") for item in items]
    found = {"ConversationCharacteristics": given.content.get("ConversationCharacteristics")}
    found["Sentiment"] = moods if any(moods) else None
    return {key: value for key, value in found.items() if value}
