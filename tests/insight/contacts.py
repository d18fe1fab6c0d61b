"""Contacts of agents at a time, stored without analysing words: what they bring is said."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from kindline.model.analysis import Abuse, Analysis, Crisis, Dynamics, Label, Resolution
from kindline.model.conversation import Conversation, ConversationId, LawfulBasis, Turn
from kindline.model.finding import Finding
from kindline.model.interval import Interval
from kindline.store.conversations import save
from kindline.store.database import Store

_FOUND = (Finding(signal="said", weight=1.0, value=1.0),)
_THERE = Label(state="present", probability=1.0, findings=_FOUND)
_LENGTH_MS = 6 * 60_000
_HALF_MS = _LENGTH_MS // 2
_NOT = Label(state="absent", probability=0.0)


def put(store: Store, agent: str, at: datetime, **brought: bool) -> None:
    """Store a contact of six minutes that an agent took at a time."""
    put_all(store, [contact(agent, at, **brought)])


def put_all(store: Store, some: Sequence[tuple[Conversation, Analysis]]) -> None:
    """Store contacts, as of the day after the last."""
    now = max(one.started_at for one, _ in some if one.started_at is not None)
    with store.begin() as tenancy:
        save(tenancy, some, now=now + timedelta(days=1))


def contact(
    agent: str,
    at: datetime,
    *,
    is_company: bool = False,
    has_abuse: bool = False,
    has_risk: bool = False,
) -> tuple[Conversation, Analysis]:
    """Return a contact of six minutes and what it brought."""
    identity = f"{agent}-{at:%Y%m%d%H%M%S}-{Random().randrange(10**9)}"  # noqa: S311 -- no secret
    turns = (
        Turn(role="customer", text="a", interval=Interval(start_ms=0, end_ms=_HALF_MS)),
        Turn(role="agent", text="b", interval=Interval(start_ms=_HALF_MS, end_ms=_LENGTH_MS)),
    )
    one = Conversation(
        id=ConversationId(identity),
        source="test",
        turns=turns,
        language="en",
        channel="voice",
        started_at=at,
        lawful_basis=LawfulBasis(name="consent"),
        agent_id=agent,
    )
    crisis = Crisis(state="cue", level="passive", probability=1.0, findings=_FOUND)
    analysis = Analysis(
        status="analysed",
        conversation_id=one.id,
        source="test",
        language="en",
        channel="voice",
        n_turns=2,
        policy="eu-consented",
        basis="consent",
        versions={"kindline": "test"},
        service=_THERE,
        companionship=_THERE if is_company else _NOT,
        support=_NOT,
        crisis=crisis if has_risk else Crisis(state="no_cue_found", probability=0.0),
        abuse=Abuse(label=_THERE if has_abuse else _NOT, has_swearing=False),
        resolution=Resolution(state="settled", resolved_turn=1, share_after=0.5, ms_after=_HALF_MS),
        dynamics=Dynamics(state="assessed", talk_ms={"customer": _HALF_MS, "agent": _HALF_MS}),
    )
    return one, analysis
