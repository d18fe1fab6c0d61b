"""whisper.cpp JSON: pieces with offsets in milliseconds, and a speaker where it was asked for."""

from collections.abc import Iterator

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation, Turn
from kindline.records import Record, decoded, json_record

NAME = "whisper-cpp"
SUFFIXES = (".json",)

_KNOWN = frozenset({"transcription", "systeminfo"})


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has pieces of a transcription with offsets."""
    return transcript.is_object_with(raw, b'"transcription"', b'"offsets"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    result = given.record(given.content.get("result") or {}, "result")
    yield transcript.conversation(
        given,
        [_turn(piece) for piece in given.records("transcription", "piece")],
        name=NAME,
        cut="one turn per piece",
        known=_KNOWN,
        language=transcript.language(result.text("language")),
    )


def _turn(piece: Record) -> Turn:
    offsets = piece.record(piece.content.get("offsets") or {}, "offsets")
    return Turn(
        role="unknown",
        text=piece.needed_text("text").strip(),
        interval=transcript.interval(offsets, "from", "to"),
        speaker=piece.text("speaker"),
    )
