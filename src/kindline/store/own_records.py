"""
What somebody keeps for themselves: pieces practised, calls to callers of ours, contacts judged.

Sealed under the user's own key, as their notes of how heavy it was are, and opened for them alone:
no query of anybody else reaches what is in it. What is forgotten goes with the key; what stays is
sealed anew.
"""

from collections.abc import Collection
from typing import Any, Literal, get_args

from sqlalchemy import delete, select

from kindline.store.care_tables import OWN_RECORDS
from kindline.store.database import Tenancy
from kindline.store.named_keys import drop_key, key_named, make_key
from kindline.store.tables import USERS
from kindline.store.upsert import upsert

What = Literal["drills", "calls", "recognised"]
KINDS: tuple[What, ...] = get_args(What)
_COLUMN = "own"


def own_record(tenancy: Tenancy, user_id: str, what: What) -> Any | None:
    """Return what a user keeps of a kind, None where nothing is kept."""
    seal = key_named(tenancy, own_key(user_id))
    columns = OWN_RECORDS.c
    query = select(columns.told).where(columns.user_id == user_id, columns.what == what)
    told = tenancy.connection.scalar(query)
    return None if seal is None or told is None else seal.opened(_COLUMN, told)


def keep_own(tenancy: Tenancy, user_id: str, what: What, told: Any) -> None:
    """Keep something for a user alone, in place of what was kept of that kind."""
    seal = key_named(tenancy, own_key(user_id)) or make_key(tenancy, own_key(user_id))
    row = {"user_id": user_id, "what": what, "told": seal.closed(_COLUMN, told)}
    upsert(tenancy.connection, OWN_RECORDS, [row], ("user_id", "what"))


def forget_own(tenancy: Tenancy, user_id: str, *kept: What) -> None:
    """Forget what a user keeps, but for some kinds, and destroy the key that sealed it."""
    held: list[tuple[What, Any]] = [(what, own_record(tenancy, user_id, what)) for what in kept]
    tenancy.connection.execute(delete(OWN_RECORDS).where(OWN_RECORDS.c.user_id == user_id))
    drop_key(tenancy, own_key(user_id))
    for what, told in held:
        if told is not None:
            keep_own(tenancy, user_id, what, told)


def forget_recognised(tenancy: Tenancy, numbers: Collection[int]) -> None:
    """Take conversations that are erased out of what people of this house said of them."""
    gone = set(numbers)
    theirs = select(USERS.c.user_id).where(USERS.c.tenant_id == tenancy.tenant)
    kept = (OWN_RECORDS.c.what == "recognised") & OWN_RECORDS.c.user_id.in_(theirs)
    for user_id in tenancy.connection.scalars(select(OWN_RECORDS.c.user_id).where(kept)).all():
        told: list[dict[str, Any]] = own_record(tenancy, user_id, "recognised") or []
        left = [one for one in told if one["number"] not in gone]
        if len(left) < len(told):
            keep_own(tenancy, user_id, "recognised", left)


def own_key(user_id: str) -> str:
    """Return what the key is called that seals what is somebody's own."""
    return f"self-{user_id}"
