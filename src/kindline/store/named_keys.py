"""Keys of what is no conversation: a call that goes on, what an agent noted for themselves."""

from sqlalchemy import ColumnElement, delete, select

from kindline.store.database import Tenancy
from kindline.store.sealing import Seal, new_seal, stored_seal
from kindline.store.tables import KEYS
from kindline.store.upsert import upsert

OF_NOBODY = ""  # the tenant under which such keys are kept


def make_key(tenancy: Tenancy, name: str) -> Seal:
    """Return a seal by a new key of that name."""
    seal = new_seal(tenancy.keyring, OF_NOBODY, name)
    row = {
        "tenant_id": OF_NOBODY,
        "conversation_id": name,
        "key_id": seal.key_id,
        "wrapped": seal.wrapped,
    }
    upsert(tenancy.connection, KEYS, [row], ("tenant_id", "conversation_id"))
    return seal


def key_named(tenancy: Tenancy, name: str) -> Seal | None:
    """Return what the key of that name opens, None where there is none any more."""
    row = tenancy.connection.execute(select(KEYS).where(_is_it(name))).mappings().first()
    if row is None:
        return None
    return stored_seal(tenancy.keyring, OF_NOBODY, name, row["key_id"], row["wrapped"])


def drop_key(tenancy: Tenancy, name: str) -> None:
    """Destroy a key, and with it all that it sealed."""
    tenancy.connection.execute(delete(KEYS).where(_is_it(name)))


def _is_it(name: str) -> ColumnElement[bool]:
    return (KEYS.c.tenant_id == OF_NOBODY) & (KEYS.c.conversation_id == name)
