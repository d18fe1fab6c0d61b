"""WTF, the transcript format of vCon: segments and words with a speaker, seconds."""

from collections.abc import Iterator, Sequence

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation, Turn
from kindline.records import Record, decoded, json_record
from kindline.words import Word, turns

NAME = "wtf"
SUFFIXES = (".json", ".wtf")

_KNOWN = frozenset({"transcript", "segments", "words"})
_WHOLE = 0.9  # of the letters of the segments; fewer, and the list of words is a sample


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has WTF's transcript, segments, and who or what made it."""
    marks = (b'"transcript"', b'"segments"', b'"provider"', b'"metadata"')
    return transcript.is_object_with(raw, *marks)


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    told = given.record(given.content.get("transcript"), "transcript")
    yield transcript.conversation(
        given,
        turns_of(given),
        name=NAME,
        cut="one turn per speaker, by word where all words are given, else per segment",
        known=_KNOWN,
        language=transcript.language(told.text("language")),
    )


def turns_of(given: Record) -> Sequence[Turn]:
    """Return the turns of a WTF object, wherever it stood: by its words, if it lists them all."""
    words = [_word(word) for word in given.records("words", "word")]
    segments = [_turn(segment) for segment in given.records("segments", "segment")]
    n_written = sum(len(turn.text.replace(" ", "")) for turn in segments)
    is_whole = sum(len(word.text) for word in words) >= _WHOLE * n_written
    return turns(words) if words and is_whole else segments


def _turn(segment: Record) -> Turn:
    return Turn(
        role="unknown",
        text=segment.needed_text("text").strip(),
        interval=transcript.interval(segment, "start", "end", unit_ms=1000),
        confidence=transcript.confidence(segment, "confidence"),
        speaker=segment.text("speaker"),
    )


def _word(word: Record) -> Word:
    return Word(
        text=word.needed_text("text").strip(),
        speaker=word.text("speaker"),
        start_ms=word.milliseconds("start", unit_ms=1000),
        end_ms=word.milliseconds("end", unit_ms=1000),
        confidence=transcript.confidence(word, "confidence"),
        joins=word.content.get("is_punctuation") is True,
    )
