"""Moments that agents chose to show a coach: where they are, never what was said."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from kindline.coaching.moments import MomentKind
from kindline.store.care_tables import SHARED_MOMENTS
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.upsert import upsert


class Place(NamedTuple):
    """Where a moment is: its conversation by number, its turn and kind."""

    number: int
    turn: int
    kind: MomentKind


class Shared(NamedTuple):
    """A moment that was shared, by whom and when."""

    user_id: str
    place: Place
    shared_at: datetime


def share(tenancy: Tenancy, user_id: str, place: Place, *, now: datetime) -> None:
    """Let coaches see a moment."""
    row = {**place._asdict(), "user_id": user_id, "tenant_id": tenancy.tenant, "shared_at": now}
    upsert(tenancy.connection, SHARED_MOMENTS, [row], ("user_id", "number", "turn", "kind"))


def take_back(tenancy: Tenancy, user_id: str, place: Place) -> None:
    """Let coaches see a moment no longer."""
    columns = SHARED_MOMENTS.c
    is_it = (columns.number == place.number) & (columns.turn == place.turn)
    own = (columns.user_id == user_id) & (columns.kind == place.kind)
    tenancy.connection.execute(delete(SHARED_MOMENTS).where(own, is_it))


def shared(tenancy: Tenancy, *, by: str | None = None) -> list[Shared]:
    """Return what is shared in this house, or by one user, the latest first."""
    columns = SHARED_MOMENTS.c
    query = select(SHARED_MOMENTS).where(columns.tenant_id == tenancy.tenant)
    if by is not None:
        query = query.where(columns.user_id == by)
    rows = tenancy.connection.execute(query.order_by(columns.shared_at.desc())).mappings()
    return [
        Shared(
            row["user_id"],
            Place(row["number"], row["turn"], row["kind"]),
            in_utc(row["shared_at"]),
        )
        for row in rows
    ]


def forget_shared(tenancy: Tenancy, numbers: Sequence[int]) -> None:
    """Forget what was shared of conversations that are erased."""
    own = SHARED_MOMENTS.c.tenant_id == tenancy.tenant
    tenancy.connection.execute(
        delete(SHARED_MOMENTS).where(own, SHARED_MOMENTS.c.number.in_(numbers))
    )
