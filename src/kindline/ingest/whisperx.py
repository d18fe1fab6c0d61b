"""
WhisperX: segments of words aligned in time, with speakers where it was asked for, seconds.

Numbers and some words have no time, and no speaker: they belong to the word before them.
"""

from collections.abc import Iterator, Sequence

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation
from kindline.records import Record, decoded, json_record
from kindline.words import Word, turns

NAME = "whisperx"
SUFFIXES = (".json",)

_KNOWN = frozenset({"segments", "word_segments", "language"})


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has segments of words that were aligned."""
    return transcript.is_object_with(raw, b'"segments"', b'"word_segments"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    yield transcript.conversation(
        given,
        turns(_words(given.records("segments", "segment"))),
        name=NAME,
        cut="one turn per speaker, by word",
        known=_KNOWN,
        language=transcript.language(given.text("language")),
    )


def _words(segments: Sequence[Record]) -> Iterator[Word]:
    for segment in segments:
        speaker = segment.text("speaker")
        words = segment.records("words", "word")
        for word in words:
            speaker = word.text("speaker") or speaker
            yield Word(
                text=word.needed_text("word").strip(),
                speaker=speaker,
                start_ms=word.milliseconds("start", unit_ms=1000),
                end_ms=word.milliseconds("end", unit_ms=1000),
                confidence=transcript.confidence(word, "score"),
            )
        if not words:
            yield Word(text=segment.needed_text("text").strip(), speaker=speaker)
