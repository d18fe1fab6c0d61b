"""
vCon (draft-ietf-vcon-vcon-core), one file a conversation, with our analysis and its lawful basis.

A written contact has a text dialog per turn. A spoken one has a dialog of the call, whose recording
is not ours to copy, and a transcript. Without words it is a redacted vCon that names the whole one;
every index stays what it was. Names, numbers and addresses are not kept and so not written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
import hashlib
import json
from pathlib import Path
from typing import Any
import uuid

from kindline.export.words import Turns, bases_of, basis_of, words_of
from kindline.store.conversations import Stored
from kindline.version import VERSION

NAME = "vcon"
PURPOSE = "One vCon a conversation, in a folder: words, analysis and lawful basis."

Json = dict[str, Any]
_ROLES = ("agent", "customer", "supervisor")  # of the CC extension
_SPOKEN = ("voice", "video")
_BASES = {
    "legitimate-interest": "legitimate_interests",
    "vital-interest": "vital_interests",
}


def write(stored: Iterable[Stored], target: Path, *, has_words: bool) -> int:
    """Write them all into the folder `target`, and return how many there were."""
    target.mkdir(parents=True, exist_ok=True)
    n_written = 0
    for one in stored:
        vcon = vcon_of(one, has_words=has_words)
        text = json.dumps(vcon, ensure_ascii=False, indent=1)
        (target / f"{vcon['uuid']}.vcon").write_text(text, "utf-8", "replace")
        n_written += 1
    return n_written


def vcon_of(one: Stored, *, has_words: bool) -> Json:
    """Return a stored conversation as a vCon in its plain form."""
    analysis, turns = words_of(one, has_words=has_words)
    roles = list(dict.fromkeys(turn["party"] for turn in turns))
    starts = list(_starts(one, turns))
    is_spoken = analysis["channel"] in _SPOKEN
    whole = _uuid_of(str(analysis["conversation_id"]))
    hidden = {} if has_words else {"redacted": {"uuid": whole, "type": "words"}}
    begun = one.started_at or one.stored_at
    dialogs = [_call(turns, begun, roles)] if is_spoken else _texts(turns, starts, roles)
    channel = {"interaction_type": analysis["channel"]} if analysis["channel"] else {}
    transcript = [_transcript(turns, starts, roles)] if is_spoken and has_words else []
    basis = list(_bases(one, begun))
    return {
        "uuid": whole if has_words else _name_of(f"redacted\x1f{whole}"),
        "created_at": begun.isoformat(),
        "updated_at": one.stored_at.isoformat(),
        "extensions": ["CC", *(["lawful_basis"] if basis else [])],
        **hidden,
        "parties": [_party(role) for role in roles],
        "dialog": [dialog | channel for dialog in dialogs],
        "analysis": [*transcript, _report(analysis, len(dialogs))],
        "attachments": basis,
    }


def _uuid_of(identity: str) -> str:
    """Return the id where it is a UUID, as that of a vCon is, else one made of it."""
    try:
        return str(uuid.UUID(identity))
    except ValueError:
        return _name_of(identity)


def _name_of(text: str) -> str:
    """Return a version 8 UUID: the same text, the same UUID."""
    raw = bytearray(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest())
    raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


def _party(role: str) -> Json:
    if role == "bot":
        return {"type": "bot"}
    return {"role": role} if role in _ROLES else {}


def _starts(one: Stored, turns: Turns) -> Iterator[datetime]:
    """Return when each turn began, never before the one before it, as far as the input tells."""
    latest = begun = one.started_at or one.stored_at
    for turn in turns:
        if "start_ms" in turn:
            latest = max(latest, begun + timedelta(milliseconds=turn["start_ms"]))
        yield latest


def _texts(turns: Turns, starts: Sequence[datetime], roles: Sequence[str]) -> list[Json]:
    return [
        {
            "type": "text",
            "start": start.isoformat(),
            "parties": [roles.index(turn["party"])],
            **(
                {"mediatype": "text/plain", "body": turn["text"], "encoding": "none"}
                if turn["text"]
                else {}
            ),
        }
        for turn, start in zip(turns, starts, strict=True)
    ]


def _call(turns: Turns, begun: datetime, roles: Sequence[str]) -> Json:
    ends = [turn["end_ms"] for turn in turns if "end_ms" in turn]
    length = {"duration": max(ends) / 1000} if ends else {}
    parties = list(range(len(roles)))
    return {"type": "recording", "start": begun.isoformat(), **length, "parties": parties}


def _transcript(turns: Turns, starts: Sequence[datetime], roles: Sequence[str]) -> Json:
    said = [
        {"speaker": roles.index(turn["party"]), "message": turn["text"], **_time(turn, start)}
        for turn, start in zip(turns, starts, strict=True)
    ]
    named = {"vendor": "kindline", "product": f"kindline {VERSION}"}
    media = {"mediatype": "application/json", "encoding": "json"}
    return {"type": "transcript", "dialog": 0, **named, **media, "body": said}


def _time(turn: Mapping[str, Any], start: datetime) -> Json:
    if "start_ms" not in turn:
        return {}
    return {"start": start.isoformat(), "duration": (turn["end_ms"] - turn["start_ms"]) / 1000}


def _report(analysis: Mapping[str, Any], n_dialogs: int) -> Json:
    return {
        "type": "report",
        "dialog": list(range(n_dialogs)),
        "vendor": "kindline",
        "product": f"kindline {analysis['versions'].get('kindline', VERSION)}",
        "schema": "kindline-contract",
        "mediatype": "application/json",
        "encoding": "json",
        "body": analysis,
    }


def _bases(one: Stored, begun: datetime) -> Iterator[Json]:
    """Return the lawful-basis attachments of the input as they were, else what it was judged on."""
    place = {"start": begun.isoformat(), "party": 0, "dialog": 0}
    kept = bases_of(one)
    yield from ({**place, **item} for item in kept)
    basis = basis_of(one)
    if basis in (None, "denied") or kept:
        return
    named = {"lawful_basis": _BASES.get(basis, basis)} if isinstance(basis, str) else basis
    media = {"mediatype": "application/json", "encoding": "json"}
    yield {"purpose": "lawful_basis", **place, **media, "body": named}
