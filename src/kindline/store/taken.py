"""
Which files of a watched place were taken already: by a hash of the name, and how each looked then.

Names are not kept; they may hold a caller's number.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
import hashlib

from sqlalchemy import select

from kindline.store.database import Tenancy
from kindline.store.tables import TAKEN
from kindline.store.upsert import upsert

_CHUNK = 500


def key_of(name: str) -> str:
    """Return what stands for a file's name."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def taken(tenancy: Tenancy, names: Iterable[str]) -> dict[str, str]:
    """Return name -> how the file looked, for those that were taken."""
    by_key = {key_of(name): name for name in names}
    keys = list(by_key)
    found: dict[str, str] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(TAKEN.c.name_key, TAKEN.c.stamp).where(
            TAKEN.c.tenant_id == tenancy.tenant, TAKEN.c.name_key.in_(keys[start : start + _CHUNK])
        )
        found |= {by_key[key]: stamp for key, stamp in tenancy.connection.execute(query)}
    return found


def take(tenancy: Tenancy, stamps: Mapping[str, str], *, now: datetime) -> None:
    """Remember files as taken; one that was taken before as it looks now."""
    rows = [
        {
            "tenant_id": tenancy.tenant,
            "name_key": key_of(name),
            "stamp": stamp,
            "taken_at": now,
        }
        for name, stamp in stamps.items()
    ]
    upsert(tenancy.connection, TAKEN, rows, ("tenant_id", "name_key"))
