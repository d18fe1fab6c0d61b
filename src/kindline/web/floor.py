"""
The floor as numbers of teams: calls by where they are, people on a break, never anybody alone.

Of a team of fewer than five people nothing is shown. What an agent feels is no number here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from kindline.store.call_tables import BREAKS, CALLS
from kindline.store.database import Tenancy
from kindline.store.tables import TEAM_AGENTS, TEAMS, USERS
from kindline.web.desks import FEWEST
from kindline.web.guard import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNow:
    """A team at this moment; `is_shown` False where it is too small for any number."""

    name: str
    is_shown: bool
    by_stage: Mapping[str, int] = field(default_factory=dict[str, int])
    n_on_break: int = 0

    @property
    def n_calls(self) -> int:
        """Return how many calls go on."""
        return sum(self.by_stage.values())


def teams_now(asked: Asked, tenancy: Tenancy) -> list[TeamNow]:
    """Return the teams: one's own for who leads some, all for who looks at the whole."""
    sizes = _sizes(tenancy)
    stages, breaks = _stages(tenancy), _breaks(tenancy)
    query = select(TEAMS.c.team_id, TEAMS.c.name).where(TEAMS.c.tenant_id == tenancy.tenant)
    is_lead_only = asked.may("team_conversations") and not asked.may("conversations")
    found: list[TeamNow] = []
    for team_id, name in tenancy.connection.execute(query.order_by(TEAMS.c.name)):
        if is_lead_only and team_id not in asked.user.team_ids:
            continue
        is_shown = sizes[team_id] >= FEWEST
        found.append(
            TeamNow(
                name=name,
                is_shown=is_shown,
                by_stage=stages.get(team_id, {}) if is_shown else {},
                n_on_break=breaks[team_id] if is_shown else 0,
            )
        )
    return found


def _sizes(tenancy: Tenancy) -> Counter[str]:
    query = (
        select(TEAM_AGENTS.c.team_id, func.count().label("n"))
        .where(TEAM_AGENTS.c.tenant_id == tenancy.tenant)
        .group_by(TEAM_AGENTS.c.team_id)
    )
    return Counter({row.team_id: row.n for row in tenancy.connection.execute(query)})


def _stages(tenancy: Tenancy) -> dict[str, Counter[str]]:
    is_theirs = (TEAM_AGENTS.c.tenant_id == CALLS.c.tenant_id) & (
        TEAM_AGENTS.c.agent_key == CALLS.c.agent_key
    )
    query = (
        select(TEAM_AGENTS.c.team_id, CALLS.c.stage, func.count())
        .join(TEAM_AGENTS, is_theirs)
        .where(CALLS.c.tenant_id == tenancy.tenant, CALLS.c.ended_at.is_(None))
        .group_by(TEAM_AGENTS.c.team_id, CALLS.c.stage)
    )
    found: dict[str, Counter[str]] = {}
    for team, stage, n in tenancy.connection.execute(query):
        found.setdefault(team, Counter())[stage] = n
    return found


def _breaks(tenancy: Tenancy) -> Counter[str]:
    going_on = (BREAKS.c.tenant_id == tenancy.tenant) & BREAKS.c.ended_at.is_(None)
    query = (
        select(TEAM_AGENTS.c.team_id, func.count(func.distinct(BREAKS.c.user_id)).label("n"))
        .join(USERS, USERS.c.user_id == BREAKS.c.user_id)
        .join(
            TEAM_AGENTS,
            (TEAM_AGENTS.c.tenant_id == USERS.c.tenant_id)
            & (TEAM_AGENTS.c.agent_key == USERS.c.agent_key),
        )
        .where(going_on)
        .group_by(TEAM_AGENTS.c.team_id)
    )
    return Counter({row.team_id: row.n for row in tenancy.connection.execute(query)})
