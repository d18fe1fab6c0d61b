"""Files people handed in, sealed until they are taken in: each under a key of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
import secrets
import shutil

from sqlalchemy import ColumnElement, delete, select

from kindline.errors import StoreError
from kindline.store.database import Store, Tenancy
from kindline.store.sealing import new_seal, stored_seal
from kindline.store.tables import KEYS
from kindline.store.upsert import upsert

OF_NOBODY = ""
FOLDER = "uploads"
_COLUMN = "upload"
_LEFT_UNPACKED = timedelta(hours=6)  # longer than any file takes
_KEPT = timedelta(days=30)  # as long as the job that tells of it


def keep(tenancy: Tenancy, home: Path, name: str, raw: bytes) -> str:
    """Return the id of a file that is kept sealed; its name is sealed with it."""
    upload_id = secrets.token_hex(8)
    seal = new_seal(tenancy.keyring, OF_NOBODY, _key_name(upload_id))
    row = {
        "tenant_id": OF_NOBODY,
        "conversation_id": _key_name(upload_id),
        "key_id": seal.key_id,
        "wrapped": seal.wrapped,
    }
    upsert(tenancy.connection, KEYS, [row], ("tenant_id", "conversation_id"))
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    named = Path(name).name.encode("utf-8", "replace")
    (folder / upload_id).write_bytes(seal.closed_raw(_COLUMN, named + b"\0" + raw))
    return upload_id


def unpacked_into(store: Store, home: Path, upload_id: str, folder: Path) -> Path:
    """Return the file as it was handed in, in a folder that the caller deletes."""
    path = home / FOLDER / upload_id
    with store.read() as tenancy:
        row = tenancy.connection.execute(select(KEYS).where(_its_key(upload_id))).mappings().first()
    if row is None or not path.is_file():
        raise StoreError("an upload", "no file", "one that was handed in on this machine")
    seal = stored_seal(
        store.keyring, OF_NOBODY, _key_name(upload_id), row["key_id"], row["wrapped"]
    )
    named, _, raw = seal.opened_raw(_COLUMN, path.read_bytes()).partition(b"\0")
    target = folder / (named.decode("utf-8") or "upload")
    target.write_bytes(raw)
    return target


def sweep(home: Path, *, now: datetime) -> None:
    """Delete what a killed worker left unpacked, and sealed files that nobody came back for."""
    for path in (home / FOLDER).glob("*"):
        age = now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if path.is_dir() and age > _LEFT_UNPACKED:
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file() and age > _KEPT:
            path.unlink(missing_ok=True)


def drop(store: Store, home: Path, upload_id: str) -> None:
    """Delete an upload and its key."""
    with store.begin() as tenancy:
        tenancy.connection.execute(delete(KEYS).where(_its_key(upload_id)))
    (home / FOLDER / upload_id).unlink(missing_ok=True)


def _key_name(upload_id: str) -> str:
    return f"upload-{upload_id}"


def _its_key(upload_id: str) -> ColumnElement[bool]:
    return (KEYS.c.tenant_id == OF_NOBODY) & (KEYS.c.conversation_id == _key_name(upload_id))
