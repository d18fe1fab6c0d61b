"""
Azure Content Understanding, call centre: phrases with a speaker's label, milliseconds.

The phrases are read, not the WebVTT in its markdown: Microsoft's own example calls both sides Agent
there.
"""

from collections.abc import Iterator

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation, Turn
from kindline.records import Record, decoded, json_record
from kindline.roles import role_of

NAME = "azure-content"
SUFFIXES = (".json",)

_KNOWN = frozenset({"result"})


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has an analyser's contents with transcript phrases."""
    return transcript.is_object_with(raw, b'"analyzerId"', b'"transcriptPhrases"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    contents = given.record(given.content.get("result"), "result").records("contents", "content")
    phrases = [phrase for one in contents for phrase in one.records("transcriptPhrases", "phrase")]
    yield transcript.conversation(
        given,
        [_turn(phrase) for phrase in phrases],
        name=NAME,
        cut="one turn per phrase",
        known=_KNOWN,
        id=given.identity("id"),
        language=transcript.language(next((one.text("locale") for one in phrases), None)),
        vendor={"fields": [one.content.get("fields") for one in contents]},
    )


def _turn(phrase: Record) -> Turn:
    speaker = phrase.text("speaker")
    return Turn(
        role=role_of(speaker),
        text=phrase.needed_text("text").strip(),
        interval=transcript.interval(phrase, "startTimeMs", "endTimeMs"),
        confidence=transcript.confidence(phrase, "confidence"),
        speaker=speaker,
    )
