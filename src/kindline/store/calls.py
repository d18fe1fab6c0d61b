"""
Calls that go on, event by event, so that any process can pick one up where another fell silent.

Events of a call are numbered in the order in which they were stored: who stores holds the call's
row until it is done. When the call is over, its events and their key are destroyed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import secrets
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, bindparam, delete, func, insert, select, update

from kindline.desk.events import Ending, Event, as_json, event_from
from kindline.store.call_tables import CALL_EVENTS, CALLS
from kindline.store.database import Tenancy
from kindline.store.named_keys import drop_key, key_named, make_key
from kindline.store.rows import in_utc
from kindline.store.sealing import Seal
from kindline.store.tables import TEAM_AGENTS, TEAMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as it stands in its row; `ended_at` None while it goes on."""

    call_id: str
    tenant: str
    way: str
    language: str | None
    queue: str | None
    agent_key: str | None
    begun_at: datetime
    heard_at: datetime
    ended_at: datetime | None
    ending: str | None
    stage: str
    asked_at: datetime | None
    has_met_risk: bool
    n_events: int
    last_seq: int
    given_ms: int


def begin_call(
    tenancy: Tenancy, name: str, way: str, told: Mapping[str, Any], *, now: datetime
) -> Call:
    """
    Return the call of that name, a new one unless one goes on: then a feed came back.

    `told` has conversation_id, and language, queue, country, agent_id, customer_id and
    lawful_basis where the platform told them.
    """
    name_key = tenancy.blind("call", name)
    going_on = (CALLS.c.name_key == name_key) & CALLS.c.ended_at.is_(None)
    found = calls(tenancy, going_on)
    if found:
        return found[0]
    call_id = secrets.token_hex(16)
    seal = make_key(tenancy, _key_name(call_id))
    row = {
        "call_id": call_id,
        "tenant_id": tenancy.tenant,
        "name_key": name_key,
        "way": way,
        "language": told.get("language"),
        "queue": told.get("queue"),
        "agent_key": tenancy.blind("agent", told.get("agent_id")),
        "begun_at": now,
        "heard_at": now,
        "stage": "opening",
        "has_met_risk": False,
        "n_events": 0,
        "last_seq": 0,
        "given_ms": 0,
        "told": seal.closed("told", dict(told)),
    }
    tenancy.connection.execute(insert(CALLS), [row])
    return calls(tenancy, CALLS.c.call_id == call_id)[0]


def calls(
    tenancy: Tenancy,
    *where: ColumnElement[bool],
    n_most: int = 500,
    is_locked: bool = False,
) -> list[Call]:
    """
    Return a tenant's calls, the latest first.

    Locked, nobody else stores anything in them before this transaction is over: in PostgreSQL by
    row, in the order of their ids so that nobody waits for each other; SQLite has one writer.
    """
    own = CALLS.c.tenant_id == tenancy.tenant
    query = select(CALLS).where(own, *where)
    if is_locked:
        query = query.order_by(CALLS.c.call_id).with_for_update()
    else:
        query = query.order_by(CALLS.c.begun_at.desc(), CALLS.c.call_id)
    return [_call(row) for row in tenancy.connection.execute(query.limit(n_most)).mappings()]


def seal_of_call(tenancy: Tenancy, call_id: str) -> Seal | None:
    """Return what opens a call's events, None once it is over and kept as a conversation."""
    return key_named(tenancy, _key_name(call_id))


def told_of(tenancy: Tenancy, call_id: str, seal: Seal) -> dict[str, Any]:
    """Return what the platform said of a call."""
    raw = tenancy.connection.scalar(select(CALLS.c.told).where(CALLS.c.call_id == call_id))
    told: dict[str, Any] = seal.opened("told", raw) if raw else {}
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What happened next in a call that is locked, and what changes in its row."""

    call: Call
    seal: Seal
    events: Sequence[Event]
    changed: Mapping[str, Any]


def put_events(tenancy: Tenancy, happened: Sequence[Happening]) -> None:
    """Store what happened in calls, many at once; their rows are locked (`calls`)."""
    rows = [
        {"call_id": one.call.call_id, "n": n, "told": one.seal.closed("event", as_json(event))}
        for one in happened
        for n, event in enumerate(one.events, start=one.call.n_events + 1)
    ]
    changed = [
        {
            "of_call": one.call.call_id,
            **{name: getattr(one.call, name) for name in _CHANGED},
            **one.changed,
            "n_events": one.call.n_events + len(one.events),
        }
        for one in happened
    ]
    if changed:
        tenancy.connection.execute(_CHANGE, changed)
    if rows:
        tenancy.connection.execute(insert(CALL_EVENTS), rows)


def events_of(tenancy: Tenancy, call_id: str, seal: Seal, *, after: int = 0) -> list[Event]:
    """Return what happened in a call after an event's number, in order."""
    query = (
        select(CALL_EVENTS.c.told)
        .where(CALL_EVENTS.c.call_id == call_id, CALL_EVENTS.c.n > after)
        .order_by(CALL_EVENTS.c.n)
    )
    return [event_from(seal.opened("event", raw)) for raw in tenancy.connection.scalars(query)]


def change_call(tenancy: Tenancy, call_id: str, changed: Mapping[str, Any]) -> None:
    """Change a call's row."""
    own = (CALLS.c.tenant_id == tenancy.tenant) & (CALLS.c.call_id == call_id)
    tenancy.connection.execute(update(CALLS).where(own).values(dict(changed)))


def claim(tenancy: Tenancy, call_id: str, agent_key: str) -> bool:
    """Give a call that nobody took to an agent; return whether they have it now."""
    free = CALLS.c.agent_key.is_(None) | (CALLS.c.agent_key == agent_key)
    own = (CALLS.c.tenant_id == tenancy.tenant) & (CALLS.c.call_id == call_id)
    put = update(CALLS).where(own, free).values(agent_key=agent_key)
    return tenancy.connection.execute(put).rowcount > 0


def forget_events(tenancy: Tenancy, call_id: str) -> None:
    """Destroy what happened in a call, and whom it was with: it is a conversation now."""
    tenancy.connection.execute(delete(CALL_EVENTS).where(CALL_EVENTS.c.call_id == call_id))
    change_call(tenancy, call_id, {"told": None})
    drop_key(tenancy, _key_name(call_id))


def forget_calls(tenancy: Tenancy, *, before: datetime) -> int:
    """Forget calls that ended before a time: when, by whom and how; return how many."""
    own = (CALLS.c.tenant_id == tenancy.tenant) & CALLS.c.told.is_(None)
    return tenancy.connection.execute(delete(CALLS).where(own, CALLS.c.ended_at < before)).rowcount


def given_since(tenancy: Tenancy, agent_key: str, since: datetime) -> int:
    """Return the milliseconds an agent gave for company in calls that ended since then."""
    columns = CALLS.c
    query = select(func.coalesce(func.sum(columns.given_ms), 0)).where(
        columns.tenant_id == tenancy.tenant,
        columns.agent_key == agent_key,
        columns.ended_at >= since,
    )
    return int(tenancy.connection.scalar(query) or 0)


def n_free(tenancy: Tenancy, *where: ColumnElement[bool]) -> int:
    """Return how many calls nobody has taken yet."""
    columns = CALLS.c
    query = select(func.count()).where(
        columns.tenant_id == tenancy.tenant,
        columns.ended_at.is_(None),
        columns.agent_key.is_(None),
        *where,
    )
    return tenancy.connection.scalar(query) or 0


def protected(tenancy: Tenancy, agent_key: str) -> dict[Ending, int]:
    """Return how often an agent ended a call by right or for abuse: for their own eyes."""
    columns = CALLS.c
    endings: tuple[Ending, ...] = ("ended_by_right", "abuse")
    query = (
        select(columns.ending, func.count())
        .where(columns.tenant_id == tenancy.tenant, columns.agent_key == agent_key)
        .where(columns.ending.in_(endings))
        .group_by(columns.ending)
    )
    found = {str(ending): int(n) for ending, n in tenancy.connection.execute(query)}
    return {ending: found.get(ending, 0) for ending in endings}


_CHANGED = (
    "language",
    "heard_at",
    "ended_at",
    "ending",
    "stage",
    "asked_at",
    "has_met_risk",
    "last_seq",
    "given_ms",
)
_CHANGE = (
    update(CALLS)
    .where(CALLS.c.call_id == bindparam("of_call"))
    .values({name: bindparam(name) for name in (*_CHANGED, "n_events")})
)


def _key_name(call_id: str) -> str:
    return f"call-{call_id}"


def _call(row: RowMapping) -> Call:
    return Call(
        call_id=row["call_id"],
        tenant=row["tenant_id"],
        way=row["way"],
        language=row["language"],
        queue=row["queue"],
        agent_key=row["agent_key"],
        begun_at=in_utc(row["begun_at"]),
        heard_at=in_utc(row["heard_at"]),
        ended_at=row["ended_at"] and in_utc(row["ended_at"]),
        ending=row["ending"],
        stage=row["stage"],
        asked_at=row["asked_at"] and in_utc(row["asked_at"]),
        has_met_risk=row["has_met_risk"],
        n_events=row["n_events"],
        last_seq=row["last_seq"],
        given_ms=row["given_ms"],
    )


def ends_by_agent(tenancy: Tenancy, since: datetime, until: datetime) -> list[tuple[str, int, int]]:
    """Return (team, calls, those ended by right or for abuse) of each agent, not saying who."""
    columns = CALLS.c
    is_theirs = (TEAM_AGENTS.c.tenant_id == columns.tenant_id) & (
        TEAM_AGENTS.c.agent_key == columns.agent_key
    )
    by_right = func.count().filter(columns.ending.in_(("ended_by_right", "abuse")))
    query = (
        select(TEAMS.c.name, func.count(), by_right)
        .select_from(
            CALLS.join(TEAM_AGENTS, is_theirs).join(TEAMS, TEAMS.c.team_id == TEAM_AGENTS.c.team_id)
        )
        .where(columns.tenant_id == tenancy.tenant, columns.ended_at.is_not(None))
        .where(columns.begun_at >= since, columns.begun_at < until)
        .group_by(TEAMS.c.name, columns.agent_key)
    )
    return [(row[0], row[1], row[2]) for row in tenancy.connection.execute(query)]
