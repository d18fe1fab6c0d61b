"""
AssemblyAI: utterances or words with a speaker letter, times in milliseconds.

Only `audio_duration` is in seconds. Converted files hold seconds in every place; no word of a real
one ends before a tenth of its duration, so the last end tells which it is.
"""

from collections.abc import Iterator

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation
from kindline.records import Record, decoded, json_record
from kindline.words import Word, turns

NAME = "assemblyai"
SUFFIXES = (".json",)

_KNOWN = frozenset({"text", "words", "utterances", "id", "language_code"})
_INFERRED = ("sentiment_analysis_results", "chapters", "summary", "entities")


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has words, a duration of the audio and AssemblyAI's own switches."""
    return transcript.is_object_with(raw, b'"audio_duration"', b'"words"', b'"language_code"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file, or why there is none."""
    given = json_record(decoded(raw, source), source, "file")
    status = given.text("status")
    if status not in (None, "completed"):
        given.refuse("status", found="a job that is not completed", expected="completed")
    yield _conversation(given)


def _conversation(given: Record) -> Conversation:
    pieces = given.records("utterances", "utterance")
    listed = [word for piece in pieces for word in _of(piece)] or list(
        given.records("words", "word")
    )
    unit_ms = _unit(given, listed)
    return transcript.conversation(
        given,
        turns(_word(word, unit_ms) for word in listed),
        name=NAME,
        cut="one turn per speaker, by word",
        known=_KNOWN | set(_INFERRED),
        id=given.identity("id"),
        language=transcript.language(given.text("language_code")),
        vendor={key: given.content[key] for key in _INFERRED if given.content.get(key)},
    )


def _of(utterance: Record) -> list[Record]:
    """Return the words of an utterance; the utterance itself where it lists none."""
    return utterance.records("words", "word") or [utterance]


def _unit(given: Record, listed: list[Record]) -> int:
    """Return the milliseconds of one unit of time, by the length of the recording."""
    ends = [end for word in listed if (end := word.number("end")) is not None]
    duration_s = given.number("audio_duration")
    if not ends or not duration_s:
        return 1
    return 1000 if max(ends) <= 2 * duration_s else 1


def _word(word: Record, unit_ms: int) -> Word:
    return Word(
        text=word.needed_text("text"),
        speaker=word.text("speaker"),
        start_ms=word.milliseconds("start", unit_ms=unit_ms),
        end_ms=word.milliseconds("end", unit_ms=unit_ms),
        confidence=transcript.confidence(word, "confidence"),
        joins=not any(map(str.isalnum, word.needed_text("text"))),
    )
