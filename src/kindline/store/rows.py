"""A conversation and its analysis as a row: what stands in the clear, what is sealed or blinded."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
import hashlib
import json
from typing import Any

from kindline.contract import Json, agent_as_json, as_json
from kindline.model.analysis import NEEDS, AgentBehaviours, Analysis, Roles
from kindline.model.conversation import Conversation, HeardWord, Role, Turn
from kindline.store.database import Tenancy
from kindline.store.sealing import Seal
from kindline.store.tables import SEALED

EFFORTS = ("tried_self_service", "other_channels", "repeat_contact")


def version_key(versions: Mapping[str, str], policy: str, basis: str | None) -> str:
    """
    Return a hash of everything but the content that a result depends on.

    A second opinion is left out: nobody is asked twice because they were asked once.
    """
    made_by = {name: version for name, version in versions.items() if name != "second_opinion"}
    text = json.dumps([made_by, policy, basis], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def in_utc(time: datetime) -> datetime:
    """Return the time in UTC; SQLite gives it back without its zone, which was that."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """
    A conversation with its analysis in contract keys, and the roles that was made by.

    Of a denied one the words may be gone already: the hashes are of what it was.
    """

    conversation: Conversation
    told: Json
    roles: Roles
    content_hash: str
    words_hash: str | None


def judged_from(conversation: Conversation, analysis: Analysis) -> Judged:
    """Return an analysis as it is stored."""
    return Judged(
        conversation=conversation,
        told=as_json(analysis),
        roles=analysis.roles,
        content_hash=conversation.content_hash,
        words_hash=conversation.words_hash,
    )


def row_of(tenancy: Tenancy, judged: Judged, seal: Seal, now: datetime) -> dict[str, Any]:
    """Return a row: states, times and queue in the clear, the rest sealed or blinded."""
    conversation, told, roles = judged.conversation, judged.told, judged.roles
    started_at = conversation.started_at and in_utc(conversation.started_at)
    is_denied = told["status"] == "denied"
    handling = {} if is_denied else _handling(conversation)
    return {
        "tenant_id": tenancy.tenant,
        "conversation_id": told["conversation_id"],
        "content_hash": judged.content_hash,
        "version_key": version_key(told["versions"], told["policy"], told["basis"]),
        "status": told["status"],
        "denied_because": told.get("denied_because"),
        "country": conversation.country,
        "queue": conversation.queue,
        "started_at": started_at,
        "happened_at": started_at or now,
        "length_ms": None if is_denied else conversation.length_ms,
        **states_of(told, handling),
        "policy": told["policy"],
        "basis": told["basis"],
        "stored_at": now,
        "agent_key": tenancy.blind("agent", handling.get("agent_id")),
        "customer_key": tenancy.blind("customer", handling.get("customer_id")),
        "words_key": tenancy.blind("words", judged.words_hash),
        **(_nothing_but(told, seal) if is_denied else _held(conversation, roles, told, seal)),
        **({} if is_denied else {"handling": seal.closed("handling", handling)}),
    }


def states_of(told: Mapping[str, Any], handling: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is counted and filtered by, from an analysis in contract keys; no word of it."""
    emotions, effort, dynamics = told["emotions"], told["effort"], told["dynamics"]
    talk_ms: Mapping[str, int] = dynamics["talk_ms"] or {}
    return {
        "language": told["language"],
        "channel": told["channel"],
        "n_turns": told["n_turns"],
        **{need: told["needs"][need]["state"] for need in NEEDS},
        "crisis": told["crisis"]["state"],
        "abuse": told["abuse"]["state"],
        "swearing": told["abuse"]["swearing"],
        "arrival": emotions["arrival"],
        "departure": emotions["departure"],
        "emotions": "|".join(emotions["present"]) if emotions["state"] == "assessed" else None,
        "felt_heard": told["felt_heard"]["state"],
        **{name: effort[name] for name in EFFORTS},
        "resolution": told["resolution"]["state"],
        "ms_after_resolution": told["resolution"]["ms_after"],
        "reason": told["reason"]["primary"],
        "loyalty": told["loyalty"]["state"],
        "customer_talk_ms": talk_ms.get("customer"),
        "agent_talk_ms": talk_ms.get("agent"),
        "silence_ms": dynamics["silence_ms"],
        "hold_ms": dynamics["hold_ms"],
        "after_call_work_ms": handling.get("after_call_work_ms"),
    }


def _nothing_but(told: Json, seal: Seal) -> dict[str, bytes | None]:
    """Return what is kept of a denied conversation: that it was, and no more."""
    return dict.fromkeys(SEALED) | {"analysis": seal.closed("analysis", told)}


def _held(
    conversation: Conversation, roles: Roles, told: Json, seal: Seal
) -> dict[str, bytes | None]:
    words = [_turn(turn, roles.of(turn)) for turn in conversation.turns]
    carried = json.loads(conversation.carried)
    without = told | {"agent": agent_as_json(AgentBehaviours())}
    return {
        "analysis": seal.closed("analysis", without),
        "behaviours": seal.closed("behaviours", told["agent"]),
        "turns": seal.closed("turns", words),
        "carried": seal.closed("carried", carried) if carried else None,
    }


def _handling(conversation: Conversation) -> dict[str, Any]:
    """Return what surrounds a contact, without what nobody told."""
    told = conversation.handling
    found = {} if told is None else asdict(told)
    found |= {"agent_id": conversation.agent_id, "customer_id": conversation.customer_id}
    return {name: value for name, value in found.items() if value not in (None, {})}


def _turn(turn: Turn, role: Role) -> dict[str, Any]:
    """Return a turn in the keys of the plain format."""
    place = turn.interval
    times = {} if place is None else {"start_ms": place.start_ms, "end_ms": place.end_ms}
    sure = {} if turn.confidence is None else {"confidence": turn.confidence}
    heard = {"words": [_word(word) for word in turn.words]} if turn.words else {}
    blots = {"blots": [list(blot) for blot in turn.blots]} if turn.blots else {}
    return {"party": role, "text": turn.text, **times, **sure, **heard, **blots}


def _word(word: HeardWord) -> list[float | int | None]:
    """Return a recogniser's word as the plain format has it."""
    place = word.interval
    times = (None, None) if place is None else (place.start_ms, place.end_ms)
    sure = None if word.confidence is None else round(word.confidence, 3)
    return [word.start, word.end, *times, sure]
