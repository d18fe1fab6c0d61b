"""Who read which conversation: the access log, read by the privacy desk and never changed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import USERS, VIEWS


class View(NamedTuple):
    """Somebody read something: `what` is words, crisis, own, coaching, practice, sound or live."""

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


def views_by_kind(tenancy: Tenancy, since: datetime) -> dict[str, int]:
    """Return how often something was read since a time, by what it was; of nobody in particular."""
    own = (VIEWS.c.tenant_id == tenancy.tenant) & (VIEWS.c.seen_at >= since)
    query = select(VIEWS.c.what, func.count()).where(own).group_by(VIEWS.c.what)
    rows = tenancy.connection.execute(query.order_by(VIEWS.c.what))
    return {row[0]: row[1] for row in rows}
