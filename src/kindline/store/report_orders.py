"""Reports that people ordered: for whom, how often, which went out last."""

from datetime import datetime
import secrets
from typing import NamedTuple

from sqlalchemy import RowMapping, delete, select, update

from kindline.store.database import Tenancy
from kindline.store.insight_tables import REPORT_ORDERS
from kindline.store.rows import in_utc
from kindline.store.upsert import upsert

_ID_BYTES = 8


class Order(NamedTuple):
    """An order of a user's: the audience, and `week` or `month`."""

    order_id: str
    user_id: str
    audience: str
    every: str
    last_sent: str | None
    made_at: datetime


def order_report(
    tenancy: Tenancy, user_id: str, audience: str, every: str, *, now: datetime
) -> None:
    """Order a report from now on; the same once more changes nothing but its time."""
    row = {
        "order_id": secrets.token_hex(_ID_BYTES),
        "tenant_id": tenancy.tenant,
        "user_id": user_id,
        "audience": audience,
        "every": every,
        "made_at": now,
    }
    upsert(tenancy.connection, REPORT_ORDERS, [row], ("user_id", "audience", "every"))


def cancel_order(tenancy: Tenancy, user_id: str, order_id: str) -> None:
    """Take an order of a user's back."""
    columns = REPORT_ORDERS.c
    theirs = (columns.tenant_id == tenancy.tenant) & (columns.user_id == user_id)
    tenancy.connection.execute(delete(REPORT_ORDERS).where(theirs, columns.order_id == order_id))


def orders(tenancy: Tenancy, user_id: str | None = None) -> list[Order]:
    """Return the orders of a tenant, or of one user."""
    query = select(REPORT_ORDERS).where(REPORT_ORDERS.c.tenant_id == tenancy.tenant)
    if user_id is not None:
        query = query.where(REPORT_ORDERS.c.user_id == user_id)
    rows = tenancy.connection.execute(query.order_by(REPORT_ORDERS.c.made_at)).mappings()
    return [_order(row) for row in rows]


def order_named(tenancy: Tenancy, order_id: str) -> Order | None:
    """Return an order by its id."""
    return next((one for one in orders(tenancy) if one.order_id == order_id), None)


def due_orders(tenancy: Tenancy, every: str, period: str, *, ended_at: datetime) -> list[Order]:
    """Return who ordered before a period ended, and was not sent that period's report yet."""
    return [
        one
        for one in orders(tenancy)
        if one.every == every and one.made_at < ended_at and one.last_sent != period
    ]


def sent(tenancy: Tenancy, order_id: str, period: str) -> None:
    """Note that a period's report went out."""
    is_it = (REPORT_ORDERS.c.tenant_id == tenancy.tenant) & (REPORT_ORDERS.c.order_id == order_id)
    tenancy.connection.execute(update(REPORT_ORDERS).where(is_it).values(last_sent=period))


def _order(row: RowMapping) -> Order:
    return Order(
        order_id=row["order_id"],
        user_id=row["user_id"],
        audience=row["audience"],
        every=row["every"],
        last_sent=row["last_sent"],
        made_at=in_utc(row["made_at"]),
    )
