"""Analyses in the keys of docs/contract.md, as plain JSON-ready dictionaries."""

from collections.abc import Iterable
from typing import Any

from kindline.errors import InputError, MalformedInputError
from kindline.model.analysis import (
    BEHAVIOURS,
    Abuse,
    AgentBehaviours,
    Analysis,
    Crisis,
    Dynamics,
    Emotions,
    Label,
)
from kindline.model.conversation import Conversation
from kindline.model.finding import Finding

Json = dict[str, Any]


def as_json(analysis: Analysis) -> Json:
    """Return one analysis in the contract's keys."""
    denied = {"denied_because": analysis.denied_because} if analysis.denied_because else {}
    return {
        "status": analysis.status,
        **denied,
        "conversation_id": analysis.conversation_id,
        "source": analysis.source,
        "language": analysis.language,
        "channel": analysis.channel,
        "n_turns": analysis.n_turns,
        "policy": analysis.policy,
        "basis": analysis.basis,
        "versions": dict(analysis.versions),
        "needs": {
            "service": _label(analysis.service),
            "companionship": _label(analysis.companionship),
            "support": _label(analysis.support),
        },
        "crisis": _crisis(analysis.crisis),
        "abuse": _abuse(analysis.abuse),
        "emotions": _emotions(analysis.emotions),
        "agent": agent_as_json(analysis.agent),
        "felt_heard": {
            "state": analysis.felt_heard.state,
            "findings": _findings(analysis.felt_heard.findings),
        },
        "effort": {
            "state": analysis.effort.state,
            "tried_self_service": analysis.effort.tried_self_service,
            "other_channels": analysis.effort.other_channels,
            "repeat_contact": analysis.effort.repeat_contact,
            "findings": _findings(analysis.effort.findings),
        },
        "resolution": {
            "state": analysis.resolution.state,
            "resolved_turn": analysis.resolution.resolved_turn,
            "share_after": analysis.resolution.share_after,
            "ms_after": analysis.resolution.ms_after,
            "findings": _findings(analysis.resolution.findings),
        },
        "reason": {
            "state": analysis.reason.state,
            "primary": analysis.reason.primary,
            "secondary": analysis.reason.secondary,
            "findings": _findings(analysis.reason.findings),
        },
        "loyalty": {
            "state": analysis.loyalty.state,
            "findings": _findings(analysis.loyalty.findings),
        },
        "dynamics": _dynamics(analysis.dynamics),
        "roles": {
            "state": analysis.roles.state,
            "told_by": analysis.roles.told_by,
            "confidence": analysis.roles.confidence,
            "findings": _findings(analysis.roles.findings),
        },
    }


def rejected_as_json(error: InputError, source: str) -> Json:
    """Return a rejected record: where, what kind of thing was found, what was expected."""
    if isinstance(error, MalformedInputError):
        return {
            "status": "rejected",
            "source": error.source,
            "record": error.record,
            "field": error.field,
            "found": error.found,
            "expected": error.expected,
        }
    named = {"record": None, "field": None, "found": type(error).__name__, "expected": None}
    return {"status": "rejected", "source": source, **named}


def duplicate_as_json(conversation: Conversation, twin: str) -> Json:
    """Return a copy of a contact read before under another id: it is counted and not analysed."""
    return {
        "status": "duplicate",
        "source": conversation.source,
        "conversation_id": conversation.id,
        "duplicate_of": twin,
    }


def _label(label: Label) -> Json:
    return {
        "state": label.state,
        "probability": label.probability,
        "reasons": list(label.reasons),
        "findings": _findings(label.findings),
    }


def _crisis(crisis: Crisis) -> Json:
    return {
        "state": crisis.state,
        "level": crisis.level,
        "probability": crisis.probability,
        "reasons": list(crisis.reasons),
        "findings": _findings(crisis.findings),
    }


def _abuse(abuse: Abuse) -> Json:
    return {**_label(abuse.label), "swearing": abuse.has_swearing}


def _emotions(emotions: Emotions) -> Json:
    return {
        "state": emotions.state,
        "arrival": emotions.arrival,
        "departure": emotions.departure,
        "present": list(emotions.present),
        "course": [
            {"turn": feeling.turn, "sentiment": feeling.sentiment, "labels": dict(feeling.emotions)}
            for feeling in emotions.course
        ],
        "findings": _findings(emotions.findings),
    }


def agent_as_json(agent: AgentBehaviours) -> Json:
    """Return what an agent did in the contract's keys."""
    return {
        "state": agent.state,
        **{name: list(agent.turns.get(name, ())) for name in BEHAVIOURS},
        "findings": _findings(agent.findings),
    }


def _dynamics(dynamics: Dynamics) -> Json:
    return {
        "state": dynamics.state,
        "talk_ms": None if dynamics.talk_ms is None else dict(dynamics.talk_ms),
        "silence_ms": dynamics.silence_ms,
        "overlap_ms": dynamics.overlap_ms,
        "n_interruptions": (
            None if dynamics.n_interruptions is None else dict(dynamics.n_interruptions)
        ),
        "longest_customer_turn_ms": dynamics.longest_customer_turn_ms,
        "hold_ms": dynamics.hold_ms,
        "longest_silence_ms": dynamics.longest_silence_ms,
        "n_long_silences": dynamics.n_long_silences,
    }


def _findings(findings: Iterable[Finding]) -> list[Json]:
    return [
        {
            "signal": signal,
            "turn": turn,
            "start": start,
            "end": end,
            "quote": quote,
            "value": value,
            "weight": weight,
            "confidence": confidence,
        }
        for signal, weight, turn, start, end, quote, value, confidence in findings
    ]
