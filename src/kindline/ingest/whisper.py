"""
Whisper JSON: segments with times in seconds, and no speakers.

Segments that the recogniser itself doubts (silence, repetition) are left out, because Whisper
invents text there; how many is said in `cut`.
"""

from collections.abc import Iterator
import json

from kindline.errors import InputError
from kindline.model.conversation import Conversation, ConversationId, Turn, content_hash
from kindline.model.interval import Interval
from kindline.records import Record, decoded, json_record

NAME = "whisper"
SUFFIXES = (".json",)

_MOST_SILENT = 0.6  # no_speech_prob; Whisper's own default for dropping a segment
_MOST_REPEATED = 2.4  # compression_ratio; Whisper's own default for a failed decoding
_KNOWN = frozenset({"text", "segments", "language"})


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it is an object with segments that carry Whisper's own measures."""
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    marks = (b'"no_speech_prob"', b'"avg_logprob"', b'"compression_ratio"')
    return start[:1] == b"{" and b'"segments"' in raw and any(mark in raw for mark in marks)


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    yield _conversation(json_record(decoded(raw, source), source, "file"))


def _conversation(given: Record) -> Conversation:
    segments = given.records("segments", "segment")
    kept = [segment for segment in segments if _is_speech(segment)]
    turns = tuple(_turn(segment) for segment in kept if segment.needed_text("text").strip())
    if not turns:
        given.refuse("segments", found="none with speech", expected="at least one segment")
    language = given.text("language")
    carried = {key: value for key, value in given.content.items() if key not in _KNOWN}
    return Conversation(
        id=ConversationId(f"{NAME}-{content_hash(turns, language=language, channel='voice')}"),
        source=given.source,
        turns=turns,
        language=language,
        channel="voice",
        cut=f"one turn per segment, {len(segments) - len(kept)} doubtful segments left out",
        carried=json.dumps(carried, ensure_ascii=False, sort_keys=True),
    )


def _is_speech(segment: Record) -> bool:
    silence = segment.number("no_speech_prob") or 0.0
    repetition = segment.number("compression_ratio") or 0.0
    return silence <= _MOST_SILENT and repetition <= _MOST_REPEATED


def _turn(segment: Record) -> Turn:
    start_ms = segment.milliseconds("start", unit_ms=1000)
    end_ms = segment.milliseconds("end", unit_ms=1000)
    interval = None
    if start_ms is not None and end_ms is not None:
        if end_ms < start_ms:
            segment.refuse("end", found="an end before the start", expected="start or later")
        interval = Interval(start_ms=start_ms, end_ms=end_ms)
    return Turn(role="unknown", text=segment.needed_text("text").strip(), interval=interval)
