"""
Deepgram: words with a speaker each, seconds, one list a channel.

Its utterances are cut by pause and may mix two speakers, so turns are made from the words. Speakers
are numbers; who they are the file does not say.
"""

from collections.abc import Iterator

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation
from kindline.records import Record, decoded, json_record
from kindline.words import Word, turns

NAME = "deepgram"
SUFFIXES = (".json",)

_KNOWN = frozenset({"results"})
_INFERRED = ("sentiments", "summary", "topics", "intents")


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it holds channels of alternatives under results, and Deepgram's metadata."""
    return transcript.is_object_with(raw, b'"results"', b'"alternatives"', b'"request_id"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    yield _conversation(json_record(decoded(raw, source), source, "file"))


def _conversation(given: Record) -> Conversation:
    results = given.record(given.content.get("results"), "results")
    channels = results.records("channels", "channel")
    words = [
        word
        for number, channel in enumerate(channels)
        for word in _words(channel, number, channels)
    ]
    metadata = given.record(given.content.get("metadata"), "metadata")
    detected = next((channel.text("detected_language") for channel in channels), None)
    return transcript.conversation(
        given,
        turns(words),
        name=NAME,
        cut="one turn per speaker, by word",
        known=_KNOWN,
        id=metadata.identity("request_id"),
        language=transcript.language(detected),
        vendor={key: results.content[key] for key in _INFERRED if results.content.get(key)},
    )


def _words(channel: Record, number: int, channels: list[Record]) -> Iterator[Word]:
    best = channel.records("alternatives", "alternative")[:1]
    prefix = f"channel {number}" if len(channels) > 1 else ""
    yield from (word for one in best for word in words_of(one, prefix))


def words_of(alternative: Record, prefix: str = "") -> Iterator[Word]:
    """Return the words of one reading of a channel; speakers of two channels are two people."""
    for word in alternative.records("words", "word"):
        speaker = ", ".join(filter(None, (prefix, word.text("speaker")))) or None
        yield Word(
            text=word.text("punctuated_word") or word.needed_text("word"),
            speaker=speaker,
            start_ms=word.milliseconds("start", unit_ms=1000),
            end_ms=word.milliseconds("end", unit_ms=1000),
            confidence=transcript.confidence(word, "confidence"),
        )
