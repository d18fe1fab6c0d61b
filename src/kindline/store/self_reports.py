"""How heavy a call was for an agent, as they tell themselves: sealed, and opened for them alone."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from kindline.store.call_tables import SELF_REPORTS
from kindline.store.database import Tenancy
from kindline.store.named_keys import key_named, make_key
from kindline.store.own_records import KINDS, forget_own, own_key
from kindline.store.rows import in_utc

LIGHTEST, HEAVIEST = 1, 5
_COLUMN = "heavy"


class SelfReport(NamedTuple):
    """One tap: from 1, light, to 5, heavy."""

    made_at: datetime
    heavy: int


def note_heavy(tenancy: Tenancy, user_id: str, heavy: int, *, now: datetime) -> None:
    """Keep how heavy it was, for the user alone."""
    seal = key_named(tenancy, own_key(user_id)) or make_key(tenancy, own_key(user_id))
    row = {"user_id": user_id, "told": seal.closed(_COLUMN, heavy), "made_at": now}
    tenancy.connection.execute(insert(SELF_REPORTS), [row])


def self_reports(tenancy: Tenancy, user_id: str, *, n_most: int = 30) -> list[SelfReport]:
    """Return what a user noted, the latest first."""
    seal = key_named(tenancy, own_key(user_id))
    if seal is None:
        return []
    columns = SELF_REPORTS.c
    query = select(columns.made_at, columns.told).where(columns.user_id == user_id)
    rows = tenancy.connection.execute(query.order_by(columns.number.desc()).limit(n_most))
    return [SelfReport(in_utc(at), seal.opened(_COLUMN, told)) for at, told in rows]


def forget_self_reports(tenancy: Tenancy, user_id: str) -> None:
    """Destroy all that a user noted."""
    tenancy.connection.execute(delete(SELF_REPORTS).where(SELF_REPORTS.c.user_id == user_id))
    forget_own(tenancy, user_id, *KINDS)
