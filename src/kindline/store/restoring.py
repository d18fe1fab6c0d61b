"""A backup put back into an empty database. What was erased since it was made stays erased."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
import json
from pathlib import Path
from typing import Any
import zipfile

from sqlalchemy import (
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    select,
    text,
)

from kindline.errors import KeyringError, StoreError
from kindline.store.backup import KEYS_FILE, MANIFEST, KeptKey, Manifest, read_keys
from kindline.store.database import Store, migrate, revisions
from kindline.store.days import day_of, mark
from kindline.store.keyring import Keyring
from kindline.store.sealing import Seal, stored_seal
from kindline.store.tables import CONVERSATIONS

_TOGETHER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back: rows by table, and how many open no more: erased or forgotten since."""

    n_rows: Mapping[str, int]
    n_gone: int


def restore(store: Store, path: Path, keys_file: Path | None = None) -> Restored:
    """Return what was put into an empty database from a backup and the keys beside it."""
    at, newest = revisions(store.engine)
    if at is not None:
        raise StoreError("the database", "one in use", "an empty one to restore into")
    opener = _Opener(store.keyring, _keys(keys_file or path.with_name(KEYS_FILE)))
    with _archive(path) as archive:
        manifest = Manifest(**json.loads(archive.read(MANIFEST)))
        migrate(store.engine, store.keyring, to=manifest.revision)
        with store.begin() as tenancy:
            told = _put_back(tenancy.connection, archive, opener, manifest)
    if manifest.revision != newest:
        migrate(store.engine, store.keyring)
    _mark_all(store)
    return told


def _mark_all(store: Store) -> None:
    """Mark every day as changed: facts made elsewhere may hold what was erased."""
    with store.begin() as tenancy:
        query = select(CONVERSATIONS.c.tenant_id, CONVERSATIONS.c.happened_at)
        times: dict[str, set[str]] = {}
        for tenant, happened_at in tenancy.connection.execute(query):
            times.setdefault(tenant, set()).add(day_of(happened_at))
        for tenant, days in times.items():
            mark(replace(tenancy, tenant=tenant), [datetime.fromisoformat(day) for day in days])


class _Opener:
    """What opens the rows of a backup with the keys that are left."""

    def __init__(self, keyring: Keyring, keys: Mapping[str, KeptKey]) -> None:
        self._keyring, self._keys = keyring, keys

    def key_row(self, ref: str) -> dict[str, Any] | None:
        """Return the row of KEYS for what a row is sealed under, None where that is gone."""
        kept = self._keys.get(ref)
        if kept is None:
            return None
        tenant, identity = kept.named(self._keyring)
        return {
            "tenant_id": tenant,
            "conversation_id": identity,
            "key_id": kept.key_id,
            "wrapped": bytes.fromhex(kept.wrapped),
        }

    def seal(self, row: Mapping[str, Any]) -> Seal:
        """Return the seal of a key."""
        return stored_seal(
            self._keyring, row["tenant_id"], row["conversation_id"], row["key_id"], row["wrapped"]
        )


def _put_back(
    connection: Connection, archive: zipfile.ZipFile, opener: _Opener, manifest: Manifest
) -> Restored:
    counts: dict[str, int] = {}
    refs: set[str] = set()
    n_gone = 0
    for name in manifest.n_rows:
        table = Table(name, MetaData(), autoload_with=connection)
        rows: list[dict[str, Any]] = []
        counts[name] = 0
        for ref, content in _opened(archive, name, opener):
            if content is None:
                n_gone += 1
                continue
            refs.add(ref)
            rows.append(_row(content, table))
            counts[name] += 1
            if len(rows) == _TOGETHER:
                connection.execute(insert(table), rows)
                rows = []
        if rows:
            connection.execute(insert(table), rows)
        _count_on(connection, table)
    keys = Table("keys", MetaData(), autoload_with=connection)
    kept = [row for row in (opener.key_row(ref) for ref in sorted(refs)) if row is not None]
    for start in range(0, len(kept), _TOGETHER):
        connection.execute(insert(keys), kept[start : start + _TOGETHER])
    return Restored(n_rows=counts, n_gone=n_gone)


def _opened(
    archive: zipfile.ZipFile, name: str, opener: _Opener
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Return the rows of a table, None for one whose key is gone or another since."""
    last: tuple[str, Seal] | None = None
    with archive.open(name) as member:
        for line in member:
            ref, raw = line.decode().split()
            if last is None or last[0] != ref:
                row = opener.key_row(ref)
                if row is None:
                    yield ref, None
                    continue
                last = ref, opener.seal(row)
            yield ref, last[1].opened_if(name, bytes.fromhex(raw))


def _row(content: Mapping[str, Any], table: Table) -> dict[str, Any]:
    return {name: _value(table.c[name].type, value) for name, value in content.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return bytes.fromhex(value)
    return datetime.fromisoformat(value) if isinstance(kind, DateTime) else value


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL count on from the highest number; SQLite does by itself."""
    if connection.dialect.name != "postgresql" or "number" not in table.c:
        return
    last = connection.scalar(select(func.max(table.c.number)))
    if last is not None:
        sequence = text("SELECT setval(pg_get_serial_sequence(:table, 'number'), :last)")
        connection.execute(sequence, {"table": table.name, "last": last})


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile):
        raise StoreError(str(path), "no backup", "a file that `kindline db backup` wrote") from None


def _keys(path: Path) -> dict[str, KeptKey]:
    try:
        return read_keys(path)
    except FileNotFoundError:
        raise KeyringError(str(path), "no file", "the file of keys beside the backup") from None
