"""
vCon, the plain form (draft-ietf-vcon-vcon-core), old field names accepted.

Words come from the transcripts and the text dialogs; a recording without a transcript is refused
with a reason. A `lawful_basis` attachment is obeyed; other attachments are kept, never read. Signed
and encrypted ones are opened before (`kindline.sealed`).
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_string
import json
from typing import Any, NoReturn

from kindline.errors import InputError, MalformedInputError, UnsupportedInputError
from kindline.ingest import deepgram, wtf
from kindline.ingest.plain import basis_from
from kindline.mailtext import from_html, own_words, plain_text
from kindline.model.conversation import (
    CHANNELS,
    Channel,
    Conversation,
    ConversationId,
    Dialog,
    LawfulBasis,
    Party,
    Role,
    Turn,
    content_hash,
)
from kindline.model.interval import Interval
from kindline.records import Record, as_list, as_object, decoded, json_record, json_value, kind
from kindline.roles import role_of
from kindline.words import turns as turns_of_words

NAME = "vcon"
SUFFIXES = (".vcon", ".json")

_WTF = "wtf_transcription"
_EXTENSIONS = frozenset({"CC", "lawful_basis", _WTF})
_CARRIED = ("attachments", "analysis", "group", "redacted", "amended", "appended", "subject")
_PARTIES, _MARKS = b'"parties"', (b'"vcon"', b'"dialog"')


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it is a vCon object."""
    start = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] == b"{" and _PARTIES in raw and any(mark in raw for mark in _MARKS)


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    yield _conversation(json_record(decoded(raw, source), source, "file"))


def without_words(raw: bytes, *, source: str) -> Conversation:
    """
    Return what a vCon says of the recording it stands for: no turns, but id, start and basis.

    Raises:
        InputError: where it is no vCon we can read.
    """
    given = json_record(decoded(raw, source), source, "file")
    _refuse_unknown_extensions(given)
    return _told(given, given.records("dialog", "dialog"), (), cut=None)


def recordings(raw: bytes, *, source: str) -> Iterator[tuple[bytes, datetime | None]]:
    """
    Return the recordings that a vCon carries within itself, each with its start.

    Raises:
        InputError: where one is not base64url.
    """
    given = json_record(decoded(raw, source), source, "file")
    for dialog in given.records("dialog", "dialog"):
        if dialog.text("type") == "recording" and dialog.content.get("body"):
            yield _from_base64url(dialog), _started_at(dialog)


def _conversation(given: Record) -> Conversation:
    _refuse_unknown_extensions(given)
    roles: list[Role] = [_party(party).role for party in given.records("parties", "party")]
    dialogs = given.records("dialog", "dialog")
    turns, cut = _turns(given, dialogs, roles)
    if not turns:
        _refuse_silence(given, dialogs)
    return _told(given, dialogs, turns, cut=cut)


def _told(
    given: Record, dialogs: Sequence[Record], turns: tuple[Turn, ...], *, cut: str | None
) -> Conversation:
    parties = [_party(party) for party in given.records("parties", "party")]
    channel = _channel(given, dialogs)
    carried = {key: given.content[key] for key in _CARRIED if given.content.get(key)}
    digest = content_hash(turns, language=None, channel=channel)
    starts = sorted(filter(None, (_started_at(dialog) for dialog in dialogs)))
    return Conversation(
        id=ConversationId(given.identity("uuid") or f"{NAME}-{digest}"),
        source=given.source,
        turns=turns,
        channel=channel,
        started_at=starts[0] if starts else None,
        lawful_basis=_lawful_basis(given),
        parties=tuple(parties),
        dialogs=tuple(_dialog(dialog) for dialog in dialogs),
        cut=cut,
        carried=json.dumps(carried, ensure_ascii=False, sort_keys=True),
    )


def _refuse_unknown_extensions(given: Record) -> None:
    for field in ("critical", "must_support"):
        wanted: Any = given.content.get(field) or []
        names = as_list(wanted)
        if any(str(name) not in _EXTENSIONS for name in ([wanted] if names is None else names)):
            expected = f"only {', '.join(sorted(_EXTENSIONS))}"
            _unsupported(given, field, "an extension we do not know", expected)


def _unsupported(given: Record, field: str, found: str, expected: str) -> NoReturn:
    raise UnsupportedInputError(given.source, given.place, field, found, expected)


def _refuse_silence(given: Record, dialogs: Sequence[Record]) -> NoReturn:
    has_recording = any(dialog.text("type") == "recording" for dialog in dialogs)
    found = "a recording without a transcript" if has_recording else "no dialog with words"
    _unsupported(given, "dialog", found, "a text dialog or a transcript analysis")


def _party(given: Record) -> Party:
    meta = as_object(given.content.get("meta")) or {}
    stated = given.content.get("role") or meta.get("role") or given.content.get("type")
    return Party(role=role_of(str(stated)))


def _turns(
    given: Record, dialogs: Sequence[Record], roles: Sequence[Role]
) -> tuple[tuple[Turn, ...], str]:
    """Return the turns of the first transcript that has any, else those of the text dialogs."""
    for holder in _transcripts(given):
        turns = tuple(_of_transcript(holder, dialogs, roles))
        if turns:
            return turns, "one turn per utterance or speaker of the transcript"
    texts = [dialog for dialog in dialogs if dialog.text("type") == "text"]
    never = datetime.max.replace(tzinfo=UTC)
    texts.sort(key=lambda dialog: _started_at(dialog) or never)
    turns = tuple(turn for dialog in texts for turn in _of_text(dialog, roles))
    return turns, "one turn per text dialog"


def _transcripts(given: Record) -> Iterator[Record]:
    """Return what holds a transcript: analyses, and attachments of the WTF draft."""
    for analysis in given.records("analysis", "analysis"):
        if (analysis.text("type") or "").startswith(("transcript", _WTF)):
            yield analysis
    for attachment in given.records("attachments", "attachment"):
        if _WTF in (attachment.content.get("purpose"), attachment.content.get("type")):
            yield attachment


def _of_transcript(
    analysis: Record, dialogs: Sequence[Record], roles: Sequence[Role]
) -> Iterator[Turn]:
    body = analysis.content.get("body")
    if isinstance(body, str) and analysis.text("encoding") == "json":
        body = json_value(body, analysis.source, analysis.place)
    starts = [_started_at(dialog) for dialog in dialogs]
    start = next((time for time in starts if time is not None), None)
    for number, item in enumerate(as_list(body) or ()):
        yield from _utterance(analysis.record(item, f"utterance {number}"), roles, start)
    if as_object(body) is not None:
        yield from _of_recogniser(analysis.record(body, "body"))


def _utterance(given: Record, roles: Sequence[Role], start: datetime | None) -> Iterator[Turn]:
    words = given.text("message") or given.text("text")
    if not words or not words.strip():
        return
    speaker = given.content.get("speaker", given.content.get("parties"))
    if isinstance(speaker, int) and 0 <= speaker < len(roles):
        role = roles[speaker]
    else:
        role = role_of(str(speaker))
    label = str(speaker) if isinstance(speaker, int | str) else None
    yield Turn(role=role, text=words.strip(), interval=_interval(given, start), speaker=label)


def _interval(given: Record, start: datetime | None) -> Interval | None:
    said_at, duration = _started_at(given), given.number("duration")
    if said_at is None or start is None or duration is None or said_at < start or duration < 0:
        return None
    start_ms = round((said_at - start).total_seconds() * 1000)
    return Interval(start_ms=start_ms, end_ms=start_ms + round(duration * 1000))


def _of_recogniser(body: Record) -> Sequence[Turn]:
    """Return the turns of a WTF object, or of a Deepgram result or one alternative of it."""
    if "transcript" in body.content and "segments" in body.content:
        return wtf.turns_of(body)
    alternative: Any = body.content
    if "results" in body.content:
        for step in ("results", "channels", 0, "alternatives", 0):
            alternative = _step(alternative, step)
    if as_object(alternative) is None:
        return ()
    return turns_of_words(deepgram.words_of(body.record(alternative, "alternative")))


def _step(value: Any, key: str | int) -> Any:
    if isinstance(key, str):
        return (as_object(value) or {}).get(key)
    listed = as_list(value) or []
    return listed[key] if key < len(listed) else None


def _of_text(dialog: Record, roles: Sequence[Role]) -> Iterator[Turn]:
    mediatype = (dialog.text("mediatype") or dialog.text("mimetype") or "text/plain").lower()
    body = _body(dialog)
    if mediatype.startswith("multipart/"):
        body = plain_text(message_from_string(f"Content-Type: {_media(dialog)}\r\n\r\n{body}"))
    elif mediatype.startswith("text/html"):
        body = from_html(body)
    elif not mediatype.startswith("text/"):
        return
    words = own_words(body)
    if words:
        number = _number(dialog)
        role = roles[number] if number is not None and number < len(roles) else "unknown"
        yield Turn(role=role, text=words, speaker=None if number is None else str(number))


def _media(dialog: Record) -> str:
    written = dialog.text("mediatype") or dialog.text("mimetype") or ""
    return " ".join(written.split())


def _body(dialog: Record) -> str:
    body = dialog.content.get("body")
    if isinstance(body, dict | list):
        return json.dumps(body, ensure_ascii=False)
    text = dialog.text("body") or ""
    if dialog.text("encoding") != "base64url":
        return text
    return _from_base64url(dialog).decode("utf-8", "replace")


def _from_base64url(dialog: Record) -> bytes:
    text = "".join((dialog.text("body") or "").split())
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        dialog.refuse("body", found="text that is not base64url", expected="base64url")


def _number(dialog: Record) -> int | None:
    """Return the number of the party that wrote or spoke, where the dialog says it."""
    parties = dialog.content.get("parties")
    listed = as_list(parties)
    number = dialog.content.get("originator", listed[0] if listed else parties)
    is_number = isinstance(number, int) and not isinstance(number, bool) and number >= 0
    return number if is_number else None


def _channel(given: Record, dialogs: Sequence[Record]) -> Channel | None:
    told = next((dialog.text("interaction_type") for dialog in dialogs), None)
    if told in CHANNELS:
        return told
    kinds = {dialog.text("type") for dialog in dialogs}
    if "recording" in kinds:
        media = [_media(dialog) for dialog in dialogs]
        return "video" if any(name.startswith("video") for name in media) else "voice"
    if "text" in kinds:
        return "email" if any("message_id" in dialog.content for dialog in dialogs) else "chat"
    return None


def _dialog(given: Record) -> Dialog:
    seconds = given.number("duration")
    duration_ms = round(seconds * 1000) if seconds is not None and seconds >= 0 else None
    kind_of = given.text("type") or "unknown"
    return Dialog(kind=kind_of, started_at=_started_at(given), duration_ms=duration_ms)


def _started_at(given: Record) -> datetime | None:
    """Return the start with its zone; files in the wild leave the zone out, then it is unknown."""
    try:
        return given.instant("start")
    except MalformedInputError:
        return None


def _lawful_basis(given: Record) -> LawfulBasis | None:
    """Return the strictest of the lawful-basis attachments: a refusal, else the first."""
    bases: list[LawfulBasis] = []
    for attachment in given.records("attachments", "attachment"):
        purpose = attachment.content.get("purpose") or attachment.content.get("type")
        if purpose == "lawful_basis":
            bases.append(_basis(attachment))
    refused = [basis for basis in bases if basis.name is None]
    joined = tuple(grant for basis in bases for grant in basis.grants)
    ends = [basis.expires_at for basis in bases if basis.expires_at is not None]
    if not bases:
        return None
    first = (refused or bases)[0]
    return LawfulBasis(name=first.name, grants=joined, expires_at=min(ends, default=None))


def _basis(attachment: Record) -> LawfulBasis:
    body = attachment.content.get("body")
    if isinstance(body, str):
        body = json_value(body, attachment.source, attachment.place)
    if as_object(body) is None:
        attachment.refuse("body", found=kind(body), expected="a lawful-basis object")
    return basis_from(attachment.record(body, "lawful_basis"))
