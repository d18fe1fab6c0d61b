"""Kindline's own format: JSON Lines, one conversation a line (docs/reference/plain-format.md)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
import json
from typing import Any

from kindline.errors import InputError, MalformedInputError
from kindline.model.conversation import (
    CHANNELS,
    Blot,
    Conversation,
    ConversationId,
    HeardWord,
    LawfulBasis,
    PurposeGrant,
    Role,
    Turn,
    content_hash,
)
from kindline.model.interval import Interval
from kindline.records import Record, as_list, decoded, json_record, kind
from kindline.transcript import confidence

NAME = "plain"
SUFFIXES = (".jsonl", ".ndjson", ".json")

_ROLES: tuple[Role, ...] = ("agent", "customer", "bot", "system", "supervisor", "unknown")
_REFUSALS = frozenset({"denied", "objection", "refused", "withdrawn", "none"})
_KNOWN = frozenset(
    {
        "id",
        "language",
        "channel",
        "started_at",
        "turns",
        "customer_id",
        "agent_id",
        "queue",
        "country",
        "lawful_basis",
        "objection",
    }
)
_N_OF_A_WORD = 5
_LOOKED_AT = 65_536  # bytes


def recognises(raw: bytes, name: str) -> bool:
    """Return whether the first record looks like a conversation of ours."""
    start = raw[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    first = start.partition(b"\n")[0]
    is_whole = len(first) > len(b"{}")
    return start[:1] == b"{" and b'"turns"' in (first if is_whole else start)


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the conversations of a file, and an error for each record that is none."""
    text = decoded(raw, source)
    lines = text.split("\n") if is_lines(text) else [text]
    for number, line in enumerate(lines, start=1):
        yield from _of_line(line, source, f"line {number}")


def read_lines(lines: Iterable[bytes], *, source: str) -> Iterator[Conversation | InputError]:
    """Return the same from the lines of a file too large to hold, in UTF-8."""
    for number, raw in enumerate(lines, start=1):
        place = f"line {number}"
        try:
            line = decoded(raw, source)
        except MalformedInputError as error:
            yield MalformedInputError(source, place, error.field, error.found, error.expected)
        else:
            yield from _of_line(line, source, place)


def _of_line(line: str, source: str, place: str) -> Iterator[Conversation | InputError]:
    if not line.strip():
        return
    try:
        record = json_record(line, source, place)
        yield conversation_from(record.content, source=source, record=record.place)
    except InputError as error:
        yield error


def conversation_from(content: Mapping[str, Any], *, source: str, record: str) -> Conversation:
    """Return the conversation an object of the plain format stands for."""
    given = Record(source=source, place=record, content=content)
    turns = tuple(_turn(turn) for turn in _turns(given))
    language, channel = given.text("language"), given.one_of("channel", CHANNELS)
    digest = content_hash(turns, language=language, channel=channel)
    carried = {key: value for key, value in content.items() if key not in _KNOWN}
    if isinstance(content.get("lawful_basis"), dict):
        carried["lawful_basis"] = content["lawful_basis"]  # its terms are evidence
    return Conversation(
        id=ConversationId(given.identity("id") or f"{NAME}-{digest}"),
        source=source,
        turns=turns,
        language=language or None,
        channel=channel,
        started_at=given.instant("started_at"),
        country=given.text("country"),
        customer_id=given.text("customer_id"),
        agent_id=given.text("agent_id"),
        queue=given.text("queue"),
        lawful_basis=lawful_basis_of(given),
        carried=json.dumps(carried, ensure_ascii=False, sort_keys=True),
    )


def basis_from(given: Record) -> LawfulBasis:
    """Return the basis an object of the lawful-basis draft stands for."""
    grants = tuple(
        PurposeGrant(purpose=grant.needed_text("purpose"), is_granted=_is_granted(grant))
        for grant in given.records("purpose_grants", "grant")
    )
    name = given.text("lawful_basis")
    expires_at: datetime | None = given.instant("expiration")
    if name is None or name.strip().lower() in _REFUSALS:
        return LawfulBasis(name=None, grants=grants, expires_at=expires_at)
    return LawfulBasis(name=name, grants=grants, expires_at=expires_at)


def is_lines(text: str) -> bool:
    """Return whether every line is a record: the first one is then JSON on its own."""
    first = text.strip().partition("\n")[0].strip()
    return first.startswith("{") and first.endswith("}") and first != "{}"


def _turns(given: Record) -> list[Record]:
    turns = [
        given.record(item, f"turn {number}") for number, item in enumerate(given.items("turns"))
    ]
    if not turns:
        given.refuse("turns", found="an empty list", expected="at least one turn")
    return turns


def _turn(given: Record) -> Turn:
    role = given.one_of("party", _ROLES)
    if role is None:
        given.refuse("party", found="nothing", expected=", ".join(_ROLES))
    return Turn(
        role=role,
        text=given.needed_text("text"),
        interval=_interval(given),
        confidence=confidence(given, "confidence"),
        words=tuple(_words(given)),
        blots=tuple(_blots(given)),
    )


def _blots(given: Record) -> Iterator[Blot]:
    """Return what was blotted out before: `[start, end, kind]` each; what is none is left out."""
    for item in as_list(given.content.get("blots")) or ():
        values = as_list(item) or ()
        match values:
            case [int(start), int(end), str(kind)]:
                yield Blot(start, end, kind)
            case _:
                pass


def _words(given: Record) -> Iterator[HeardWord]:
    """Return a recogniser's words: `[start, end, start_ms, end_ms, confidence]` each."""
    if given.content.get("words") is None:
        return
    n_characters = len(given.needed_text("text"))
    for number, item in enumerate(given.items("words")):
        place = f"words {number}"
        values = as_list(item)
        if values is None or len(values) != _N_OF_A_WORD:
            given.refuse(place, found=kind(item), expected="five values")
        names = ("start", "end", "start_ms", "end_ms", "confidence")
        word = given.record(dict(zip(names, values, strict=True)), place)
        start, end = word.milliseconds("start"), word.milliseconds("end")
        if start is None or end is None or not start < end <= n_characters:
            word.refuse("end", found="a place outside the text", expected="characters of it")
        yield HeardWord(
            start=start,
            end=end,
            interval=_interval(word),
            confidence=confidence(word, "confidence"),
        )


def _interval(given: Record) -> Interval | None:
    start_ms, end_ms = given.milliseconds("start_ms"), given.milliseconds("end_ms")
    if start_ms is None or end_ms is None:
        return None
    if end_ms < start_ms:
        given.refuse("end_ms", found="an end before the start", expected="start_ms or later")
    return Interval(start_ms=start_ms, end_ms=end_ms)


def lawful_basis_of(given: Record) -> LawfulBasis | None:
    """Return what `objection` and `lawful_basis` of a record say, None where they say nothing."""
    objection = given.content.get("objection")
    if objection is not None and not isinstance(objection, bool):
        given.refuse("objection", found=kind(objection), expected="true or false")
    if objection:
        return LawfulBasis(name=None)
    stated = given.content.get("lawful_basis")
    if stated is None:
        return None
    if stated is False:
        return LawfulBasis(name=None)
    if isinstance(stated, dict):
        return basis_from(given.record(stated, "lawful_basis"))
    if not isinstance(stated, str):
        given.refuse("lawful_basis", found=kind(stated), expected="a name or an object")
    return LawfulBasis(name=None if stated.strip().lower() in _REFUSALS else stated)


def _is_granted(grant: Record) -> bool:
    value = grant.content.get("granted")
    if not isinstance(value, bool):
        grant.refuse("granted", found=kind(value), expected="true or false")
    return value
