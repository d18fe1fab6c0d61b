"""Google CCAI and CX Insights: entries with a role and a clock time in microseconds."""

from collections.abc import Iterator
from datetime import UTC, datetime

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation, Turn
from kindline.model.interval import Interval
from kindline.records import Record, decoded, json_record
from kindline.roles import role_of

NAME = "ccai-insights"
SUFFIXES = (".json",)

_KNOWN = frozenset({"entries"})
_LAST_US = 4_102_444_800_000_000  # the year 2100


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has entries with start times in microseconds."""
    return transcript.is_object_with(raw, b'"entries"', b'"start_timestamp_usec"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    entries = given.records("entries", "entry")
    starts = [_microseconds(entry) for entry in entries]
    first = min((start for start in starts if start is not None), default=None)
    yield transcript.conversation(
        given,
        [_turn(entry, start, first) for entry, start in zip(entries, starts, strict=True)],
        name=NAME,
        cut="one turn per entry",
        known=_KNOWN,
        channel="chat",
        started_at=None if first is None else datetime.fromtimestamp(first / 1e6, UTC),
    )


def _microseconds(entry: Record) -> float | None:
    value = entry.number("start_timestamp_usec")
    if value is not None and not 0 <= value < _LAST_US:
        entry.refuse("start_timestamp_usec", found="a time out of range", expected="microseconds")
    return value


def _turn(entry: Record, start: float | None, first: float | None) -> Turn:
    interval = None
    if start is not None and first is not None:
        at = round((start - first) / 1000)
        interval = Interval(start_ms=at, end_ms=at)  # when it was said; how long is not told
    return Turn(
        role=role_of(entry.text("role")),
        text=entry.needed_text("text").strip(),
        interval=interval,
        speaker=entry.text("user_id"),
    )
