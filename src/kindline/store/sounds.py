"""
Sounds that may be played, each in a file of its own, sealed under a key of its own.

The key goes with the words: when they are erased or their time is over, the file opens to nobody
and is swept away. No backup has any.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
import secrets
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select

from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.sealing import new_seal, stored_seal
from kindline.store.tables import CONVERSATIONS, KEYS, SOUNDS
from kindline.store.upsert import upsert

OF_NOBODY = ""
FOLDER = "sounds"
_COLUMN = "sound"
_CHUNK = 500
_YOUNG = timedelta(hours=6)  # its conversation may be stored yet


class Sound(NamedTuple):
    """A sound: the name of its file, whose it is, how long."""

    sound_id: str
    conversation_id: str
    length_ms: int


def keep_sound(
    tenancy: Tenancy, home: Path, conversation_id: str, raw: bytes, length_ms: int, now: datetime
) -> None:
    """Keep a conversation's sound; one before it is destroyed."""
    forget_sounds(tenancy, [conversation_id])
    sound_id = secrets.token_hex(16)
    seal = new_seal(tenancy.keyring, OF_NOBODY, _key_name(sound_id))
    key = {
        "tenant_id": OF_NOBODY,
        "conversation_id": _key_name(sound_id),
        "key_id": seal.key_id,
        "wrapped": seal.wrapped,
    }
    upsert(tenancy.connection, KEYS, [key], ("tenant_id", "conversation_id"))
    row = {
        "tenant_id": tenancy.tenant,
        "conversation_id": conversation_id,
        "sound_id": sound_id,
        "length_ms": length_ms,
        "made_at": now,
    }
    upsert(tenancy.connection, SOUNDS, [row], ("tenant_id", "conversation_id"))
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / sound_id).write_bytes(seal.closed_raw(_COLUMN, raw))


def sound_of(tenancy: Tenancy, is_it: ColumnElement[bool]) -> Sound | None:
    """Return a sound of the tenant that something is true of, while its words are kept."""
    columns = SOUNDS.c
    has_words = (
        (CONVERSATIONS.c.tenant_id == columns.tenant_id)
        & (CONVERSATIONS.c.conversation_id == columns.conversation_id)
        & CONVERSATIONS.c.turns.is_not(None)
    )
    query = (
        select(columns.sound_id, columns.conversation_id, columns.length_ms)
        .join(CONVERSATIONS, has_words)
        .where(columns.tenant_id == tenancy.tenant, is_it)
    )
    row = tenancy.connection.execute(query).first()
    return None if row is None else Sound(*row)


def opened_sound(tenancy: Tenancy, home: Path, sound: Sound) -> bytes | None:
    """Return what is played; None where the key or the file is gone."""
    named = (KEYS.c.tenant_id == OF_NOBODY) & (KEYS.c.conversation_id == _key_name(sound.sound_id))
    key = tenancy.connection.execute(select(KEYS).where(named)).mappings().first()
    path = home / FOLDER / sound.sound_id
    if key is None or not path.is_file():
        return None
    told = (OF_NOBODY, _key_name(sound.sound_id), key["key_id"], key["wrapped"])
    return stored_seal(tenancy.keyring, *told).opened_raw(_COLUMN, path.read_bytes())


def forget_sounds(tenancy: Tenancy, ids: Sequence[str]) -> None:
    """Destroy the keys of conversations' sounds; the files are swept."""
    for start in range(0, len(ids), _CHUNK):
        theirs = (SOUNDS.c.tenant_id == tenancy.tenant) & SOUNDS.c.conversation_id.in_(
            ids[start : start + _CHUNK]
        )
        names = [
            _key_name(one)
            for one in tenancy.connection.scalars(select(SOUNDS.c.sound_id).where(theirs))
        ]
        its_key = (KEYS.c.tenant_id == OF_NOBODY) & KEYS.c.conversation_id.in_(names)
        tenancy.connection.execute(delete(KEYS).where(its_key))
        tenancy.connection.execute(delete(SOUNDS).where(theirs))


def sweep_sounds(tenancy: Tenancy, home: Path, *, now: datetime) -> None:
    """Forget sounds whose conversation was not stored, and delete files that are nobody's."""
    words = select(CONVERSATIONS.c.conversation_id).where(
        CONVERSATIONS.c.tenant_id == tenancy.tenant, CONVERSATIONS.c.turns.is_not(None)
    )
    columns = SOUNDS.c
    lost = (
        select(columns.conversation_id, columns.made_at)
        .where(columns.tenant_id == tenancy.tenant)
        .where(columns.conversation_id.not_in(words))
    )
    rows = tenancy.connection.execute(lost).all()
    old = [row.conversation_id for row in rows if in_utc(row.made_at) < now - _YOUNG]
    forget_sounds(tenancy, old)
    kept = set(tenancy.connection.scalars(select(columns.sound_id)))
    for path in (home / FOLDER).glob("*"):
        if path.name not in kept and _age(path, now) > _YOUNG:
            path.unlink(missing_ok=True)


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)


def _key_name(sound_id: str) -> str:
    return f"sound-{sound_id}"
