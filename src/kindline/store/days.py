"""The days (UTC) on which anything happened, each with a stamp that is new with every change."""

from collections.abc import Iterable
from datetime import datetime
import secrets

from sqlalchemy import select

from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import DAYS
from kindline.store.upsert import upsert


def mark(tenancy: Tenancy, times: Iterable[datetime]) -> None:
    """Mark the days of these times as changed: facts made of them before are made again."""
    rows = [
        {"tenant_id": tenancy.tenant, "day": day, "stamp": secrets.token_hex(16)}
        for day in sorted({day_of(time) for time in times})
    ]
    upsert(tenancy.connection, DAYS, rows, ("tenant_id", "day"))


def day_of(time: datetime) -> str:
    """Return the day of a time, in UTC."""
    return in_utc(time).date().isoformat()


def stamps(tenancy: Tenancy) -> dict[str, str]:
    """Return every day with the stamp of its last change, in order."""
    query = select(DAYS.c.day, DAYS.c.stamp).where(DAYS.c.tenant_id == tenancy.tenant)
    return {row.day: row.stamp for row in tenancy.connection.execute(query.order_by(DAYS.c.day))}
