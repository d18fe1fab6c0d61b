"""
A language model asked about what we were unsure of, and believed only where it can show the words.

Off unless an endpoint is set. It sees the turns of conversations with an unsure need, without ids,
and answers in a fixed form. A quote that does not stand in the turn it names drops the whole
answer. Crisis is never asked about, and a conversation with a cue is never shown: there is no
all-clear to be had, and those words are for few eyes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
import json
from typing import Any

from kindline.errors import PolicyError, UnavailableError
from kindline.model.analysis import NEEDS, Analysis, Label, Need
from kindline.model.conversation import Conversation
from kindline.model.finding import Finding
from kindline.net import fetched, is_local
from kindline.policy import Policy

REASON = "second_opinion"
_ASKED: Mapping[Need, str] = {
    "service": "there is a matter to settle; a pretext or a trivial question to have someone on "
    "the line is none",
    "companionship": "the customer made contact, or stayed, for company; living alone, small talk "
    "by the agent or a lonely third person is not that",
    "support": "the customer needed comfort about something from the person on the line",
}
_MOST_QUOTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to ask: any server that answers as OpenAI's chat completions do."""

    address: str
    model: str
    key: str | None = None


@dataclass(slots=True)
class Asked:
    """What asking came to: conversations asked about, answers dropped, tokens spent."""

    n_asked: int = 0
    n_changed: int = 0
    n_dropped: int = 0
    n_tokens: int = 0

    def __str__(self) -> str:
        return (
            f"second opinion: {self.n_asked} asked, {self.n_changed} changed, "
            f"{self.n_dropped} dropped, {self.n_tokens} tokens"
        )


def check(endpoint: Endpoint, rules: Policy) -> None:
    """Refuse an endpoint elsewhere where the policy keeps words on the machine."""
    if rules.second_opinion == "local" and not is_local(endpoint.address):
        raise PolicyError(f"policy {rules.name}: a second opinion must come from this machine")


def asked(
    conversation: Conversation, analysis: Analysis, endpoint: Endpoint, tally: Asked
) -> Analysis:
    """Return the analysis, its unsure needs settled where the answer shows its words."""
    unsure: list[Need] = [need for need in NEEDS if analysis.need(need).state == "unsure"]
    if analysis.status != "analysed" or analysis.crisis.state == "cue" or not unsure:
        return analysis
    tally.n_asked += 1
    try:
        answer = _answer(conversation, unsure, endpoint, tally)
        labels = {
            need: _label(analysis.need(need), answer[need], need, conversation) for need in unsure
        }
    except (UnavailableError, ValueError, LookupError, TypeError, AttributeError):
        tally.n_dropped += 1
        return analysis
    tally.n_changed += 1
    stamped = {**analysis.versions, REASON: endpoint.model}
    return replace(
        analysis,
        service=labels.get("service", analysis.service),
        companionship=labels.get("companionship", analysis.companionship),
        support=labels.get("support", analysis.support),
        versions=stamped,
    )


def completed(endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> str:
    """Return what a model answers to messages; raises UnavailableError where it cannot be had."""
    told = _posted(endpoint, {"model": endpoint.model, "temperature": 0, "messages": messages})
    try:
        return str(told["choices"][0]["message"]["content"])
    except (LookupError, TypeError) as error:
        raise UnavailableError("the model answered in another form") from error


def _posted(endpoint: Endpoint, body: Mapping[str, Any]) -> Any:
    headers = {"Content-Type": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    address = f"{endpoint.address.rstrip('/')}/chat/completions"
    return json.loads(fetched(address, body=json.dumps(body).encode(), headers=headers))


def _answer(
    conversation: Conversation, unsure: Sequence[Need], endpoint: Endpoint, tally: Asked
) -> Mapping[str, Any]:
    told = _posted(endpoint, _question(conversation, unsure, endpoint.model))
    tally.n_tokens += int(told.get("usage", {}).get("total_tokens", 0))
    answer: Mapping[str, Any] = json.loads(told["choices"][0]["message"]["content"])
    return answer


def _question(conversation: Conversation, unsure: Sequence[Need], model: str) -> dict[str, Any]:
    turns = [
        {"turn": number, "party": turn.role, "text": turn.text}
        for number, turn in enumerate(conversation.turns)
    ]
    return {
        "model": model,
        "temperature": 0,
        "messages": [
            {
                "role": "system",
                "content": "You read one conversation of a contact centre. For each need, say "
                "whether it is present, with quotes of the customer copied letter by letter. "
                + "; ".join(f"{need}: {_ASKED[need]}" for need in unsure),
            },
            {"role": "user", "content": json.dumps(turns, ensure_ascii=False)},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "needs", "strict": True, "schema": _schema(unsure)},
        },
    }


def _schema(unsure: Sequence[Need]) -> dict[str, Any]:
    quote = _object({"turn": {"type": "integer"}, "quote": {"type": "string"}})
    need = _object(
        {
            "present": {"type": "boolean"},
            "quotes": {"type": "array", "items": quote, "maxItems": _MOST_QUOTES},
        }
    )
    return _object(dict.fromkeys(unsure, need))


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _label(ours: Label, answer: Mapping[str, Any], need: Need, conversation: Conversation) -> Label:
    """Return our label with their answer; ValueError where a quote is not the customer's words."""
    is_present = answer["present"]
    if not isinstance(is_present, bool):
        raise TypeError("present is neither true nor false")
    found = tuple(_finding(quote, need, conversation) for quote in answer["quotes"])
    if is_present and not found:
        raise ValueError("a need without words")
    return replace(
        ours,
        state="present" if is_present else "absent",
        reasons=(*ours.reasons, REASON),
        findings=(*found, *ours.findings),
    )


def _finding(quote: Mapping[str, Any], need: Need, conversation: Conversation) -> Finding:
    """Return where the words stand; their weight is 0, as no model of ours weighed them."""
    number, words = int(quote["turn"]), str(quote["quote"])
    turn = conversation.turns[number]
    start = turn.text.index(words)
    if number < 0 or turn.role != "customer" or not words.strip():
        raise ValueError("not words of the customer")
    return Finding(
        signal=f"{REASON}.{need}",
        weight=0.0,
        turn=number,
        start=start,
        end=start + len(words),
        quote=words,
    )
