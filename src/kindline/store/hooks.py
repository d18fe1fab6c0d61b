"""
Where other systems are told what happened: addresses people registered, by their own rights.

That something is to be told is put down in the transaction in which it happens, as a job for each
address. What is told holds ids, states and counts: no word, no quote, no pseudonym.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
import json
import secrets
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from kindline.model.people import RIGHTS_OF, Right
from kindline.records import as_list, as_object
from kindline.store.database import Tenancy
from kindline.store.jobs import enqueue
from kindline.store.named_keys import drop_key, key_named, make_key
from kindline.store.rows import in_utc
from kindline.store.tables import HOOKS, JOBS, USERS

EVENTS: Mapping[str, Right] = {
    "conversations.analysed": "conversations",
    "crisis.cue": "crisis",
    "case.opened": "crisis",
    "import.done": "imports",
    "erasure.done": "privacy",
}
_COLUMN = "hook"


class Hook(NamedTuple):
    """An address that is told of some events, for a user."""

    hook_id: str
    user_id: str
    address: str
    events: tuple[str, ...]
    made_at: datetime


def add_hook(
    tenancy: Tenancy, user_id: str, address: str, events: tuple[str, ...], *, now: datetime
) -> str:
    """Register an address and return the secret that what is sent there is signed with."""
    hook_id, secret = secrets.token_hex(8), f"whsec_{secrets.token_urlsafe(32)}"
    seal = make_key(tenancy, _key_name(hook_id))
    row = {
        "hook_id": hook_id,
        "tenant_id": tenancy.tenant,
        "user_id": user_id,
        "address": address,
        "events": "|".join(events),
        "secret": seal.closed(_COLUMN, secret),
        "made_at": now,
    }
    tenancy.connection.execute(insert(HOOKS), [row])
    return secret


def hooks(tenancy: Tenancy, user_id: str | None = None) -> list[Hook]:
    """Return the addresses of a tenant, or of a user, the latest first."""
    query = select(HOOKS).where(HOOKS.c.tenant_id == tenancy.tenant)
    if user_id is not None:
        query = query.where(HOOKS.c.user_id == user_id)
    return [
        Hook(
            row.hook_id,
            row.user_id,
            row.address,
            tuple(row.events.split("|")),
            in_utc(row.made_at),
        )
        for row in tenancy.connection.execute(query.order_by(HOOKS.c.made_at.desc()))
    ]


def drop_hook(tenancy: Tenancy, user_id: str, hook_id: str) -> None:
    """Tell an address no more, and destroy the secret."""
    own = (HOOKS.c.tenant_id == tenancy.tenant) & (HOOKS.c.user_id == user_id)
    gone = tenancy.connection.execute(delete(HOOKS).where(own, HOOKS.c.hook_id == hook_id))
    if gone.rowcount:
        drop_key(tenancy, _key_name(hook_id))


def announce(tenancy: Tenancy, event: str, data: Mapping[str, Any], *, now: datetime) -> None:
    """Put down that each address that may know of an event is to be told."""
    for hook in hooks(tenancy):
        if event in hook.events and EVENTS[event] in _rights(tenancy, hook.user_id):
            told = {"hook_id": hook.hook_id, "event": event, "data": dict(data)}
            enqueue(tenancy, "tell", told, now=now)


def opened_hook(tenancy: Tenancy, hook_id: str, event: str) -> tuple[str, str] | None:
    """Return address and secret; None where it was dropped, or its user may not know any more."""
    own = (HOOKS.c.tenant_id == tenancy.tenant) & (HOOKS.c.hook_id == hook_id)
    row = tenancy.connection.execute(select(HOOKS).where(own)).mappings().first()
    if row is None or EVENTS[event] not in _rights(tenancy, row["user_id"]):
        return None
    seal = key_named(tenancy, _key_name(hook_id))
    return None if seal is None else (row["address"], seal.opened(_COLUMN, row["secret"]))


def forget_told(tenancy: Tenancy, ids: Collection[str]) -> None:
    """Take erased conversations out of what is still to be told, or was told lately."""
    own = (JOBS.c.tenant_id == tenancy.tenant) & (JOBS.c.kind == "tell")
    for row in tenancy.connection.execute(select(JOBS.c.job_id, JOBS.c.told).where(own)).all():
        told = json.loads(row.told)
        data = {name: _without(value, ids) for name, value in told["data"].items()}
        if data != told["data"]:
            changed = {"told": json.dumps({**told, "data": data})}
            is_it = JOBS.c.job_id == row.job_id
            tenancy.connection.execute(update(JOBS).where(is_it).values(changed))


def _without(value: Any, ids: Collection[str]) -> Any:
    """Return a list without what names one of these conversations; anything else as it is."""
    items = as_list(value)
    if items is None:
        return value
    return [one for one in items if _named(one) not in ids]


def _named(one: Any) -> Any:
    told = as_object(one)
    return one if told is None else told["conversation_id"]


def _rights(tenancy: Tenancy, user_id: str) -> frozenset[Right]:
    """Return what a user may now; one who left may nothing."""
    theirs = (USERS.c.user_id == user_id) & (USERS.c.tenant_id == tenancy.tenant)
    told = tenancy.connection.scalar(select(USERS.c.roles).where(theirs, USERS.c.is_active))
    roles = (told or "").split("|")
    return frozenset[Right]().union(
        *(rights for role, rights in RIGHTS_OF.items() if role in roles)
    )


def _key_name(hook_id: str) -> str:
    return f"hook-{hook_id}"
