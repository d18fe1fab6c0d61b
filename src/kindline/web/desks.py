"""
Whose desk it is: the agent who has the call; who is responsible, only where they are needed.

Nobody listens in: a lead opens a call whose agent asks for a supervisor, who looks after cues one
in which a life may be at risk, and that they did is written down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select

from kindline.errors import NoSuchError
from kindline.store.call_tables import CALLS, CASES
from kindline.store.calls import Call, calls
from kindline.store.database import Tenancy
from kindline.store.tables import TEAM_AGENTS
from kindline.web.guard import Asked

FEWEST = 5  # people in a team of which anything is shown (DESIGN 2)
_SEPARATOR = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """What an agent put away in a call: it travels in their browser and is stored nowhere."""

    call_id: str = ""
    is_muted: bool = False
    dismissed: frozenset[str] = frozenset()

    def as_cookie(self) -> str:
        """Return it as the browser keeps it."""
        return _SEPARATOR.join(
            [self.call_id, *(["mute"] if self.is_muted else []), *sorted(self.dismissed)]
        )


def quiet_of(cookie: str | None, call_id: str) -> Quiet:
    """Return what a browser keeps for a call; nothing, where it keeps another's."""
    whose, *told = (cookie or "").split(_SEPARATOR)
    if whose != call_id:
        return Quiet(call_id=call_id)
    dismissed = frozenset(told) - {"mute"}
    return Quiet(call_id=call_id, is_muted="mute" in told, dismissed=dismissed)


def open_to(asked: Asked, tenancy: Tenancy, call_id: str) -> tuple[Call, bool]:
    """Return a call that whoever asks may see, and whether it is their own; or NoSuchError."""
    found = calls(tenancy, CALLS.c.call_id == call_id)
    if not found:
        raise NoSuchError
    is_own = asked.user.agent_key is not None and found[0].agent_key == asked.user.agent_key
    if not is_own and not calls(tenancy, CALLS.c.call_id == call_id, or_(*_needing(asked))):
        raise NoSuchError
    return found[0], is_own


def needing(asked: Asked, tenancy: Tenancy) -> list[Call]:
    """Return the calls that go on in which somebody is asked for, of those whoever asks may see."""
    return calls(tenancy, CALLS.c.ended_at.is_(None), or_(*_needing(asked)))


def own_calls(asked: Asked, tenancy: Tenancy, since: datetime) -> list[Call]:
    """Return an agent's own calls of late, those that go on first."""
    if asked.user.agent_key is None:
        return []
    theirs = (CALLS.c.agent_key == asked.user.agent_key) & (CALLS.c.begun_at >= since)
    return _going_on_first(calls(tenancy, theirs))


def free_calls(tenancy: Tenancy) -> list[Call]:
    """Return the calls that go on and nobody took yet."""
    return calls(tenancy, CALLS.c.ended_at.is_(None), CALLS.c.agent_key.is_(None))


def _going_on_first(some: Iterable[Call]) -> list[Call]:
    return sorted(some, key=lambda one: one.ended_at is not None)


def _needing(asked: Asked) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = [false()]
    tenant = asked.user.tenant
    if asked.may("crisis"):
        own = (CASES.c.tenant_id == tenant) & CASES.c.closed_at.is_(None)
        ways.append(CALLS.c.call_id.in_(select(CASES.c.call_id).where(own)))
    if asked.may("team_conversations") and asked.user.team_ids:
        theirs = select(TEAM_AGENTS.c.agent_key).where(
            TEAM_AGENTS.c.tenant_id == tenant, TEAM_AGENTS.c.team_id.in_(asked.user.team_ids)
        )
        ways.append(CALLS.c.asked_at.is_not(None) & CALLS.c.agent_key.in_(theirs))
    return ways
