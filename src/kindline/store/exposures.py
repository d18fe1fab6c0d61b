"""
What contacts brought to whom picked up: read of what customers brought and of times, no more.

No column that holds an agent's words or doings is read here (tests/wellbeing/test_apart.py).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Integer, RowMapping, and_, case, cast, func, or_, select

from kindline.store.call_tables import CALLS
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import CONVERSATIONS, TEAM_AGENTS, TEAMS
from kindline.wellbeing.exposure import Contact

_MINUTE_MS = 60_000
_GRIEF = "bereavement"
_READ = tuple(
    CONVERSATIONS.c[name]
    for name in (
        "happened_at",
        "length_ms",
        "after_call_work_ms",
        "abuse",
        "crisis",
        "companionship",
        "reason",
        "ms_after_resolution",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSums:
    """One agent's sums in a team or in none: contacts, heavy ones, milliseconds, shifts."""

    team: str | None
    n: int
    n_heavy: int
    handle_ms: int
    given_ms: int
    n_shifts: int


def contacts_of_agent(tenancy: Tenancy, agent_key: str, since: datetime) -> list[Contact]:
    """
    Return what an agent's contacts brought since a time, live calls with a cue among them.

    Those that do not say when they were are left out. A live call that is stored by now is one.
    """
    columns = CONVERSATIONS.c
    own = (columns.tenant_id == tenancy.tenant) & (columns.agent_key == agent_key)
    timed = columns.started_at.is_not(None) & (columns.happened_at >= since)
    query = select(*_READ).where(own, timed, columns.status == "analysed")
    found = [_contact(row) for row in tenancy.connection.execute(query).mappings()]
    for call in _live(tenancy, agent_key, since):
        found = _joined(found, call)
    return sorted(found, key=lambda one: one.start)


def _joined(found: list[Contact], call: Contact) -> list[Contact]:
    """Return the contacts with a live call that met risk: as the one it became, or beside them."""
    same = next((one for one in found if one.start <= call.end and call.start <= one.end), None)
    if same is None:
        return [*found, call]
    return [replace(one, has_risk=True) if one is same else one for one in found]


def team_sums(tenancy: Tenancy, since: datetime, until: datetime) -> list[TeamSums]:
    """Return the sums of each agent of each team, without saying whose they are."""
    columns = CONVERSATIONS.c
    reason = func.coalesce(columns.reason, "")  # null is no grief: it must not make sums null
    is_company = or_(columns.companionship == "present", reason == _GRIEF)
    is_heavy = or_(columns.abuse == "present", columns.crisis == "cue", is_company)
    handle = columns.length_ms + func.coalesce(columns.after_call_work_ms, 0)
    given = case(
        (is_company, func.coalesce(columns.ms_after_resolution, columns.length_ms)), else_=0
    )
    day = func.substr(cast(columns.happened_at, TEAMS.c.name.type), 1, 10)
    is_theirs = and_(
        TEAM_AGENTS.c.tenant_id == columns.tenant_id, TEAM_AGENTS.c.agent_key == columns.agent_key
    )
    query = (
        select(
            TEAMS.c.name.label("team"),
            func.count().label("n"),
            func.sum(cast(is_heavy, Integer)).label("n_heavy"),
            func.coalesce(func.sum(handle), 0).label("handle_ms"),
            func.coalesce(func.sum(given), 0).label("given_ms"),
            func.count(day.distinct()).label("n_shifts"),
        )
        .select_from(
            CONVERSATIONS.outerjoin(TEAM_AGENTS, is_theirs).outerjoin(
                TEAMS, TEAMS.c.team_id == TEAM_AGENTS.c.team_id
            )
        )
        .where(
            columns.tenant_id == tenancy.tenant,
            columns.status == "analysed",
            columns.agent_key.is_not(None),
            columns.happened_at >= since,
            columns.happened_at < until,
        )
        .group_by(TEAMS.c.name, columns.agent_key)
        .order_by(TEAMS.c.name)
    )
    return [
        TeamSums(team=row["team"], **{name: int(row[name]) for name in _SUMS})
        for row in tenancy.connection.execute(query).mappings()
    ]


_SUMS = ("n", "n_heavy", "handle_ms", "given_ms", "n_shifts")


def _contact(row: RowMapping) -> Contact:
    start, length = in_utc(row["happened_at"]), row["length_ms"] or 0
    end = start + timedelta(milliseconds=length + (row["after_call_work_ms"] or 0))
    given = 0
    if row["reason"] == _GRIEF:
        given = length
    elif row["companionship"] == "present":
        given = length if row["ms_after_resolution"] is None else row["ms_after_resolution"]
    return Contact(
        start=start,
        end=end,
        has_abuse=row["abuse"] == "present",
        has_risk=row["crisis"] == "cue",
        given_min=given / _MINUTE_MS,
    )


def _live(tenancy: Tenancy, agent_key: str, since: datetime) -> list[Contact]:
    """Return live calls in which a cue came up: a break is due before their words are stored."""
    columns = CALLS.c
    query = select(columns.begun_at, columns.ended_at).where(
        columns.tenant_id == tenancy.tenant,
        columns.agent_key == agent_key,
        columns.begun_at >= since,
        columns.ended_at.is_not(None),
        columns.has_met_risk,
    )
    return [
        Contact(start=in_utc(row.begun_at), end=in_utc(row.ended_at), has_risk=True)
        for row in tenancy.connection.execute(query)
    ]
