"""
Twilio Voice Intelligence: sentences of a media channel, seconds written as text.

Channel 1 is whoever the call began with; which one is the agent depends on who called, so the file
does not say.
"""

from collections.abc import Iterator

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation, Turn
from kindline.records import Record, decoded, json_record

NAME = "twilio-intelligence"
SUFFIXES = (".json",)

_KNOWN = frozenset({"sentences"})


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has sentences with a media channel."""
    return transcript.is_object_with(raw, b'"sentences"', b'"media_channel"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    sentences = given.records("sentences", "sentence")
    sentences.sort(
        key=lambda one: (one.number("start_time") or 0, one.number("sentence_index") or 0)
    )
    yield transcript.conversation(
        given,
        [_turn(sentence) for sentence in sentences],
        name=NAME,
        cut="one turn per sentence",
        known=_KNOWN,
        id=given.identity("sid") or given.identity("transcript_sid"),
        language=transcript.language(given.text("language_code")),
    )


def _turn(sentence: Record) -> Turn:
    channel = sentence.text("media_channel")
    return Turn(
        role="unknown",
        text=sentence.needed_text("transcript").strip(),
        interval=transcript.interval(sentence, "start_time", "end_time", unit_ms=1000),
        confidence=transcript.confidence(sentence, "confidence"),
        speaker=None if channel is None else f"channel {channel}",
    )
