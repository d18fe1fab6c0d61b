"""
Genesys Cloud transcript: phrases of the internal and external side, clock times in ms.

"Internal" is the agent, or a machine before one came: the participants' own times tell. Durations
are plain numbers in some exports and objects in others.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Channel, Conversation, Role, Turn
from kindline.model.interval import Interval
from kindline.records import Record, as_object, decoded, json_record
from kindline.roles import role_of

NAME = "genesys"
SUFFIXES = (".json",)

_KNOWN = frozenset({"transcripts", "participants"})
_ANSWERING: dict[str, Role] = {"agent": "agent", "user": "agent"}  # Genesys calls its staff users
_MACHINES = frozenset({"acd", "ivr", "voicemail", "fax", "workflow"})
_CHANNELS: dict[str | None, Channel] = {
    "call": "voice",
    "chat": "chat",
    "message": "messaging",
    "email": "email",
}


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has transcripts of phrases with a participant's purpose."""
    return transcript.is_object_with(raw, b'"transcripts"', b'"phrases"', b'"participantPurpose"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    told = given.records("transcripts", "transcript")
    phrases = [phrase for one in told for phrase in one.records("phrases", "phrase")]
    phrases.sort(key=lambda phrase: phrase.number("startTimeMs") or 0.0)
    start_ms = given.number("conversationStartTime") or given.number("startTime")
    if start_ms is None:
        start_ms = min((phrase.number("startTimeMs") or 0.0 for phrase in phrases), default=0.0)
    machines = _machine_times(given.records("participants", "participant"))
    yield transcript.conversation(
        given,
        [_turn(phrase, start_ms, machines) for phrase in phrases],
        name=NAME,
        cut="one turn per phrase",
        known=_KNOWN,
        id=given.identity("conversationId"),
        contact_id=given.identity("conversationId"),
        started_at=_clock(given.number("conversationStartTime")),
        language=transcript.language(next((one.text("language") for one in told), None)),
        channel=_CHANNELS.get(given.text("mediaType"), "voice"),
        queue=next(iter(_queues(given)), None),
        vendor={"analytics": [one.content.get("analytics") for one in told]},
    )


def _clock(epoch_ms: float | None) -> datetime | None:
    """Return the start of the conversation, to which the phrases of every session count."""
    try:
        return None if epoch_ms is None else datetime.fromtimestamp(epoch_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _queues(given: Record) -> Iterator[str]:
    for participant in given.records("participants", "participant"):
        queue = participant.text("queueId")
        if queue is not None:
            yield queue


def _machine_times(participants: Sequence[Record]) -> list[tuple[float, float]]:
    """Return when a machine held the internal side."""
    return [
        (one.number("startTimeMs") or 0.0, one.number("endTimeMs") or float("inf"))
        for one in participants
        if one.text("participantPurpose") in _MACHINES
    ]


def _turn(phrase: Record, start_ms: float, machines: Sequence[tuple[float, float]]) -> Turn:
    began = phrase.number("startTimeMs")
    return Turn(
        role=_role(phrase, began, machines),
        text=(phrase.text("decoratedText") or phrase.text("text") or "").strip(),
        interval=None if began is None else _interval(began - start_ms, _lasting(phrase)),
        confidence=transcript.confidence(phrase, "confidence"),
        speaker=phrase.text("participantPurpose"),
    )


def _role(phrase: Record, began: float | None, machines: Sequence[tuple[float, float]]) -> Role:
    purpose = (phrase.text("participantPurpose") or "").lower()
    if purpose in _MACHINES:
        return "bot"
    if purpose == "internal" and began is not None and _holds(began, machines):
        return "bot"
    return _ANSWERING.get(purpose, role_of(purpose))


def _holds(moment: float, times: Sequence[tuple[float, float]]) -> bool:
    return any(start <= moment < end for start, end in times)


def _lasting(phrase: Record) -> float:
    """Return how long a phrase lasts: a number, or an object that holds one."""
    direct = phrase.content.get("durationMs", phrase.content.get("duration"))
    held = as_object(direct)
    if held is not None:
        inner = phrase.record(held, "duration")
        return inner.number("milliseconds") or 1000 * (inner.number("seconds") or 0.0)
    return phrase.number("durationMs") or phrase.number("duration") or 0.0


def _interval(start_ms: float, lasting_ms: float) -> Interval | None:
    if start_ms < 0 or lasting_ms < 0:
        return None  # clocks of two systems: a phrase before the call began has no place in it
    return Interval(start_ms=round(start_ms), end_ms=round(start_ms + lasting_ms))
