"""Users, teams and agents of a tenant. Nobody is found but within it, or when signing in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
import secrets
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from kindline.errors import InputError, NoSuchError, UnknownNameError
from kindline.model.people import ROLES, RoleName, User
from kindline.store.care_tables import BREAK_OFFERS, SHARED_MOMENTS, TEAM_MATERIAL
from kindline.store.database import Tenancy
from kindline.store.insight_tables import REPORT_ORDERS
from kindline.store.own_records import forget_own
from kindline.store.self_reports import forget_self_reports
from kindline.store.tables import (
    KEYS,
    LINKS,
    SESSIONS,
    TEAM_AGENTS,
    TEAM_USERS,
    TEAMS,
    TENANTS,
    TOKENS,
    USERS,
)
from kindline.store.upsert import upsert

ID_BYTES = 8
_COUNCIL = "council"
OF_NOBODY = ""  # the tenant under which a user's own key is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team: its agents handle conversations, its users may open them."""

    team_id: str
    name: str
    n_agents: int


def ensure_tenant(tenancy: Tenancy, name: str, *, now: datetime) -> None:
    """Make the tenant, or give it another name."""
    row = {"tenant_id": tenancy.tenant, "name": name, "made_at": now}
    upsert(tenancy.connection, TENANTS, [row], ("tenant_id",))


def add_user(
    tenancy: Tenancy,
    email: str,
    name: str,
    roles: Iterable[str],
    *,
    now: datetime,
    language: str = "en",
) -> User:
    """Return a new user, who has no password yet."""
    user_id = secrets.token_hex(ID_BYTES)
    row = {
        "user_id": user_id,
        "tenant_id": tenancy.tenant,
        "email": email_of(email),
        "name": name.strip(),
        "language": language,
        "roles": "|".join(_roles(roles)),
        "is_active": True,
        "n_failed": 0,
        "made_at": now,
    }
    tenancy.connection.execute(insert(USERS), [row])
    return user(tenancy, user_id)


def change_user(tenancy: Tenancy, user_id: str, **changed: Any) -> None:
    """Change fields of a user of this tenant; raises UnknownNameError where there is none."""
    if "roles" in changed:
        changed["roles"] = "|".join(_roles(changed["roles"]))
    if "email" in changed:
        changed["email"] = email_of(changed["email"])
    if "agent_id" in changed:
        changed["agent_key"] = tenancy.blind("agent", changed.pop("agent_id") or None)
    own = (USERS.c.user_id == user_id) & (USERS.c.tenant_id == tenancy.tenant)
    if not tenancy.connection.execute(update(USERS).where(own).values(changed)).rowcount:
        raise _unknown(user_id)


def remove_user(tenancy: Tenancy, user_id: str) -> None:
    """
    Remove a user with sessions, links, tokens, second factor and what they noted for themselves.

    What they saw stays logged.
    """
    user(tenancy, user_id)
    forget_self_reports(tenancy, user_id)
    forget_own(tenancy, user_id)
    theirs = (SHARED_MOMENTS, TEAM_MATERIAL, BREAK_OFFERS)
    for table in (SESSIONS, LINKS, TOKENS, TEAM_USERS, REPORT_ORDERS, *theirs, USERS):
        tenancy.connection.execute(delete(table).where(table.c.user_id == user_id))
    own = (KEYS.c.tenant_id == OF_NOBODY) & (KEYS.c.conversation_id == key_name(user_id))
    tenancy.connection.execute(delete(KEYS).where(own))


def user(tenancy: Tenancy, user_id: str) -> User:
    """Return a user of this tenant; raises UnknownNameError where there is none."""
    own = (USERS.c.user_id == user_id) & (USERS.c.tenant_id == tenancy.tenant)
    row = tenancy.connection.execute(select(USERS).where(own)).mappings().first()
    if row is None:
        raise _unknown(user_id)
    return user_of(row, _teams_of_users(tenancy.connection, [user_id]).get(user_id, frozenset()))


def users(tenancy: Tenancy) -> list[User]:
    """Return the users of this tenant, by name."""
    query = select(USERS).where(USERS.c.tenant_id == tenancy.tenant)
    rows = tenancy.connection.execute(query.order_by(USERS.c.name, USERS.c.email)).mappings().all()
    teams = _teams_of_users(tenancy.connection, [row["user_id"] for row in rows])
    return [user_of(row, teams.get(row["user_id"], frozenset())) for row in rows]


def n_users(connection: Connection) -> int:
    """Return how many users there are, of all tenants."""
    return connection.scalar(select(func.count()).select_from(USERS)) or 0


def has_prompts(tenancy: Tenancy, user_id: str) -> bool:
    """Return whether a desk prompts a user: theirs to choose, and shown to nobody else."""
    query = select(USERS.c.has_prompts).where(USERS.c.user_id == user_id)
    return bool(tenancy.connection.scalar(query))


def choose_prompts(tenancy: Tenancy, user_id: str, *, wanted: bool) -> None:
    """Let a desk prompt a user, or not."""
    put = update(USERS).where(USERS.c.user_id == user_id).values(has_prompts=wanted)
    tenancy.connection.execute(put)


def row_of_user(connection: Connection, user_id: str) -> RowMapping | None:
    """Return the row of a user of any tenant: for signing in, where no tenant is known yet."""
    query = select(USERS).where(USERS.c.user_id == user_id, USERS.c.is_active)
    return connection.execute(query).mappings().first()


def user_of(row: RowMapping, team_ids: frozenset[str]) -> User:
    """Return a row as a user."""
    return User(
        user_id=row["user_id"],
        tenant=row["tenant_id"],
        email=row["email"],
        name=row["name"],
        language=row["language"],
        roles=frozenset(cast("list[RoleName]", row["roles"].split("|") if row["roles"] else [])),
        agent_key=row["agent_key"],
        team_ids=team_ids,
        has_second_factor=row["totp"] is not None,
        is_active=row["is_active"],
    )


def signed_in(connection: Connection, user_id: str) -> User | None:
    """Return an active user of any tenant by id, as a session or token names them."""
    row = row_of_user(connection, user_id)
    if row is None:
        return None
    return user_of(row, _teams_of_users(connection, [user_id]).get(user_id, frozenset()))


def add_team(tenancy: Tenancy, name: str) -> str:
    """Return the id of the team of that name, made where there is none."""
    own = (TEAMS.c.tenant_id == tenancy.tenant) & (TEAMS.c.name == name.strip())
    found = tenancy.connection.scalar(select(TEAMS.c.team_id).where(own))
    if found is not None:
        return str(found)
    team_id = secrets.token_hex(ID_BYTES)
    row = {"team_id": team_id, "tenant_id": tenancy.tenant, "name": name.strip()}
    tenancy.connection.execute(insert(TEAMS), [row])
    return team_id


def teams(tenancy: Tenancy) -> list[Team]:
    """Return the teams of this tenant with how many agents each has, by name."""
    n_agents = func.count(TEAM_AGENTS.c.agent_key)
    query = (
        select(TEAMS.c.team_id, TEAMS.c.name, n_agents.label("n_agents"))
        .outerjoin(TEAM_AGENTS, TEAM_AGENTS.c.team_id == TEAMS.c.team_id)
        .where(TEAMS.c.tenant_id == tenancy.tenant)
        .group_by(TEAMS.c.team_id, TEAMS.c.name)
        .order_by(TEAMS.c.name)
    )
    return [Team(**row) for row in tenancy.connection.execute(query).mappings()]


def put_agents(tenancy: Tenancy, team_by_agent: Mapping[str, str]) -> None:
    """Put agents, by the pseudonyms the exports use, into teams; each is in one team."""
    rows = [
        {
            "tenant_id": tenancy.tenant,
            "agent_key": tenancy.blind("agent", agent_id),
            "team_id": team_id,
        }
        for agent_id, team_id in team_by_agent.items()
    ]
    upsert(tenancy.connection, TEAM_AGENTS, rows, ("tenant_id", "agent_key"))


def put_user_into_team(tenancy: Tenancy, user_id: str, team_id: str) -> None:
    """Let a user open what a team's agents handled; raises where the house has no such team."""
    user(tenancy, user_id)
    if team_id not in {one.team_id for one in teams(tenancy)}:
        raise NoSuchError
    row = {"team_id": team_id, "user_id": user_id}
    there = (TEAM_USERS.c.team_id == team_id) & (TEAM_USERS.c.user_id == user_id)
    tenancy.connection.execute(delete(TEAM_USERS).where(there))
    tenancy.connection.execute(insert(TEAM_USERS), [row])


def email_of(stated: str) -> str:
    """Return an address as it is kept; raises UnknownNameError where it is none."""
    told = stated.strip().lower()
    before, at, after = told.partition("@")
    if not (before and at and after) or len(told) > 254 or any(one.isspace() for one in told):  # noqa: PLR2004 -- RFC 5321 4.5.3
        raise UnknownNameError("e-mail address", "given", ("name@example.org",))
    return told


def key_name(user_id: str) -> str:
    """Return what a user's own key is called."""
    return f"user-{user_id}"


def _roles(stated: Iterable[str]) -> list[str]:
    told = sorted(set(stated))
    for name in told:
        if name not in ROLES:
            raise UnknownNameError("role", name, ROLES)
    if _COUNCIL in told and len(told) > 1:
        raise InputError("who sits on the works council has no other role: the switches are theirs")
    return told


def _teams_of_users(connection: Connection, user_ids: list[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    query = select(TEAM_USERS).where(TEAM_USERS.c.user_id.in_(user_ids))
    for row in connection.execute(query).mappings():
        found.setdefault(row["user_id"], set()).add(row["team_id"])
    return {user_id: frozenset(team_ids) for user_id, team_ids in found.items()}


def _unknown(user_id: str) -> UnknownNameError:
    return UnknownNameError("user", user_id, ("an id of this tenant",))


def team_of_agent(tenancy: Tenancy, agent_key: str | None) -> str | None:
    """Return the name of the team an agent is in."""
    query = (
        select(TEAMS.c.name)
        .join(TEAM_AGENTS, TEAM_AGENTS.c.team_id == TEAMS.c.team_id)
        .where(TEAM_AGENTS.c.tenant_id == tenancy.tenant, TEAM_AGENTS.c.agent_key == agent_key)
    )
    return None if agent_key is None else tenancy.connection.scalar(query)


def agents_of_teams(tenancy: Tenancy, team_ids: Iterable[str]) -> set[str]:
    """Return the keys of the agents of some teams."""
    own = TEAM_AGENTS.c.tenant_id == tenancy.tenant
    query = select(TEAM_AGENTS.c.agent_key).where(own, TEAM_AGENTS.c.team_id.in_(list(team_ids)))
    return set(tenancy.connection.scalars(query))


def colleagues(tenancy: Tenancy, agent_key: str | None) -> set[str]:
    """Return the ids of the users whose agents are in the team of one agent."""
    mine = select(TEAM_AGENTS.c.team_id).where(
        TEAM_AGENTS.c.tenant_id == tenancy.tenant, TEAM_AGENTS.c.agent_key == agent_key
    )
    theirs = select(TEAM_AGENTS.c.agent_key).where(
        TEAM_AGENTS.c.tenant_id == tenancy.tenant, TEAM_AGENTS.c.team_id.in_(mine)
    )
    own = USERS.c.tenant_id == tenancy.tenant
    query = select(USERS.c.user_id).where(own, USERS.c.agent_key.in_(theirs))
    return set(tenancy.connection.scalars(query))
