"""
A table of people: `email`, `name`, `roles` (joined by |), `language`, `team`, `agent_id`.

A row with an e-mail is a user, one with an agent_id an agent, one with both a user who is an agent.
An agent goes into the team of the row; a lead or coach may open what that team handled.
"""

from collections.abc import Mapping, Sequence
import csv
from dataclasses import dataclass, field
from datetime import datetime
import io
from typing import Any

from sqlalchemy import select

from kindline.errors import InputError, MalformedInputError
from kindline.store.database import Tenancy
from kindline.store.people import (
    add_team,
    add_user,
    change_user,
    email_of,
    put_agents,
    put_user_into_team,
)
from kindline.store.sessions import close_sessions
from kindline.store.tables import USERS

COLUMNS = ("email", "name", "roles", "language", "team", "agent_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row of the table; `line` is where it stood."""

    line: int
    email: str
    name: str
    roles: tuple[str, ...]
    language: str
    team: str
    agent_id: str


@dataclass(slots=True)
class Taken:
    """What became of the rows: their number is the sum of the rest."""

    n_rows: int = 0
    n_users: int = 0
    n_agents: int = 0
    rejected: list[InputError] = field(default_factory=list[InputError])


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The rows that could be read, and why others could not."""

    source: str
    people: Sequence[Person]
    rejected: Sequence[InputError]


def read_roster(raw: bytes, source: str) -> Roster:
    """Return the people of a CSV table; commas or semicolons, UTF-8."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = MalformedInputError(source, "the file", "text", "another encoding", "UTF-8")
        return Roster(source=source, people=(), rejected=(problem,))
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    unknown = [name for name in COLUMNS[:1] if name not in (rows.fieldnames or ())]
    if unknown and "agent_id" not in (rows.fieldnames or ()):
        expected = f"columns among {', '.join(COLUMNS)}"
        problem = MalformedInputError(source, "line 1", "header", "none of ours", expected)
        return Roster(source=source, people=(), rejected=(problem,))
    people = [_person(row, number) for number, row in enumerate(rows, start=2)]
    return Roster(source=source, people=people, rejected=())


def take_in(tenancy: Tenancy, roster: Roster, *, now: datetime) -> Taken:
    """Add or change the people of a table; return what became of its rows."""
    told = Taken(n_rows=len(roster.people), rejected=list(roster.rejected))
    for person in roster.people:
        try:
            _take(tenancy, person, told, now=now)
        except InputError as error:
            found = str(error).partition(";")[0]
            expected = "an e-mail or an agent_id, and roles that we know"
            told.rejected.append(
                MalformedInputError(roster.source, f"line {person.line}", "row", found, expected)
            )
    return told


def change_person(
    tenancy: Tenancy, user_id: str, changed: Mapping[str, Any], team_ids: Sequence[str]
) -> None:
    """Change a user and put them into teams; an empty agent_id changes none. Sessions end."""
    change_user(
        tenancy,
        user_id,
        **{name: value for name, value in changed.items() if value or name != "agent_id"},
    )
    for team_id in team_ids:
        put_user_into_team(tenancy, user_id, team_id)
    close_sessions(tenancy.connection, user_id)


def _take(tenancy: Tenancy, person: Person, told: Taken, *, now: datetime) -> None:
    if not (person.email or person.agent_id):
        raise InputError("neither e-mail nor agent_id")
    team_id = add_team(tenancy, person.team) if person.team else None
    if person.email:
        user_id = _user(tenancy, person, now=now)
        if person.agent_id:
            change_user(tenancy, user_id, agent_id=person.agent_id)
        elif team_id is not None:
            put_user_into_team(tenancy, user_id, team_id)
        told.n_users += 1
    if person.agent_id and team_id is not None:
        put_agents(tenancy, {person.agent_id: team_id})
        told.n_agents += 1
    elif person.agent_id and not person.email:
        raise InputError("an agent without a team")


def _user(tenancy: Tenancy, person: Person, *, now: datetime) -> str:
    """Return the id of the row's user, added or changed."""
    email = email_of(person.email)
    query = select(USERS.c.user_id, USERS.c.tenant_id).where(USERS.c.email == email)
    found = tenancy.connection.execute(query).first()
    if found is None:
        language = person.language or "en"
        return add_user(
            tenancy, email, person.name, person.roles, now=now, language=language
        ).user_id
    if found.tenant_id != tenancy.tenant:
        raise InputError("an address that is in use")
    change_user(tenancy, found.user_id, name=person.name, roles=person.roles)
    return str(found.user_id)


def _person(row: dict[str, str | None], line: int) -> Person:
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}
    roles = tuple(part.strip() for part in told.pop("roles").split("|") if part.strip())
    return Person(line=line, roles=roles, **told)
