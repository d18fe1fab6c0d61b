"""Our own labelled conversations and utterances, as the examples that heads learn from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
import hashlib
import json
from pathlib import Path
from typing import Any

from kindline.model.analysis import BEHAVIOURS
from kindline.model.labels import CUSTOMER_LABELS, UNIONS
from kindline.signals.reason import CODES
from kindline.text.heads import Party

# Labels no command prints: what the conversation-level models need to know about a turn.
REASONS = tuple(f"reason_{code}" for code in CODES)
INNER: Mapping[Party, tuple[str, ...]] = {
    "customer": ("service_request", "support_need", "settles", *UNIONS, *REASONS),
    "agent": ("settles",),
}
LABELS: Mapping[Party, tuple[str, ...]] = {
    "customer": (*CUSTOMER_LABELS, *INNER["customer"]),
    "agent": (*BEHAVIOURS, *INNER["agent"]),
}
NOT_SERVICE = (
    "company_disclosure",
    "social_talk",
    "call_prolonging",
    "crisis_passive",
    "crisis_active",
    "crisis_third_party",
    "abuse",
)
_SUPPORT = frozenset({"sadness", "fear"})
_SHORTEST_REQUEST = 4  # words: below that "yes" and "hello" would count as requests
_OPENING_TURNS = 2
_TEST_SHARE = 5  # one in five is held out


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A turn with what is known of it: label -> True or False; a missing label is unknown."""

    text: str
    labels: Mapping[str, bool]
    story: str
    weight: float = 1.0


def conversations(corpus: Path, language: str, *, split: str) -> tuple[dict[str, Any], ...]:
    """Return the labelled conversations of one split, as they stand in the corpus."""
    return tuple(_items(corpus / language / "conversations.jsonl", split))


def examples(corpus: Path, language: str, party: Party, *, split: str) -> tuple[Example, ...]:
    """Return one example per turn and utterance of a party."""
    name = "utterances.jsonl" if party == "customer" else "agent_utterances.jsonl"
    from_turns = (
        example
        for conversation in conversations(corpus, language, split=split)
        for example in turn_examples(conversation, party)
    )
    from_utterances = (_utterance(item, party) for item in _items(corpus / language / name, split))
    return (*from_turns, *from_utterances)


def split_of(name: str) -> str:
    """
    Return train or test, once and for all, for a situation or the words of an utterance.

    The same situation in two languages lands in the same split.
    """
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16)
    return "test" if number % _TEST_SHARE == 0 else "train"


def last_number(items: Iterable[Mapping[str, Any]]) -> int:
    """Return the highest number in the ids of corpus items, 0 where there are none."""
    return max((int(item["id"].rpartition("-")[2]) for item in items), default=0)


def turn_examples(conversation: Mapping[str, Any], party: Party) -> Iterator[Example]:
    """Return one example per turn of that party, in order."""
    given: dict[int, set[str]] = {}
    for evidence in conversation["evidence"]:
        given.setdefault(evidence["turn"], set()).add(evidence["label"])
    judged = conversation["labels"]
    n_before = 0
    for number, turn in enumerate(conversation["turns"]):
        if turn["party"] != party:
            continue
        own = given.get(number, set())
        labels = {label: label in own for label in LABELS[party] if label not in INNER[party]}
        labels["settles"] = number == judged["resolved_turn"]
        if party == "customer":
            labels |= _inner(own, judged, is_opening=n_before < _OPENING_TURNS) | _united(own)
            if n_before < _OPENING_TURNS:  # where a matter is named; later turns say nothing
                labels |= reason_labels(judged["reason"])
        n_before += 1
        yield Example(text=turn["text"], labels=labels, story=conversation["situation"])


def reason_labels(code: str | None) -> dict[str, bool]:
    """Return what a turn that names a reason tells of every code; nothing where it is unknown."""
    return {} if code is None else {reason: reason == f"reason_{code}" for reason in REASONS}


def _inner(own: set[str], judged: Mapping[str, Any], *, is_opening: bool) -> dict[str, bool]:
    labels = {}
    if not judged["service_problem"]:
        labels["service_request"] = False
    elif is_opening and own.isdisjoint(
        NOT_SERVICE
    ):  # a turn may hold a matter and company: unknown
        labels["service_request"] = True
    if not judged["support"]:
        labels["support_need"] = False
    elif own & _SUPPORT:
        labels["support_need"] = True
    return labels


def _united(own: set[str]) -> dict[str, bool]:
    return {union: not own.isdisjoint(parts) for union, parts in UNIONS.items()}


def _utterance(item: Mapping[str, Any], party: Party) -> Example:
    own = set(item["labels"])
    labels = {label: label in own for label in LABELS[party] if label not in INNER[party]}
    if party == "customer":
        if not own.isdisjoint(NOT_SERVICE):
            labels["service_request"] = False
        elif own == {"none"} and len(item["text"].split()) >= _SHORTEST_REQUEST:
            labels["service_request"] = True
        labels["support_need"] = bool(own & _SUPPORT)
        labels |= _united(own)
    return Example(text=item["text"], labels=labels, story=item["id"])


def _items(path: Path, split: str) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            if item["split"] == split:
                yield item
