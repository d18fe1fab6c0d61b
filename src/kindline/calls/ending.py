"""A call that is over becomes a conversation like any other: read whole, kept by the policy."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update

from kindline.analysis import analyse_all
from kindline.calls.opening import House, conversation_of
from kindline.desk.events import Ended, Said
from kindline.model.conversation import parties_of
from kindline.pipeline import keep
from kindline.store.call_tables import CALLS
from kindline.store.calls import (
    Happening,
    calls,
    events_of,
    forget_events,
    put_events,
    seal_of_call,
    told_of,
)
from kindline.store.database import Tenancy
from kindline.store.jobs import enqueue
from kindline.store.tables import CONVERSATIONS

LOST_AFTER = timedelta(minutes=10)  # without a word or sound; our choice
FINISH = "finish_call"


def finish(tenancy: Tenancy, call_id: str, house: House) -> bool:
    """Analyse and keep a call that is over, and destroy its events; False where that was done."""
    found, seal = calls(tenancy, CALLS.c.call_id == call_id), seal_of_call(tenancy, call_id)
    if not found or seal is None:
        return False
    head = conversation_of(tenancy, found[0], told_of(tenancy, call_id, seal), house)
    events = events_of(tenancy, call_id, seal)
    turns = tuple(one.as_turn() for one in events if isinstance(one, Said))
    whole = replace(head, turns=turns, parties=parties_of(turns))
    now = house.clock()
    judges = house.judges_for(tenancy)
    (analysis,) = analyse_all(
        [whole],
        judges.rules,
        declared=judges.declared,
        now=now,
        model=judges.model,
        learnt=judges.learnt,
    )
    if analysis.basis != "evaluation":
        stamped = replace(analysis, versions=judges.stamped(analysis.versions))
        keep(tenancy, [(whole, stamped)], now=now)
        _given_to(tenancy, str(whole.id), found[0].agent_key)
    forget_events(tenancy, call_id)
    return True


def _given_to(tenancy: Tenancy, identity: str, agent_key: str | None) -> None:
    """Let a conversation be its agent's, also where they said so and no platform did."""
    own = CONVERSATIONS.c.tenant_id == tenancy.tenant
    is_it = (CONVERSATIONS.c.conversation_id == identity) & CONVERSATIONS.c.agent_key.is_(None)
    tenancy.connection.execute(update(CONVERSATIONS).where(own, is_it).values(agent_key=agent_key))


def end_lost(tenancy: Tenancy, *, now: datetime) -> int:
    """End the calls of which nothing was heard for long; return how many."""
    n_ended = 0
    for call in calls(tenancy, _silent(now), is_locked=True):
        seal = seal_of_call(tenancy, call.call_id)
        if seal is None:
            continue
        at_ms = round((call.heard_at - call.begun_at).total_seconds() * 1000)
        over = {"ended_at": now, "ending": "lost", "stage": "ended"}
        lost = [Ended(at_ms=at_ms, ending="lost")]
        put_events(tenancy, [Happening(call=call, seal=seal, events=lost, changed=over)])
        to_finish(tenancy, call.call_id, now=now)
        n_ended += 1
    return n_ended


def has_lost(tenancy: Tenancy, *, now: datetime) -> bool:
    """Return whether there is a call of which nothing was heard for long."""
    return bool(calls(tenancy, _silent(now), n_most=1))


def _silent(now: datetime) -> ColumnElement[bool]:
    return CALLS.c.ended_at.is_(None) & (CALLS.c.heard_at < now - LOST_AFTER)


def to_finish(tenancy: Tenancy, call_id: str, *, now: datetime) -> None:
    """Let a worker finish a call that is over."""
    enqueue(tenancy, FINISH, {"call_id": call_id}, now=now, once=f"{FINISH} {call_id}")
