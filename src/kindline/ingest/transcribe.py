"""
Amazon Transcribe: words with times and confidences written as text, seconds.

Marks have no time. The speaker stands on the item, or in the segments, or is the channel.
"""

from collections.abc import Iterator, Mapping

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation
from kindline.records import Record, decoded, json_record
from kindline.words import Word, turns

NAME = "transcribe"
SUFFIXES = (".json",)

_KNOWN = frozenset({"results"})


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has Transcribe's job, results and items."""
    marks = (b'"jobName"', b'"results"', b'"transcripts"')
    return transcript.is_object_with(raw, *marks)


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file, or why there is none."""
    given = json_record(decoded(raw, source), source, "file")
    status = given.text("status")
    if status not in (None, "COMPLETED"):
        given.refuse("status", found="a job that is not completed", expected="COMPLETED")
    results = given.record(given.content.get("results"), "results")
    yield transcript.conversation(
        given,
        turns(_words(results)),
        name=NAME,
        cut="one turn per speaker, by word",
        known=_KNOWN,
        language=transcript.language(results.text("language_code")),
    )


def _words(results: Record) -> Iterator[Word]:
    """Return the words channel by channel, or as they stand where there is one channel."""
    labelled = results.content.get("channel_labels")
    if labelled is None:
        yield from _of(results, _speakers(results), None)
        return
    for channel in results.record(labelled, "channel_labels").records("channels", "channel"):
        yield from _of(channel, {}, channel.text("channel_label"))


def _speakers(results: Record) -> Mapping[str, str]:
    """Return start time -> speaker, as older files tell it apart from the items."""
    labelled = results.content.get("speaker_labels")
    if labelled is None:
        return {}
    found: dict[str, str] = {}
    for segment in results.record(labelled, "speaker_labels").records("segments", "segment"):
        for item in segment.records("items", "item"):
            start, speaker = item.text("start_time"), item.text("speaker_label")
            if start is not None and speaker is not None:
                found[start] = speaker
    return found


def _of(holder: Record, speakers: Mapping[str, str], channel: str | None) -> Iterator[Word]:
    speaker = channel
    for item in holder.records("items", "item"):
        best = next(iter(item.records("alternatives", "alternative")), None)
        if best is None:
            item.refuse("alternatives", found="none", expected="at least one")
        is_mark = item.text("type") == "punctuation"
        if not is_mark:  # a mark has neither time nor, in older files, a speaker
            named = item.text("speaker_label") or speakers.get(item.text("start_time") or "")
            speaker = channel or named
        yield Word(
            text=best.needed_text("content"),
            speaker=speaker,
            start_ms=None if is_mark else item.milliseconds("start_time", unit_ms=1000),
            end_ms=None if is_mark else item.milliseconds("end_time", unit_ms=1000),
            confidence=None if is_mark else transcript.confidence(best, "confidence"),
            joins=is_mark,
        )
