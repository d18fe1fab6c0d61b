"""What the readers of vendors' transcripts do alike: a record and its turns make a contact."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
import json
from typing import Any, TypedDict, Unpack

from kindline.model.conversation import (
    Channel,
    Conversation,
    ConversationId,
    Turn,
    content_hash,
    parties_of,
)
from kindline.model.interval import Interval
from kindline.records import Record


class Stated(TypedDict, total=False):
    """What a record may say of a contact beside its turns; see `Conversation`."""

    id: str | None
    language: str | None
    channel: Channel
    started_at: datetime | None
    queue: str | None
    contact_id: str | None
    vendor: Mapping[str, Any]


def conversation(
    given: Record,
    turns: Sequence[Turn],
    *,
    name: str,
    cut: str,
    known: Collection[str],
    **stated: Unpack[Stated],
) -> Conversation:
    """
    Return the contact a record tells of; its id is a hash of the turns where it has none.

    What the record holds beside `known` is carried along, and so is `vendor`: what the vendor
    inferred, which stays the vendor's. Refuses a record without words.
    """
    spoken = tuple(turn for turn in turns if turn.text)
    if not spoken:
        given.refuse("turns", found="none with words", expected="at least one")
    carried = {key: value for key, value in given.content.items() if key not in known}
    vendor = stated.get("vendor")
    if vendor:
        carried["vendor"] = vendor
    language, channel = stated.get("language"), stated.get("channel", "voice")
    digest = content_hash(spoken, language=language, channel=channel)
    return Conversation(
        id=ConversationId(stated.get("id") or f"{name}-{digest}"),
        source=given.source,
        turns=spoken,
        language=language,
        channel=channel,
        started_at=stated.get("started_at"),
        queue=stated.get("queue"),
        contact_id=stated.get("contact_id"),
        parties=parties_of(spoken),
        cut=cut,
        carried=json.dumps(carried, ensure_ascii=False, sort_keys=True),
    )


def interval(given: Record, start: str, end: str, *, unit_ms: int = 1) -> Interval | None:
    """Return the time between two fields, None where one is absent; refuses an end before it."""
    start_ms = given.milliseconds(start, unit_ms=unit_ms)
    end_ms = given.milliseconds(end, unit_ms=unit_ms)
    if start_ms is None or end_ms is None:
        return None
    if end_ms < start_ms:
        given.refuse(end, found="an end before the start", expected="start or later")
    return Interval(start_ms=start_ms, end_ms=end_ms)


def confidence(given: Record, key: str) -> float | None:
    """Return a recogniser's confidence, 0..1; refuses one outside."""
    value = given.number(key)
    if value is not None and not 0 <= value <= 1:
        given.refuse(key, found="a number outside 0 to 1", expected="a share")
    return value


def language(code: str | None) -> str | None:
    """Return the language of a tag such as en-US."""
    return code.replace("_", "-").partition("-")[0].lower() or None if code else None


def is_object_with(raw: bytes, *marks: bytes) -> bool:
    """Return whether a file begins as a JSON object and holds every mark."""
    start = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] == b"{" and all(mark in raw for mark in marks)
