"""Breaks that people took: a state of their own, of which nobody is asked the reason."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from kindline.store.call_tables import BREAKS
from kindline.store.care_tables import BREAK_OFFERS
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import TEAM_AGENTS, TEAMS, USERS

_STANDS = timedelta(hours=2)  # an offer does


def begin_break(tenancy: Tenancy, user_id: str, *, now: datetime) -> None:
    """Begin a break, unless one goes on."""
    if on_break_since(tenancy, user_id) is None:
        row = {"tenant_id": tenancy.tenant, "user_id": user_id, "began_at": now}
        tenancy.connection.execute(insert(BREAKS), [row])
        _take_offers(tenancy, user_id, now)


def end_break(tenancy: Tenancy, user_id: str, *, now: datetime) -> None:
    """End the break that goes on."""
    going_on = (BREAKS.c.user_id == user_id) & BREAKS.c.ended_at.is_(None)
    tenancy.connection.execute(update(BREAKS).where(going_on).values(ended_at=now))


def forget_breaks(tenancy: Tenancy, *, before: datetime) -> int:
    """Forget breaks that ended before a time, and offers; return how many breaks."""
    offered = (BREAK_OFFERS.c.tenant_id == tenancy.tenant) & (BREAK_OFFERS.c.offered_at < before)
    tenancy.connection.execute(delete(BREAK_OFFERS).where(offered))
    own = (BREAKS.c.tenant_id == tenancy.tenant) & (BREAKS.c.ended_at < before)
    return tenancy.connection.execute(delete(BREAKS).where(own)).rowcount


def on_break_since(tenancy: Tenancy, user_id: str) -> datetime | None:
    """Return since when somebody is on a break, None where they are not."""
    going_on = (BREAKS.c.user_id == user_id) & BREAKS.c.ended_at.is_(None)
    at = tenancy.connection.scalar(select(func.max(BREAKS.c.began_at)).where(going_on))
    return at and in_utc(at)


def breaks_since(tenancy: Tenancy, user_id: str, since: datetime) -> list[datetime]:
    """Return when somebody's breaks began, since a time; for themselves."""
    theirs = (BREAKS.c.user_id == user_id) & (BREAKS.c.began_at >= since)
    query = select(BREAKS.c.began_at).where(theirs, BREAKS.c.tenant_id == tenancy.tenant)
    return [in_utc(at) for at in tenancy.connection.scalars(query)]


def note_offer(tenancy: Tenancy, user_id: str, since: datetime, *, now: datetime) -> None:
    """Remember that a break was offered; why is not kept."""
    columns = BREAK_OFFERS.c
    is_it = (columns.user_id == user_id) & (columns.since == since)
    if tenancy.connection.scalar(select(columns.number).where(is_it)) is None:
        row = {"tenant_id": tenancy.tenant, "user_id": user_id, "since": since, "offered_at": now}
        tenancy.connection.execute(insert(BREAK_OFFERS), [row])


def _take_offers(tenancy: Tenancy, user_id: str, now: datetime) -> None:
    """Remember that what was offered of late was taken."""
    columns = BREAK_OFFERS.c
    theirs = (columns.user_id == user_id) & columns.taken_at.is_(None)
    lately = columns.offered_at >= now - _STANDS
    tenancy.connection.execute(update(BREAK_OFFERS).where(theirs, lately).values(taken_at=now))


def offers_by_agent(
    tenancy: Tenancy, since: datetime, until: datetime
) -> list[tuple[str, int, int]]:
    """Return (team, offered, taken) of each agent to whom a break was offered, not saying who."""
    columns = BREAK_OFFERS.c
    query = (
        select(TEAMS.c.name, func.count(), func.count(columns.taken_at))
        .select_from(
            BREAK_OFFERS.join(USERS, USERS.c.user_id == columns.user_id)
            .join(
                TEAM_AGENTS,
                (TEAM_AGENTS.c.agent_key == USERS.c.agent_key)
                & (TEAM_AGENTS.c.tenant_id == columns.tenant_id),
            )
            .join(TEAMS, TEAMS.c.team_id == TEAM_AGENTS.c.team_id)
        )
        .where(columns.tenant_id == tenancy.tenant)
        .where(columns.offered_at >= since, columns.offered_at < until)
        .group_by(TEAMS.c.name, columns.user_id)
    )
    return [(row[0], row[1], row[2]) for row in tenancy.connection.execute(query)]
