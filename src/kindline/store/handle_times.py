"""Handle times by team and kind of contact, summed in SQL: facts know no team."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Join, and_, case, cast, exists, func, not_, select

from kindline.store.database import Tenancy
from kindline.store.tables import CONVERSATIONS, TEAM_AGENTS, TEAMS

_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """Which contacts are meant: of a time, and of a language, a queue ... where one is set."""

    since: datetime | None = None
    until: datetime | None = None
    narrowed: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    is_rest: bool = False  # those of the time that are not so narrowed

    def conditions(self, tenancy: Tenancy) -> list[ColumnElement[bool]]:
        """Return what is true of them."""
        columns = CONVERSATIONS.c
        found = [columns.tenant_id == tenancy.tenant, columns.status == "analysed"]
        if self.since is not None:
            found.append(columns.happened_at >= self.since)
        if self.until is not None:
            found.append(columns.happened_at < self.until)
        narrowed = [
            columns[name].is_not_distinct_from(value)
            for name, value in self.narrowed.items()
            if value is not None
        ]
        return [*found, not_(and_(*narrowed))] if self.is_rest else [*found, *narrowed]


def n_agents(tenancy: Tenancy, meant: Handled, *, at_most: int) -> int:
    """Return how many agents took these contacts, counted up to a number."""
    agent, ours = CONVERSATIONS.c.agent_key, CONVERSATIONS.c.tenant_id == tenancy.tenant
    if not tenancy.connection.scalar(select(exists().where(ours, agent.is_not(None)))):
        return 0  # by the index, where all rows would be read to find none
    some = select(agent).where(*meant.conditions(tenancy), agent.is_not(None)).distinct()
    query = select(func.count()).select_from(some.limit(at_most).subquery())
    return tenancy.connection.scalar(query) or 0


def handle_times(
    tenancy: Tenancy, meant: Handled, *, agent_key: str | None = None
) -> list[Mapping[str, Any]]:
    """
    Return contacts with known times, counted by team, channel, reason and company.

    `total_s` and `squares_s` are sums of handle times in seconds, `n_agents` how many handled them.
    Company is what was flagged. With `agent_key`, of that agent alone.
    """
    contact = CONVERSATIONS.c
    handle_s = (cast(contact.length_ms, Float) + func.coalesce(contact.after_call_work_ms, 0)) / _MS
    is_company = case((contact.companionship == "present", "company"), else_="other")
    by = (TEAMS.c.name, contact.channel, contact.reason, is_company)
    query = (
        select(
            TEAMS.c.name.label("team"),
            contact.channel,
            contact.reason,
            is_company.label("company"),
            func.count().label("n"),
            func.sum(handle_s).label("total_s"),
            func.sum(handle_s * handle_s).label("squares_s"),
            func.count(contact.agent_key.distinct()).label("n_agents"),
        )
        .select_from(_with_teams())
        .where(*meant.conditions(tenancy), contact.length_ms.is_not(None))
        .group_by(*by)
    )
    if agent_key is not None:
        query = query.where(contact.agent_key == agent_key)
    return [dict(row) for row in tenancy.connection.execute(query).mappings()]


def agents_by_team(tenancy: Tenancy, meant: Handled) -> dict[str | None, int]:
    """Return how many agents of each team, and of none, took contacts with known times."""
    contact = CONVERSATIONS.c
    query = (
        select(TEAMS.c.name, func.count(contact.agent_key.distinct()))
        .select_from(_with_teams())
        .where(*meant.conditions(tenancy), contact.length_ms.is_not(None))
        .group_by(TEAMS.c.name)
    )
    return {row[0]: row[1] for row in tenancy.connection.execute(query)}


def _with_teams() -> Join:
    is_theirs = and_(
        TEAM_AGENTS.c.tenant_id == CONVERSATIONS.c.tenant_id,
        TEAM_AGENTS.c.agent_key == CONVERSATIONS.c.agent_key,
    )
    is_it = TEAMS.c.team_id == TEAM_AGENTS.c.team_id
    return CONVERSATIONS.outerjoin(TEAM_AGENTS, is_theirs).outerjoin(TEAMS, is_it)
