"""
What may leave of a conversation.

What agents did stays: the policy shows it to the agent alone, and a table of it would rank people.
A crisis cue leaves for the role that the policy names. Words leave, or empty places in their stead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
import json
from typing import Any

from kindline.policy import is_refusal, profile
from kindline.records import as_list, as_object
from kindline.store.conversations import Stored

Turns = Sequence[Mapping[str, Any]]


def seen_by(role: str | None, one: Stored) -> Stored:
    """Return what that role may see of it: nothing an agent did, a crisis only where allowed."""
    may_see_crisis = role in profile(one.analysis["policy"]).seen_by["crisis"]
    kept = {name: block for name, block in one.analysis.items() if name != "agent"}
    kept["dynamics"] = _without_agents_interruptions(kept["dynamics"])
    if may_see_crisis:
        return replace(one, analysis=kept)
    del kept["crisis"]
    return replace(one, analysis=_without_crisis(kept))


def _without_agents_interruptions(dynamics: Mapping[str, Any]) -> dict[str, Any]:
    """Return talk and silence without how often the agent cut in: that is what an agent did."""
    counts = as_object(dynamics["n_interruptions"])
    theirs = counts and {role: n for role, n in counts.items() if role != "agent"}
    return {**dynamics, "n_interruptions": theirs}


def _without_crisis(value: Any) -> Any:
    """Return a contract object without what speaks of a crisis elsewhere: findings, reasons."""
    inner, items = as_object(value), as_list(value)
    if inner is not None:
        return {key: _without_crisis(part) for key, part in inner.items()}
    if items is None:
        return value
    return [_without_crisis(item) for item in items if not _tells_of_crisis(item)]


def _tells_of_crisis(item: Any) -> bool:
    told = item if isinstance(item, str) else (as_object(item) or {}).get("signal")
    return "crisis" in str(told)


def basis_of(one: Stored) -> Any:
    """
    Return the lawful basis as the input stated it, or the name it was judged on.

    A contact that refused says so. Terms in several attachments are summed up by nobody: None.
    """
    if one.analysis["status"] == "denied" and is_refusal(one.analysis["denied_because"]):
        return "denied"
    attachments = bases_of(one)
    if not attachments:
        return one.carried.get("lawful_basis", one.analysis["basis"])
    body = attachments[0].get("body") if len(attachments) == 1 else None
    return json.loads(body) if isinstance(body, str) else body


def bases_of(one: Stored) -> list[Mapping[str, Any]]:
    """Return the lawful-basis attachments of a vCon as they were."""
    attachments = map(as_object, as_list(one.carried.get("attachments")) or ())
    return [
        found
        for found in attachments
        if found is not None and "lawful_basis" in (found.get("purpose"), found.get("type"))
    ]


def words_of(one: Stored, *, has_words: bool) -> tuple[Mapping[str, Any], Turns]:
    """
    Return the analysis and the turns, with their words or with empty places.

    Turns whose words are gone already, or of a denied conversation, are empty places of nobody.
    """
    gone = ({"party": "unknown", "text": ""},) * int(one.analysis["n_turns"])
    turns = gone if one.turns is None else one.turns
    if has_words:
        return one.analysis, turns
    return unquoted(one.analysis), tuple({**turn, "text": ""} for turn in turns)


def unquoted(value: Any) -> Any:
    """Return a contract object whose findings name their turn and quote nothing."""
    inner, items = as_object(value), as_list(value)
    if inner is not None:
        hidden = {"quote": None, "start": None, "end": None} if "quote" in inner else {}
        return {key: unquoted(part) for key, part in inner.items()} | hidden
    return value if items is None else [unquoted(item) for item in items]
