"""Rev AI: monologues of words and marks, a speaker number on each monologue, seconds."""

from collections.abc import Iterator

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation
from kindline.records import Record, decoded, json_record
from kindline.words import Word, turns

NAME = "rev-ai"
SUFFIXES = (".json",)

_KNOWN = frozenset({"monologues", "monologue", "id", "language"})


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has monologues of elements."""
    return transcript.is_object_with(raw, b'"monologue', b'"elements"', b'"value"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    one = given.content.get("monologue")  # a job of a single speaker
    told = given.records("monologues", "monologue")
    told += [given.record(one, "monologue")] if one is not None else []
    yield transcript.conversation(
        given,
        turns(word for monologue in told for word in _words(monologue)),
        name=NAME,
        cut="one turn per speaker, by monologue",
        known=_KNOWN,
        id=given.identity("id"),
        language=transcript.language(given.text("language")),
    )


def _words(monologue: Record) -> Iterator[Word]:
    speaker = monologue.text("speaker")
    for element in monologue.records("elements", "element"):
        value = element.needed_text("value")
        if not value.strip():
            continue  # the space between two words is an element of its own
        yield Word(
            text=value.strip(),
            speaker=speaker,
            start_ms=element.milliseconds("ts", unit_ms=1000),
            end_ms=element.milliseconds("end_ts", unit_ms=1000),
            confidence=transcript.confidence(element, "confidence"),
            joins=element.text("type") == "punct",
        )
