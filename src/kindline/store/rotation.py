"""
A new key for the key file, in two steps, so that nothing running loses what it writes meanwhile.

`rotate` adds a key and wraps all conversations' keys anew by it; the old one stays for workers that
still use it. `finish`, after they were started again, wraps what they wrote and drops the old key.
No conversation is sealed anew: only keys are.
"""

from pathlib import Path

from sqlalchemy import bindparam, select, update

from kindline.errors import KeyringError
from kindline.store import keyring as keyrings
from kindline.store.backup import folders, renew_keys
from kindline.store.database import Store
from kindline.store.keyring import Keyring
from kindline.store.sealing import place_of
from kindline.store.tables import KEYS

_TOGETHER = 1000


def rotate(store: Store) -> tuple[Keyring, int]:
    """Add a key to the key file and wrap by it; return the new keyring and how many keys."""
    path = Path(store.keyring.where)
    fresh = keyrings.renewed(keyrings.read(path))
    keyrings.write(fresh, path)
    return fresh, _wrap_anew(store, fresh)


def finish(store: Store) -> int:
    """
    Wrap what is left under older keys and drop these; return how many were wrapped.

    Raises KeyringError where a folder of backups is out of reach: its keys need the old one.
    """
    path = Path(store.keyring.where)
    held = keyrings.read(path)
    n_wrapped = _wrap_anew(store, held)
    with store.read() as tenancy:
        for folder in folders(tenancy):
            _renew(folder, Store(engine=store.engine, keyring=held))
    keyrings.write(keyrings.without_old(held), path)
    return n_wrapped


def _renew(folder: Path, store: Store) -> None:
    try:
        with store.read() as tenancy:
            renew_keys(tenancy, folder)
    except OSError as error:
        raise KeyringError(
            str(folder), "backups out of reach", "the folder, to wrap its keys anew"
        ) from error


def _wrap_anew(store: Store, keyring: Keyring) -> int:
    n_wrapped = 0
    is_old = KEYS.c.key_id != keyring.current
    change = (
        update(KEYS)
        .where(
            KEYS.c.tenant_id == bindparam("its_tenant"),
            KEYS.c.conversation_id == bindparam("its_id"),
            KEYS.c.wrapped == bindparam("as_it_was"),  # not what was sealed anew since
        )
        .values(key_id=keyring.current, wrapped=bindparam("anew"))
    )
    named = (KEYS.c.tenant_id, KEYS.c.conversation_id, KEYS.c.key_id, KEYS.c.wrapped)
    while True:
        with store.begin() as tenancy:
            rows = tenancy.connection.execute(select(*named).where(is_old).limit(_TOGETHER)).all()
            if not rows:
                return n_wrapped
            changes: list[dict[str, object]] = []
            for tenant, identity, key_id, wrapped in rows:
                place = place_of(tenant, identity)
                _, anew = keyring.wrapped(keyring.unwrapped(key_id, wrapped, place), place)
                told = {"its_tenant": tenant, "its_id": identity, "as_it_was": wrapped}
                changes.append({**told, "anew": anew})
            tenancy.connection.execute(change, changes)
            n_wrapped += len(rows)
