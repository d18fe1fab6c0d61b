"""HarperValleyBank, compact: a JSON list of calls with role, offset and duration per turn."""

from collections.abc import Iterator

from kindline.errors import InputError, MalformedInputError
from kindline.model.conversation import Conversation, ConversationId, Role, Turn
from kindline.model.interval import Interval
from kindline.records import Record, as_list, decoded, json_value, kind, record_of

NAME = "harper-valley"
SUFFIXES = (".json",)

_ROLES: dict[str, Role] = {"agent": "agent", "caller": "customer"}


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it is a list of calls whose turns have a human and a machine transcript."""
    start = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] == b"[" and all(mark in start for mark in (b'"sid"', b'"human"', b'"turns"'))


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the calls of a file, and an error for each that is none."""
    content = json_value(decoded(raw, source), source, "file")
    calls = as_list(content)
    if calls is None:
        yield MalformedInputError(source, "file", "record", kind(content), "a list of calls")
        return
    for number, call in enumerate(calls, start=1):
        try:
            yield _conversation(record_of(call, source, f"call {number}"))
        except InputError as error:
            yield error


def _conversation(given: Record) -> Conversation:
    turns = tuple(_turn(turn) for turn in given.records("turns", "turn"))
    if not turns:
        given.refuse("turns", found="nothing", expected="at least one turn")
    return Conversation(
        id=ConversationId(given.identity("sid") or given.needed_text("sid")),
        source=given.source,
        turns=turns,
        language="en",
        channel="voice",
        cut="one turn per human-transcribed segment",
    )


def _turn(given: Record) -> Turn:
    role = given.one_of("role", tuple(_ROLES))
    if role is None:
        given.refuse("role", found="nothing", expected="agent or caller")
    start_ms, duration_ms = given.milliseconds("offset_ms"), given.milliseconds("duration_ms")
    interval = None
    if start_ms is not None and duration_ms is not None:
        interval = Interval(start_ms=start_ms, end_ms=start_ms + duration_ms)
    return Turn(role=_ROLES[role], text=given.needed_text("human"), interval=interval)
