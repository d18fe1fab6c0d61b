"""
One pass over the words of many conversations: what each turn holds, how probably, and where.

Everything a signal may know of the words is in a `Reading`. Customer turns are read with the
customer's heads, agent turns with the agent's; turns whose speaker is unknown are read by neither,
because half of them are an agent's.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import json
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from kindline.model.conversation import Conversation
from kindline.text.cues import Hit, matcher
from kindline.text.encoder import encode
from kindline.text.fold import fold_batch
from kindline.text.heads import Party, heads

FLOOR = 0.1  # below this a label is not evidence for anything; our choice, no origin yet
_BATCH_TURNS = 512  # fits the second-level cache; bench/encoder.py
_SENTENCE = re.compile(r"[^.!?…\s][^.!?…]*[.!?…]*[\"»”')\]]*")
_POSITIVE = ("gratitude", "joy", "relief")
_NEGATIVE = ("anger", "frustration", "impatience", "sadness", "fear", "disappointment")
_CUE_OF = {"settles": "settled"}

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A label in a turn: how probable it is there, and the sentence that shows it best."""

    turn: int
    probability: float
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A phrase of a cue list that is no label of its own, such as a closing or a reason."""

    turn: int
    is_strong: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    A conversation, read.

    `evidence` holds, per label, the turns where it is at least `FLOOR` probable, in order;
    `mentions` the phrases, per cue list; `sentiment` a number -1..1 per customer turn;
    `n_words` the length of every turn.
    """

    conversation: Conversation
    language: str
    customer_turns: tuple[int, ...]
    agent_turns: tuple[int, ...]
    evidence: Mapping[str, tuple[Evidence, ...]]
    mentions: Mapping[str, tuple[Mention, ...]]
    sentiment: Mapping[int, float]
    n_words: tuple[int, ...]

    def ranked(self, label: str, within: Collection[int] | None = None) -> list[Evidence]:
        """Return the turns with the label, most probable first; only turns `within`, if given."""
        found = self.evidence.get(label, ())
        if within is not None:
            found = tuple(seen for seen in found if seen.turn in within)
        return sorted(found, key=lambda seen: -seen.probability)

    def best(self, label: str, within: Collection[int] | None = None) -> float:
        """Return the highest probability of the label in any turn, 0 when there is none."""
        ranked = self.ranked(label, within)
        return ranked[0].probability if ranked else 0.0

    def shown(self, label: str, party: Party) -> list[Evidence]:
        """Return the turns in which the label counts as shown, in order."""
        least = threshold(party, label)
        return [seen for seen in self.evidence.get(label, ()) if seen.probability >= least]


@dataclass(frozen=True, slots=True)
class Scored:
    """Turns of one party in one language with the probability of every label of that party."""

    labels: tuple[str, ...]
    probability: Probabilities
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Calibration:
    """How head and cues add up to one probability, per label, as arrays in label order."""

    head: npt.NDArray[np.float32]
    strong: npt.NDArray[np.float32]
    weak: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    present: npt.NDArray[np.float32]


Scorer = Callable[[Sequence[str], str, Party], Scored]


def score(texts: Sequence[str], language: str, party: Party) -> Scored:
    """Return the calibrated probability of every label of a party in every text."""
    parts = [
        _score(texts[i : i + _BATCH_TURNS], i, language, party)
        for i in range(0, len(texts), _BATCH_TURNS)
    ]
    if not parts:
        labels = heads(language, party).labels
        nothing = np.zeros((0, len(labels)), dtype=np.float32)
        return Scored(labels, nothing, ())
    return Scored(
        labels=parts[0].labels,
        probability=np.concatenate([part.probability for part in parts]),
        hits=tuple(hit for part in parts for hit in part.hits),
    )


def threshold(party: Party, label: str) -> float:
    """Return the probability from which a single turn counts as showing the label."""
    return float(calibration_file()[party][label]["present"])


def read(
    conversations: Sequence[Conversation], language: str, scorer: Scorer = score
) -> list[Reading]:
    """Return the readings of conversations that are all in one language."""
    found: dict[Party, list[_Found]] = {}
    for party in ("customer", "agent"):
        places = [
            (number, turn)
            for number, conversation in enumerate(conversations)
            for turn, said in enumerate(conversation.turns)
            if said.role == party
        ]
        texts = [conversations[number].turns[turn].text for number, turn in places]
        scored = scorer(texts, language, party)
        found[party] = _by_conversation(len(conversations), places, texts, scored, language, party)
    return [
        _reading(conversation, language, customer, agent)
        for conversation, customer, agent in zip(
            conversations, found["customer"], found["agent"], strict=True
        )
    ]


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of a text; the whole stripped text when it has no marks."""
    spans = [_stripped(text, match.start(), match.end()) for match in _SENTENCE.finditer(text)]
    return [span for span in spans if span[0] < span[1]]


@cache
def calibration_file() -> Mapping[str, Any]:
    """Return what training wrote about turns: calibration, thresholds, version."""
    raw = files("kindline.text").joinpath("weights", "turns.json").read_text("utf-8")
    content: Mapping[str, Any] = json.loads(raw)
    return content


class _Found:
    """What was found in one conversation's turns of one party, while it is being gathered."""

    __slots__ = ("evidence", "mentions", "sentiment", "turns")

    def __init__(self) -> None:
        self.turns: list[int] = []
        self.evidence: dict[str, list[Evidence]] = {}
        self.mentions: dict[str, list[Mention]] = {}
        self.sentiment: dict[int, float] = {}


def _score(texts: Sequence[str], offset: int, language: str, party: Party) -> Scored:
    batch = fold_batch(texts)
    model = heads(language, party)
    log_odds = model.log_odds(encode(batch))
    hits = tuple(matcher(language).hits(batch))
    strong, weak = _cue_counts(hits, len(texts), model.labels)
    weights = _calibration(party, model.labels)
    total = log_odds * weights.head + strong * weights.strong + weak * weights.weak + weights.bias
    probability: Probabilities = (1 / (1 + np.exp(-total))).astype(np.float32)
    moved = tuple(
        Hit(row=h.row + offset, cue=h.cue, is_strong=h.is_strong, start=h.start, end=h.end)
        for h in hits
    )
    return Scored(model.labels, probability, moved if offset else hits)


def _cue_counts(
    hits: Iterable[Hit], n_texts: int, labels: tuple[str, ...]
) -> tuple[Probabilities, Probabilities]:
    """Return whether each text has a strong, and a weak, cue of each label."""
    column = {_CUE_OF.get(label, label): number for number, label in enumerate(labels)}
    strong = np.zeros((n_texts, len(labels)), dtype=np.float32)
    weak = np.zeros((n_texts, len(labels)), dtype=np.float32)
    for hit in hits:
        place = column.get(hit.cue)
        if place is not None:
            (strong if hit.is_strong else weak)[hit.row, place] = 1
    return strong, weak


@cache
def _calibration(party: Party, labels: tuple[str, ...]) -> _Calibration:
    stored = calibration_file()[party]
    columns = {
        key: np.array([stored[label][key] for label in labels], dtype=np.float32)
        for key in ("head", "strong", "weak", "bias", "present")
    }
    return _Calibration(**columns)


def _by_conversation(
    n_conversations: int,
    places: Sequence[tuple[int, int]],
    texts: Sequence[str],
    scored: Scored,
    language: str,
    party: Party,
) -> list[_Found]:
    found = [_Found() for _ in range(n_conversations)]
    for number, turn in places:
        found[number].turns.append(turn)
    spans = _spans(texts, scored, language, party)
    for (row, column), (start, end) in spans.items():
        number, turn = places[row]
        seen = Evidence(
            turn=turn, probability=float(scored.probability[row, column]), start=start, end=end
        )
        found[number].evidence.setdefault(scored.labels[column], []).append(seen)
    named = {_CUE_OF.get(label, label) for label in scored.labels}
    for hit in scored.hits:
        if hit.cue not in named:
            number, turn = places[hit.row]
            mention = Mention(turn=turn, is_strong=hit.is_strong, start=hit.start, end=hit.end)
            found[number].mentions.setdefault(hit.cue, []).append(mention)
    if party == "customer":
        for (number, turn), value in zip(places, _sentiment(scored).tolist(), strict=True):
            found[number].sentiment[turn] = round(value, 3)
    return found


def _sentiment(scored: Scored) -> Probabilities:
    """Return, per text, the chance of a good feeling minus the chance of a bad one."""

    def any_of(labels: tuple[str, ...]) -> Probabilities:
        columns = [scored.labels.index(label) for label in labels]
        return np.asarray(1 - np.prod(1 - scored.probability[:, columns], axis=1))

    return any_of(_POSITIVE) - any_of(_NEGATIVE)


def _spans(
    texts: Sequence[str], scored: Scored, language: str, party: Party
) -> dict[tuple[int, int], tuple[int, int]]:
    """Return, for every label that fired, the sentence that shows it best."""
    rows, columns = np.nonzero(scored.probability >= FLOOR)
    fired = list(zip(rows.tolist(), columns.tolist(), strict=True))
    split = {row: sentences(texts[row]) for row in dict.fromkeys(rows.tolist())}
    parts = [(row, span) for row, spans in split.items() if len(spans) > 1 for span in spans]
    said = [texts[row][start:end] for row, (start, end) in parts]
    model = heads(language, party)
    odds = model.log_odds(encode(fold_batch(said))) if said else None
    first: dict[int, int] = {}
    for number, (row, _) in enumerate(parts):
        first.setdefault(row, number)
    cued = _cued(scored)
    result: dict[tuple[int, int], tuple[int, int]] = {}
    for row, column in fired:
        spans = split[row]
        at = cued.get((row, column))
        if len(spans) <= 1 or odds is None:
            result[row, column] = spans[0] if spans else (0, len(texts[row]))
        elif at is not None:
            result[row, column] = next((s for s in spans if s[0] <= at < s[1]), spans[0])
        else:
            block = odds[first[row] : first[row] + len(spans), column]
            result[row, column] = spans[int(block.argmax())]
    return result


def _cued(scored: Scored) -> dict[tuple[int, int], int]:
    """Return where the first strong cue of a label stands in each text."""
    column = {_CUE_OF.get(label, label): number for number, label in enumerate(scored.labels)}
    places: dict[tuple[int, int], int] = {}
    for hit in scored.hits:
        if hit.is_strong and hit.cue in column:
            places.setdefault((hit.row, column[hit.cue]), hit.start)
    return places


def _reading(conversation: Conversation, language: str, customer: _Found, agent: _Found) -> Reading:
    evidence = {label: tuple(seen) for label, seen in customer.evidence.items()}
    for label, seen in agent.evidence.items():
        both = (*evidence.get(label, ()), *seen)
        evidence[label] = tuple(sorted(both, key=lambda found: found.turn))
    mentions = {f"customer.{cue}": tuple(seen) for cue, seen in customer.mentions.items()}
    mentions |= {f"agent.{cue}": tuple(seen) for cue, seen in agent.mentions.items()}
    return Reading(
        conversation=conversation,
        language=language,
        customer_turns=tuple(customer.turns),
        agent_turns=tuple(agent.turns),
        evidence=evidence,
        mentions=mentions,
        sentiment=customer.sentiment,
        n_words=tuple(turn.text.count(" ") + 1 for turn in conversation.turns),
    )


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
