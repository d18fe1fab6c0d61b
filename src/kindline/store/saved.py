"""Views of lists that people keep for themselves: a name, and what narrows; never words."""

import secrets
from typing import NamedTuple

from sqlalchemy import delete, select

from kindline.store.database import Tenancy
from kindline.store.tables import SAVED
from kindline.store.upsert import upsert


class Saved(NamedTuple):
    """A view: its id, its name, and what narrows the list, as the query of an address."""

    saved_id: str
    name: str
    narrowed: str


def save_view(tenancy: Tenancy, user_id: str, name: str, narrowed: str) -> None:
    """Keep a view; another of the same name is replaced."""
    row = {
        "saved_id": secrets.token_hex(8),
        "tenant_id": tenancy.tenant,
        "user_id": user_id,
        "name": name,
        "narrowed": narrowed,
    }
    upsert(tenancy.connection, SAVED, [row], ("user_id", "name"))


def saved_views(tenancy: Tenancy, user_id: str) -> list[Saved]:
    """Return a user's views, by name."""
    columns = SAVED.c
    query = (
        select(columns.saved_id, columns.name, columns.narrowed)
        .where(columns.tenant_id == tenancy.tenant, columns.user_id == user_id)
        .order_by(columns.name)
    )
    return [Saved(*row) for row in tenancy.connection.execute(query)]


def drop_view(tenancy: Tenancy, user_id: str, saved_id: str) -> None:
    """Keep a view no longer."""
    own = (SAVED.c.tenant_id == tenancy.tenant) & (SAVED.c.user_id == user_id)
    tenancy.connection.execute(delete(SAVED).where(own, SAVED.c.saved_id == saved_id))
