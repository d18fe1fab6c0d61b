"""
One pass over the words of many conversations: what each turn holds, how probably, and where.

Everything a signal may know of the words is in a `Reading`. Customer turns are read with the
customer's heads, agent turns with the agent's; turns whose speaker is unknown are read by neither,
because half of them are an agent's.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from kindline.model.conversation import Conversation, Turn
from kindline.text.heads import Party
from kindline.text.scoring import Probabilities, Scored, Scorer, columns_of_cues, score, threshold

if TYPE_CHECKING:
    from kindline.text.decision import Decision

EDGE = 2  # customer turns in which one arrives, and in which one leaves (CORPUS_GUIDE)
FLOOR = 0.1  # below this a label is not evidence for anything; our choice, no origin yet
_CRISIS_FLOOR = 0.03  # a crisis is often said in two faint sentences; our choice, no origin yet
_WEAK = 0.25  # of a strong phrase; our choice, no origin yet
_OURS: Mapping[str, "Decision"] = {}  # in place of ours stands nothing
_POSITIVE = ("gratitude", "joy", "relief")
_NEGATIVE = ("anger", "frustration", "impatience", "sadness", "fear", "disappointment")

_Place = tuple[int, int]  # number of a conversation, number of a turn in it


class Evidence(NamedTuple):
    """A label in a turn: how probable it is there, and the sentence that shows it best."""

    probability: float
    turn: int
    start: int
    end: int


class Feature(NamedTuple):
    """A number a decision rests on, and where it stands; without a place it is structure."""

    value: float
    place: Evidence | None = None


NOTHING = Feature(0.0)

# as `Evidence._make`, in half the time
_as_evidence: Callable[[Iterable[Any]], Evidence] = partial(cast(Any, tuple).__new__, Evidence)


class Mention(NamedTuple):
    """A phrase of a cue list that is no label of its own, such as a closing or a reason."""

    turn: int
    is_strong: bool
    start: int
    end: int

    @property
    def strength(self) -> float:
        """Return how much the phrase tells, 0..1."""
        return 1.0 if self.is_strong else _WEAK

    def as_evidence(self) -> Evidence:
        """Return the phrase as evidence of its own."""
        return Evidence(self.strength, self.turn, self.start, self.end)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """
    A conversation, read.

    `evidence` holds, per label, the turns where it is probable enough to count, most probable
    first; `mentions` the phrases, per cue list, in order; `sentiment` a number -1..1 per customer
    turn; `n_words` the length of every turn; `decisions` what decides in place of ours, by need.
    """

    conversation: Conversation
    language: str
    customer_turns: tuple[int, ...]
    agent_turns: tuple[int, ...]
    evidence: Mapping[str, Sequence[Evidence]]
    mentions: Mapping[str, Sequence[Mention]]
    sentiment: Mapping[int, float]
    n_words: tuple[int, ...]
    decisions: Mapping[str, "Decision"] = field(default_factory=lambda: _OURS)

    @cached_property
    def firsts(self) -> Mapping[str, Feature]:
        """Return the most telling turn of every label that is there."""
        return {name: Feature(seen[0].probability, seen[0]) for name, seen in self.evidence.items()}

    @cached_property
    def early(self) -> Mapping[str, Feature]:
        """Return the most telling of the customer's first turns, of every label they have."""
        return self._firsts_of(self.customer_turns[:EDGE])

    @cached_property
    def late(self) -> Mapping[str, Feature]:
        """Return the most telling of the customer's last turns, of every label they have."""
        return self._firsts_of(self.customer_turns[-EDGE:])

    def _firsts_of(self, turns: Collection[int]) -> Mapping[str, Feature]:
        found: dict[str, Feature] = {}
        for name, ranked in self.evidence.items():
            for seen in ranked:
                if seen.turn in turns:
                    found[name] = Feature(seen.probability, seen)
                    break
        return found

    def ranked(self, label: str, within: Collection[int] | None = None) -> Sequence[Evidence]:
        """Return the turns with the label, most probable first; only turns `within`, if given."""
        found = self.evidence.get(label, ())
        if within is None or not found:
            return found
        return [seen for seen in found if seen.turn in within]

    def best(self, label: str) -> float:
        """Return the highest probability of the label in any turn, 0 when there is none."""
        found = self.evidence.get(label)
        return found[0].probability if found else 0.0

    def shown(self, label: str, party: Party) -> list[Evidence]:
        """Return the turns in which the label counts as shown, in order."""
        found = self.evidence.get(label)
        if not found or found[0].probability < (least := threshold(party, label)):
            return []
        return sorted((seen for seen in found if seen.probability >= least), key=_turn)


def read(
    conversations: Sequence[Conversation],
    language: str,
    *,
    scorer: Scorer = score,
    decisions: Mapping[str, "Decision"] | None = None,
) -> list[Reading]:
    """Return the readings of conversations that are all in one language."""
    gathered = [Gathered() for _ in conversations]
    said = [tuple(enumerate(conversation.turns)) for conversation in conversations]
    gather(gathered, said, language, scorer)
    return [
        reading_of(conversation, language, found, decisions)
        for conversation, found in zip(conversations, gathered, strict=True)
    ]


class Gathered:
    """What is found in one conversation while it is gathered; `is_ranked` until it grows."""

    __slots__ = ("evidence", "is_ranked", "mentions", "sentiment", "turns")

    def __init__(self) -> None:
        self.turns: dict[Party, list[int]] = {"customer": [], "agent": []}
        self.evidence: dict[str, list[Evidence]] = {}
        self.is_ranked = True
        self.mentions: dict[str, list[Mention]] = {}
        self.sentiment: dict[int, float] = {}


def gather(
    gathered: Sequence[Gathered],
    said: Sequence[Sequence[tuple[int, Turn]]],
    language: str,
    scorer: Scorer = score,
) -> None:
    """Add what was said, numbered turns of each conversation, to what was found in each so far."""
    for party in ("customer", "agent"):
        turns = [
            (number, turn, words.text)
            for number, some in enumerate(said)
            for turn, words in some
            if words.role == party
        ]
        places = [(number, turn) for number, turn, _ in turns]
        scored = scorer([text for _, _, text in turns], language, party)
        for number, turn in places:
            gathered[number].turns[party].append(turn)
        _gather_evidence(gathered, places, scored)
        _gather_mentions(gathered, places, scored, party)
        if party == "customer":
            for (number, turn), value in zip(places, _sentiment(scored).tolist(), strict=True):
                gathered[number].sentiment[turn] = value


def _gather_evidence(
    gathered: Sequence[Gathered], places: Sequence[_Place], scored: Scored
) -> None:
    """Add the evidence of every label to its conversation, the most probable first."""
    floors = [_CRISIS_FLOOR if label.startswith("crisis") else FLOOR for label in scored.labels]
    rows, columns = np.nonzero(scored.probability >= np.array(floors, dtype=np.float32))
    if not len(rows):
        return
    numbers, turns = np.array(places, dtype=np.int64)[rows].T
    chances = scored.probability[rows, columns]
    order = np.lexsort((turns, -chances, columns, numbers))
    groups = numbers * len(scored.labels) + columns
    edges = np.flatnonzero(np.diff(groups[order], prepend=-1))
    starts, ends = np.array(scored.spans, dtype=np.int64)[scored.shown_by[rows, columns]].T
    found = [column[order].tolist() for column in (chances, turns, starts, ends)]
    made = list(map(_as_evidence, zip(*found, strict=True)))
    first = order[edges]
    begins: list[int] = [*edges.tolist(), len(made)]
    spots: list[tuple[int, int]] = np.stack((numbers[first], columns[first]), axis=1).tolist()
    for (number, column), begin, end in zip(spots, begins, begins[1:], strict=False):
        one, label = gathered[number], scored.labels[column]
        if label in one.evidence:
            one.evidence[label] += made[begin:end]
            one.is_ranked = False
        else:
            one.evidence[label] = made[begin:end]


def _gather_mentions(
    gathered: Sequence[Gathered], places: Sequence[_Place], scored: Scored, party: Party
) -> None:
    labels = columns_of_cues(scored.labels)
    for hit in scored.hits:
        if hit.cue not in labels:
            number, turn = places[hit.row]
            mention = Mention(turn, hit.is_strong, hit.start, hit.end)
            gathered[number].mentions.setdefault(f"{party}.{hit.cue}", []).append(mention)


def _sentiment(scored: Scored) -> Probabilities:
    """Return, per text, the chance of a good feeling minus the chance of a bad one."""

    def any_of(labels: tuple[str, ...]) -> Probabilities:
        columns = [scored.labels.index(label) for label in labels]
        return np.asarray(1 - np.prod(1 - scored.probability[:, columns], axis=1))

    return np.round(any_of(_POSITIVE) - any_of(_NEGATIVE), 3)


def reading_of(
    conversation: Conversation,
    language: str,
    found: Gathered,
    decisions: Mapping[str, "Decision"] | None = None,
) -> Reading:
    """Return what was found in a conversation; in one order, however it was gathered."""
    return Reading(
        conversation=conversation,
        language=language,
        customer_turns=tuple(found.turns["customer"]),
        agent_turns=tuple(found.turns["agent"]),
        evidence={label: _ranked(found, label) for label in sorted(found.evidence)},
        mentions=found.mentions,
        sentiment=found.sentiment,
        n_words=tuple(turn.text.count(" ") + 1 for turn in conversation.turns),
        decisions=decisions or _OURS,
    )


def _ranked(found: Gathered, label: str) -> Sequence[Evidence]:
    seen = found.evidence[label]
    return seen[:] if found.is_ranked else sorted(seen, key=_rank)


def _rank(seen: Evidence) -> tuple[float, int]:
    return (-seen.probability, seen.turn)


def _turn(seen: Evidence) -> int:
    return seen.turn
