"""Speechmatics: words and punctuation marks, seconds, a speaker or a channel on each."""

from collections.abc import Iterator

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation
from kindline.records import Record, decoded, json_record
from kindline.words import Word, turns

NAME = "speechmatics"
SUFFIXES = (".json",)

_KNOWN = frozenset({"results"})
_INFERRED = ("sentiment_analysis", "summary", "topics", "chapters")
_UNKNOWN_SPEAKER = "UU"


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has Speechmatics' format number, job and results."""
    return transcript.is_object_with(raw, b'"format"', b'"transcription_config"', b'"results"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    job = given.record(given.content.get("job") or {}, "job")
    metadata = given.record(given.content.get("metadata") or {}, "metadata")
    asked = metadata.record(metadata.content.get("transcription_config") or {}, "config")
    results = sorted(given.records("results", "result"), key=lambda one: one.text("channel") or "")
    yield transcript.conversation(
        given,
        turns(_word(result) for result in results),
        name=NAME,
        cut="one turn per speaker, by word",
        known=_KNOWN | set(_INFERRED),
        id=job.identity("id"),
        language=transcript.language(asked.text("language")),
        vendor={key: given.content[key] for key in _INFERRED if given.content.get(key)},
    )


def _word(result: Record) -> Word:
    best = next(iter(result.records("alternatives", "alternative")), None)
    if best is None:
        result.refuse("alternatives", found="none", expected="at least one")
    speaker = result.text("channel") or best.text("speaker")
    return Word(
        text=best.needed_text("content"),
        speaker=None if speaker == _UNKNOWN_SPEAKER else speaker,
        start_ms=result.milliseconds("start_time", unit_ms=1000),
        end_ms=result.milliseconds("end_time", unit_ms=1000),
        confidence=transcript.confidence(best, "confidence"),
        joins=result.text("attaches_to") == "previous" or result.text("type") == "punctuation",
    )
