"""Contacts that agents gave their team to practise on: the caller agreed, and so did the agent."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from kindline.store.care_tables import TEAM_MATERIAL
from kindline.store.database import Tenancy
from kindline.store.tables import CONVERSATIONS
from kindline.store.upsert import upsert

# On what basis a caller's words may be shown to a team: what they agreed to, or words of our own.
AGREED = ("consent", "evaluation")


class Given(NamedTuple):
    """A contact that was given, by whom, and what they say the caller needed."""

    number: int
    user_id: str
    need: str


def give(tenancy: Tenancy, given: Given, *, now: datetime) -> bool:
    """Give a contact to one's team; return whether it may be: words kept, agreed to, no cue."""
    columns = CONVERSATIONS.c
    query = select(columns.number).where(
        columns.tenant_id == tenancy.tenant,
        columns.number == given.number,
        columns.basis.in_(AGREED),
        columns.turns.is_not(None),
        columns.crisis != "cue",
    )
    if tenancy.connection.scalar(query) is None:
        return False
    row = {**given._asdict(), "tenant_id": tenancy.tenant, "given_at": now}
    upsert(tenancy.connection, TEAM_MATERIAL, [row], ("tenant_id", "number"))
    return True


def take_back_material(tenancy: Tenancy, number: int, *, by: str) -> None:
    """Take a contact back that one gave."""
    own = (TEAM_MATERIAL.c.tenant_id == tenancy.tenant) & (TEAM_MATERIAL.c.user_id == by)
    tenancy.connection.execute(delete(TEAM_MATERIAL).where(own, TEAM_MATERIAL.c.number == number))


def material(tenancy: Tenancy) -> list[Given]:
    """Return what was given in this house and still has its words, the latest first."""
    columns = TEAM_MATERIAL.c
    query = (
        select(columns.number, columns.user_id, columns.need)
        .join(CONVERSATIONS, CONVERSATIONS.c.number == columns.number)
        .where(columns.tenant_id == tenancy.tenant, CONVERSATIONS.c.turns.is_not(None))
        .order_by(columns.given_at.desc())
    )
    return [Given(*row) for row in tenancy.connection.execute(query)]


def forget_material(tenancy: Tenancy, numbers: Sequence[int]) -> None:
    """Take back contacts that are erased."""
    own = TEAM_MATERIAL.c.tenant_id == tenancy.tenant
    tenancy.connection.execute(
        delete(TEAM_MATERIAL).where(own, TEAM_MATERIAL.c.number.in_(numbers))
    )
