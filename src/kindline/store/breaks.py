"""Breaks that people took: a state of their own, of which nobody is asked the reason."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from kindline.store.call_tables import BREAKS
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc


def begin_break(tenancy: Tenancy, user_id: str, *, now: datetime) -> None:
    """Begin a break, unless one goes on."""
    if on_break_since(tenancy, user_id) is None:
        row = {"tenant_id": tenancy.tenant, "user_id": user_id, "began_at": now}
        tenancy.connection.execute(insert(BREAKS), [row])


def end_break(tenancy: Tenancy, user_id: str, *, now: datetime) -> None:
    """End the break that goes on."""
    going_on = (BREAKS.c.user_id == user_id) & BREAKS.c.ended_at.is_(None)
    tenancy.connection.execute(update(BREAKS).where(going_on).values(ended_at=now))


def forget_breaks(tenancy: Tenancy, *, before: datetime) -> int:
    """Forget breaks that ended before a time; return how many."""
    own = (BREAKS.c.tenant_id == tenancy.tenant) & (BREAKS.c.ended_at < before)
    return tenancy.connection.execute(delete(BREAKS).where(own)).rowcount


def on_break_since(tenancy: Tenancy, user_id: str) -> datetime | None:
    """Return since when somebody is on a break, None where they are not."""
    going_on = (BREAKS.c.user_id == user_id) & BREAKS.c.ended_at.is_(None)
    at = tenancy.connection.scalar(select(func.max(BREAKS.c.began_at)).where(going_on))
    return at and in_utc(at)
