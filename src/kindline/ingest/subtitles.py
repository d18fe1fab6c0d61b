"""
WebVTT and SRT: cues with times, and sometimes a speaker.

The speaker comes from `<v Name>`, "[Agent]" or "Agent:". Only words that name a role make a role;
a personal name leaves the role unknown.
"""

from collections.abc import Iterator, Sequence
import html
import io
import re

import webvtt
from webvtt.errors import MalformedFileError

from kindline.errors import InputError, MalformedInputError
from kindline.model.conversation import (
    Conversation,
    ConversationId,
    Role,
    Turn,
    content_hash,
    parties_of,
)
from kindline.model.interval import Interval
from kindline.records import decoded
from kindline.roles import role_of

NAME = "subtitles"
SUFFIXES = (".vtt", ".srt")

_ARROW = re.compile(rb"\d\d:\d\d[.,]\d{3}[ \t]+-->[ \t]+(\d+:)?\d\d:\d\d[.,]\d{3}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>", re.IGNORECASE)
_TAG = re.compile(r"</?[^<>]+>")
_PREFIX = re.compile(r"^\s*(?:\[([^\]]{1,40})\]\s*:?|([^\W\d_][\w .'-]{0,38}?)\s*:)\s+")


def recognises(raw: bytes, name: str) -> bool:
    """Return whether the file has the WebVTT header or a cue time early on."""
    start = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"WEBVTT") or bool(start[:1].isdigit() and _ARROW.search(start))


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    yield _conversation(decoded(raw, source), source)


def _conversation(text: str, source: str) -> Conversation:
    turns = tuple(turn for turn in _cues(text, source) if turn.text)
    if not turns:
        raise MalformedInputError(source, "file", "cues", "none with words", "at least one cue")
    digest = content_hash(turns, language=None, channel="voice")
    return Conversation(
        id=ConversationId(f"{NAME}-{digest}"),
        source=source,
        turns=turns,
        channel="voice",
        parties=parties_of(turns),
        cut="one turn per cue",
    )


def _cues(text: str, source: str) -> Sequence[Turn]:
    is_vtt = text.lstrip("\ufeff \t\r\n").startswith("WEBVTT")
    opened = io.StringIO(text.lstrip("\ufeff"))
    try:
        captions = webvtt.from_buffer(opened, format="vtt" if is_vtt else "srt").captions
    except (MalformedFileError, ValueError, IndexError, AttributeError):
        captions = None
    if captions is None:
        raise MalformedInputError(source, "file", "cues", "broken cues", "WebVTT or SRT")
    return [_turn(caption, source, number) for number, caption in enumerate(captions, start=1)]


def _turn(caption: webvtt.Caption, source: str, number: int) -> Turn:
    start_ms, end_ms = _ms(caption.start), _ms(caption.end)
    if end_ms < start_ms:
        expected = "an end after the start"
        raise MalformedInputError(source, f"cue {number}", "time", "an end before it", expected)
    role, text = _spoken(caption.raw_text)
    interval = Interval(start_ms=start_ms, end_ms=end_ms)
    return Turn(role=role, text=text, interval=interval)


def _spoken(raw: str) -> tuple[Role, str]:
    """Return who speaks and what, tags and entities resolved."""
    voice = _VOICE.search(raw)
    text = html.unescape(_TAG.sub("", raw)).replace("\n", " ").strip()
    if voice:
        return role_of(voice.group(1)), text
    prefix = _PREFIX.match(text)
    if prefix and role_of(prefix.group(1) or prefix.group(2)) != "unknown":
        return role_of(prefix.group(1) or prefix.group(2)), text[prefix.end() :].strip()
    return "unknown", text


def _ms(timestamp: str) -> int:
    hours, minutes, seconds = timestamp.replace(",", ".").split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)
