"""A call made out of what is stored of it: whose it is, what may be read, what happened so far."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kindline.countries.holidays import is_holiday
from kindline.desk.session import Session, again
from kindline.errors import NoSuchError
from kindline.ingest.plain import lawful_basis_of
from kindline.languages import supported
from kindline.live.judging import Growing
from kindline.live.ladder import Truths
from kindline.live.prompts import Shown
from kindline.model.conversation import CHANNELS, Conversation, ConversationId, LawfulBasis
from kindline.pipeline import Judges
from kindline.policy import Leave, leave
from kindline.records import Record, one_of
from kindline.safeguarding.helplines import Help, HelpNeed, help_for
from kindline.store.call_tables import CALLS
from kindline.store.calls import (
    Call,
    calls,
    events_of,
    given_since,
    n_free,
    seal_of_call,
    told_of,
)
from kindline.store.database import Tenancy
from kindline.store.desk_rules import rules_in_force
from kindline.store.dialled import lines_of
from kindline.store.erasure import objecting
from kindline.store.in_force import in_force
from kindline.store.phrasing import phrases_of
from kindline.store.sealing import Seal

OTHERWISE = "en"  # what a desk speaks where nobody knows the caller's language yet
Clock = Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Held:
    """A call as a process holds it: `n` of its events were taken; `leave` is the gate's answer."""

    call: Call
    told: dict[str, Any]
    seal: Seal
    session: Session
    leave: Leave
    country: str | None
    n: int = 0
    last_text: str = ""
    has_case: bool = False
    asked_at: float = 0.0  # when it was last asked for, by a clock that only goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What opening a call takes beside the store: judges, clock, and where callers usually are."""

    judges: Judges
    clock: Clock
    country: str | None = None
    language: str | None = None

    def judges_for(self, tenancy: Tenancy) -> Judges:
        """Return the judges by the policy in force."""
        rules = in_force(tenancy, self.judges.rules.name)
        return replace(self.judges, rules=rules)


def opened_call(tenancy: Tenancy, call_id: str, house: House) -> Held:
    """
    Return a call as its stored events left it.

    Raises NoSuchError where there is none, or it is over and a conversation by now.
    """
    found, seal = calls(tenancy, CALLS.c.call_id == call_id), seal_of_call(tenancy, call_id)
    if not found or seal is None:
        raise NoSuchError
    call, told = found[0], told_of(tenancy, call_id, seal)
    head = conversation_of(tenancy, call, told, house)
    judges = house.judges_for(tenancy)
    given = leave(head, judges.rules, declared=judges.declared, now=house.clock())
    session = _session(tenancy, call, head, given)
    events = events_of(tenancy, call_id, seal)
    again(session, events, model=house.judges.model, learnt=house.judges.learnt)
    return Held(
        call=call,
        told=told,
        seal=seal,
        session=session,
        leave=given,
        country=head.country or region_of(head.language) or house.country,
        n=len(events),
        has_case=session.open_risk is not None,
    )


def conversation_of(
    tenancy: Tenancy, call: Call, told: dict[str, Any], house: House
) -> Conversation:
    """Return what a call is as a conversation, but for its words; who objected refuses."""
    customer_id = told.get("customer_id")
    said = Record(source="live", place=call.call_id, content=told)
    has_objected = customer_id is not None and bool(objecting(tenancy, [customer_id]))
    return Conversation(
        id=ConversationId(told["conversation_id"]),
        source=f"live {call.way}",
        turns=(),
        language=call.language or house.language,
        channel=one_of(told.get("channel"), CHANNELS) or "voice",
        started_at=call.begun_at,
        country=told.get("country"),
        customer_id=customer_id,
        agent_id=told.get("agent_id"),
        queue=call.queue,
        lawful_basis=LawfulBasis(name=None) if has_objected else lawful_basis_of(said),
    )


def help_now(tenancy: Tenancy, held: Held, need: HelpNeed, now: datetime) -> Help:
    """Return who can be called now, as the house found the lines."""
    lines = lines_of(tenancy, held.country) if held.country else []
    return help_for(
        held.country, held.session.language, need, now, lines=lines, is_holiday=is_holiday
    )


def truths_now(tenancy: Tenancy, held: Held, now: datetime) -> Truths:
    """Return what is so at this moment, for sentences that may be said only then."""
    line = next(iter(help_now(tenancy, held, "befriending", now).offers), None)
    return Truths(
        queue_waits=n_free(tenancy, CALLS.c.queue == held.call.queue) > 0,
        has_line=line is not None,
        line_is_always_open=line is not None and line.line.hours.is_always_open,
    )


def region_of(language: str | None) -> str | None:
    """Return the country that a language tag names: nl-BE is BE."""
    region = (language or "").partition("-")[2]
    return region.upper() or None


def _session(tenancy: Tenancy, call: Call, head: Conversation, given: Leave) -> Session:
    code = supported(head.language)
    may_read = given.denial is None and code is not None
    own_ms = 0
    if call.agent_key is not None:
        today = call.begun_at.replace(hour=0, minute=0, second=0, microsecond=0)
        own_ms = given_since(tenancy, call.agent_key, today)
    rules = rules_in_force(tenancy)
    return Session(
        conversation=head,
        language=code or OTHERWISE,
        growing=Growing(conversation=head, language=code or OTHERWISE) if may_read else None,
        own=phrases_of(tenancy, code or OTHERWISE),
        rules=rules,
        shown=Shown(most=rules.most_prompts),
        given_this_shift_ms=own_ms,
    )
