"""Azure Language, conversation input of the Speech samples: items of participants, no times."""

from collections.abc import Iterator

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Channel, Conversation, Turn
from kindline.records import Record, decoded, json_record
from kindline.roles import role_of

NAME = "azure-speech"
SUFFIXES = (".json",)

_KNOWN = frozenset({"conversationItems"})
_CHANNELS: dict[str | None, Channel] = {"text": "chat", "transcript": "voice"}


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has conversation items of participants."""
    return transcript.is_object_with(raw, b'"conversationItems"', b'"participantId"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the conversations of a file, and an error for each that is none."""
    given = json_record(decoded(raw, source), source, "file")
    asked = given.record(given.content.get("analysisInput") or given.content, "analysisInput")
    for one in asked.records("conversations", "conversation"):
        try:
            yield _conversation(one)
        except InputError as error:
            yield error


def _conversation(given: Record) -> Conversation:
    items = given.records("conversationItems", "item")
    return transcript.conversation(
        given,
        [_turn(item) for item in items],
        name=NAME,
        cut="one turn per item",
        known=_KNOWN,
        id=given.identity("id"),
        language=transcript.language(given.text("language")),
        channel=_CHANNELS.get(given.text("modality"), "voice"),
    )


def _turn(item: Record) -> Turn:
    speaker = item.text("participantId")
    role = role_of(item.text("role"))
    return Turn(
        role=role_of(speaker) if role == "unknown" else role,
        text=item.needed_text("text").strip(),
        speaker=speaker,
    )
