"""
Backups: a file per backup without a single key, and one file of keys beside them all.

In a backup, each conversation is sealed whole under its own key, and all other rows under a key of
the backup. The keys, wrapped by the key file, lie in `keys.kindline` of the same folder, of which
there is one: each backup and each erasure writes it anew. So what was erased opens in no backup,
also not in one made before. Sessions, indexes and facts are left out; they are made again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
import json
from pathlib import Path
import secrets
from typing import Any, NamedTuple
import zipfile

from sqlalchemy import RowMapping, Table, insert, select

from kindline.errors import StoreError
from kindline.store.database import Store, Tenancy, revisions
from kindline.store.keyring import Keyring
from kindline.store.metadata import METADATA
from kindline.store.sealing import Seal, new_seal, place_of, stored_seal
from kindline.store.tables import BACKUPS, CONVERSATIONS, KEYS, LEFT_OUT

KEYS_FILE = "keys.kindline"
SUFFIX = ".kindline-backup"
MANIFEST = "manifest.json"
OF_NOBODY = ""  # the tenant under which a backup's own key is kept


class Manifest(NamedTuple):
    """What a backup says of itself: its id, the revision of its tables, rows by table."""

    backup_id: str
    revision: str
    n_rows: Mapping[str, int]


def back_up(store: Store, folder: Path, *, now: datetime) -> tuple[Path, Manifest]:
    """Write a backup into a folder, and the keys beside it anew; return path and manifest."""
    revision = revisions(store.engine)[0]
    if revision is None:
        raise StoreError("the database", "nothing", "one that was migrated: kindline db upgrade")
    folder.mkdir(parents=True, exist_ok=True)
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    identity = f"{stamp}-{secrets.token_hex(4)}"
    target = folder / f"{identity}{SUFFIX}"
    with store.begin() as tenancy:
        own = _own_seal(tenancy, identity)
        row = {"backup_id": identity, "folder": str(folder.resolve()), "made_at": now}
        tenancy.connection.execute(insert(BACKUPS), [row])
        part = target.with_suffix(".part")
        manifest = _write(tenancy, own, part, Manifest(identity, revision, {}))
        part.replace(target)
    with store.read() as tenancy:
        write_keys(tenancy, folder)
    return target, manifest


class KeptKey(NamedTuple):
    """A key as the file of keys has it: whose it is, and the key, both wrapped."""

    ref: str
    key_id: str
    wrapped: str
    name_key_id: str
    name: str

    def named(self, keyring: Keyring) -> tuple[str, str]:
        """Return tenant and id of the conversation it belongs to."""
        raw = keyring.unwrapped(self.name_key_id, bytes.fromhex(self.name), self.ref.encode())
        tenant, identity = json.loads(raw)
        return tenant, identity


def write_keys(tenancy: Tenancy, folder: Path) -> None:
    """Write a folder's file of keys anew: the keys of now, and no others."""
    columns = KEYS.c
    rows = tenancy.connection.execute(
        select(columns.tenant_id, columns.conversation_id, columns.key_id, columns.wrapped)
    )
    _write_keys(folder, (_kept(tenancy.keyring, *row) for row in rows))


def renew_keys(tenancy: Tenancy, folder: Path) -> None:
    """
    Take from a folder's file of keys those of what was erased; wrap the rest by the key in use.

    The rest are as they were at the last backup, and open it also where words were forgotten since.
    """
    keyring = tenancy.keyring
    named = tenancy.connection.execute(select(KEYS.c.tenant_id, KEYS.c.conversation_id))
    live = {ref_of(keyring, tenant, identity) for tenant, identity in named}
    kept = [key for ref, key in read_keys(folder / KEYS_FILE).items() if ref in live]
    _write_keys(folder, (_wrapped_anew(keyring, key) for key in kept))


def read_keys(path: Path) -> dict[str, KeptKey]:
    """Return the keys of a file of keys, by what they are called in backups."""
    lines = path.read_text("utf-8").splitlines()
    keys = (KeptKey(*line.split()) for line in lines)
    return {key.ref: key for key in keys}


def _wrapped_anew(keyring: Keyring, key: KeptKey) -> KeptKey:
    tenant, identity = key.named(keyring)
    place = place_of(tenant, identity)
    plain = keyring.unwrapped(key.key_id, bytes.fromhex(key.wrapped), place)
    return _kept(keyring, tenant, identity, *keyring.wrapped(plain, place))


def _kept(keyring: Keyring, tenant: str, identity: str, key_id: str, wrapped: bytes) -> KeptKey:
    ref = ref_of(keyring, tenant, identity)
    name_key_id, name = keyring.wrapped(json.dumps([tenant, identity]).encode(), ref.encode())
    return KeptKey(ref, key_id, wrapped.hex(), name_key_id, name.hex())


def _write_keys(folder: Path, keys: Iterable[KeptKey]) -> None:
    part = folder / f"{KEYS_FILE}.{secrets.token_hex(4)}"
    with part.open("w", encoding="utf-8") as file:
        file.writelines(" ".join(key) + "\n" for key in keys)
    part.replace(folder / KEYS_FILE)


def folders(tenancy: Tenancy) -> list[Path]:
    """Return the folders that backups were written to."""
    query = select(BACKUPS.c.folder).distinct().order_by(BACKUPS.c.folder)
    return [Path(folder) for folder in tenancy.connection.scalars(query)]


def ref_of(keyring: Keyring, tenant: str, identity: str) -> str:
    """Return what a conversation is called in backups."""
    return keyring.blind(tenant, "backup", identity)


def _own_seal(tenancy: Tenancy, identity: str) -> Seal:
    own = new_seal(tenancy.keyring, OF_NOBODY, identity)
    key = {
        "tenant_id": OF_NOBODY,
        "conversation_id": identity,
        "key_id": own.key_id,
        "wrapped": own.wrapped,
    }
    tenancy.connection.execute(insert(KEYS), [key])
    return own


def _write(tenancy: Tenancy, own: Seal, path: Path, manifest: Manifest) -> Manifest:
    counts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for table in METADATA.sorted_tables:
            if table.name in LEFT_OUT:
                continue
            counts[table.name] = 0
            with archive.open(table.name, "w", force_zip64=True) as member:
                for ref, raw in _rows(tenancy, own, table):
                    member.write(f"{ref} {raw.hex()}\n".encode())
                    counts[table.name] += 1
        told = Manifest(manifest.backup_id, manifest.revision, counts)
        archive.writestr(MANIFEST, json.dumps(told._asdict()))
    return told


def _rows(tenancy: Tenancy, own: Seal, table: Table) -> Iterator[tuple[str, bytes]]:
    """Return the rows of a table, sealed, each with what its key is called."""
    name = ref_of(tenancy.keyring, OF_NOBODY, own.place.partition(b"\0")[2].decode())
    if table is not CONVERSATIONS:
        for row in tenancy.streamed(select(table)):
            yield name, own.closed(table.name, _plain(row, table))
        return
    is_its_key = (KEYS.c.tenant_id == CONVERSATIONS.c.tenant_id) & (
        KEYS.c.conversation_id == CONVERSATIONS.c.conversation_id
    )
    query = select(CONVERSATIONS, KEYS.c.key_id, KEYS.c.wrapped).outerjoin(KEYS, is_its_key)
    for row in tenancy.streamed(query):
        seal, ref = own, name
        if row["key_id"] is not None:  # else a fact, of nobody
            tenant, identity = row["tenant_id"], row["conversation_id"]
            seal = stored_seal(tenancy.keyring, tenant, identity, row["key_id"], row["wrapped"])
            ref = ref_of(tenancy.keyring, tenant, identity)
        yield ref, seal.closed(table.name, _plain(row, table))


def _plain(row: RowMapping, table: Table) -> dict[str, Any]:
    """Return a row as JSON: times as text, bytes as digits."""
    return {name: _as_json(row[name]) for name in table.c.keys()}  # noqa: SIM118


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime) else value
