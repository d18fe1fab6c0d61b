"""Who read which conversation: the access log, read by the privacy desk and never changed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import USERS, VIEWS


class View(NamedTuple):
    """Somebody read something: `what` is words or crisis."""

    seen_at: datetime
    who: str
    what: str
    conversation_id: str


def views(tenancy: Tenancy, *, conversation_id: str | None = None, n_most: int = 200) -> list[View]:
    """Return the latest views, of all conversations or of one."""
    query = (
        select(VIEWS, USERS.c.email)
        .outerjoin(USERS, USERS.c.user_id == VIEWS.c.user_id)
        .where(VIEWS.c.tenant_id == tenancy.tenant)
        .order_by(VIEWS.c.seen_at.desc(), VIEWS.c.number.desc())
        .limit(n_most)
    )
    if conversation_id is not None:
        query = query.where(VIEWS.c.conversation_id == conversation_id)
    return [
        View(
            seen_at=in_utc(row["seen_at"]),
            who=row["email"] or f"removed user {row['user_id']}",
            what=row["what"],
            conversation_id=row["conversation_id"],
        )
        for row in tenancy.connection.execute(query).mappings()
    ]
