"""
From a handful of named features of a conversation to one probability, readably.

Every model here is linear: the log-odds are a base plus one term per feature, so a probability
comes apart into its findings. The numbers live in `weights/conversations.json`, written by
`training/build.py`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
import json
import math
from operator import itemgetter
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from kindline.model.analysis import Findings, Label, Presence
from kindline.model.conversation import Turn
from kindline.model.finding import Finding
from kindline.text.reading import NOTHING, Feature, Reading

_MOST_FINDINGS = 4  # of a choice; a decision shows all of its own, so that it adds up
SHAKY = "shaky_words"  # a reason: the recogniser was not sure of what the label rests on
SURE_WORDS = 0.6  # mean confidence of a quote; below it about half the words are wrong
_strength = itemgetter(0)
_SEEN = 0.0005  # a weight that rounds to 0.000 is no finding
Features = Mapping[str, Feature]


def first(reading: Reading, label: str) -> Feature:
    """Return the probability of the most probable turn, with its place; 0 without one."""
    return reading.firsts.get(label, NOTHING)


def second(reading: Reading, label: str) -> Feature:
    """Return the probability of the second most probable turn, with its place; 0 without one."""
    found = reading.evidence.get(label, ())
    return Feature(found[1].probability, found[1]) if len(found) > 1 else NOTHING


def at_the_start(reading: Reading, label: str) -> Feature:
    """Return the probability of the most telling of the customer's first turns, with its place."""
    return reading.early.get(label, NOTHING)


def strongest(found: Features, labels: Collection[str], prefix: str = "") -> Features:
    """Return the most telling turn of every one of these labels that was found."""
    return {prefix + name: feature for name, feature in found.items() if name in labels}


def overall(reading: Reading, label: str) -> Feature:
    """Return how much of the customer's talk has the label: the mean probability of a turn."""
    found = reading.evidence.get(label)
    if not found:
        return NOTHING
    told = sum([seen.probability for seen in found])
    return Feature(told / max(1, len(reading.customer_turns)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    Yes, no, or not sure. Between `absent_below` and `present_from` it abstains.

    `bases` holds, per language, what the log-odds are without any feature: that is how a decision
    is calibrated for each.
    """

    bases: Mapping[str, float]
    weights: Mapping[str, float]
    absent_below: float
    present_from: float

    def probability(self, features: Features, language: str) -> float:
        """Return the calibrated probability."""
        log_odds = self.bases[language]
        for name, (value, _) in features.items():
            if value:
                log_odds += self.weights[name] * value
        return _logistic(log_odds)

    def state(self, probability: float) -> Presence:
        """Return present, absent or unsure."""
        if probability >= self.present_from:
            return "present"
        return "absent" if probability < self.absent_below else "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """
    One of several states. Below `least` probability for the best of them it abstains.

    `weights` are kept by state, and once more as a table: one row a feature, one column a state.
    """

    states: tuple[str, ...]
    base: npt.NDArray[np.float64]
    weights: Mapping[str, Mapping[str, float]]
    rows: Mapping[str, int]
    table: npt.NDArray[np.float64]
    least: float

    def best(self, features: Features) -> tuple[str, float]:
        """Return the most probable state and its probability."""
        return self.ranked(features)[0]

    def ranked(self, features: Features) -> list[tuple[str, float]]:
        """Return all states with their probabilities, the most probable first."""
        scores = self._scores(features)
        top = max(scores)
        parts = [math.exp(score - top) for score in scores]
        whole = sum(parts)
        every = [(state, part / whole) for state, part in zip(self.states, parts, strict=True)]
        return sorted(every, key=_less_probable)

    def _scores(self, features: Features) -> list[float]:
        """Return the log-odds of every state; features it does not know say nothing."""
        known = [
            (row, feature[0])
            for name, feature in features.items()
            if feature[0] and (row := self.rows.get(name)) is not None
        ]
        if not known:
            return list(self.base)
        rows, values = zip(*known, strict=True)
        scores: list[float] = (self.base + np.array(values) @ self.table.take(rows, 0)).tolist()
        return scores


def label(signal: str, reading: Reading, features: Features) -> Label:
    """Return the decision of that name on these features, with the findings behind it."""
    model = decision_for(signal, reading)
    probability = model.probability(features, reading.language)
    found = findings(signal, model.weights, reading, features)
    state = model.state(probability)
    is_shaky = state == "present" and model.state(_without_shaky(probability, found)) != "present"
    if state == "present" and (is_shaky or not speak_for(found)):
        state = "unsure"
    reasons = [
        name for name, feature in features.items() if feature.value and model.weights[name] > 0
    ]
    return Label(
        state=state,
        probability=round(probability, 4),
        reasons=(*reasons, *([SHAKY] if is_shaky else [])),
        findings=found,
    )


def is_shaky(finding: Finding) -> bool:
    """Return whether a recogniser was not sure of the words that a finding quotes."""
    return finding.confidence is not None and finding.confidence < SURE_WORDS


def _without_shaky(probability: float, found: Findings) -> float:
    """Return the probability if words the recogniser was not sure of had not spoken for it."""
    weight = sum(finding.weight for finding in found if finding.weight > 0 and is_shaky(finding))
    if not weight:
        return probability
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return _logistic(math.log(bounded / (1 - bounded)) - weight)


def named(signal: str, reading: Reading, features: Features) -> tuple[str | None, Findings]:
    """Return the state that a choice names, None where it abstains, and the strongest findings."""
    model = choice(signal)
    state, probability = model.best(features)
    found = explained(signal, model, state, reading, features)
    return (state if speak_for(found) and probability >= model.least else None), found


def speak_for(found: Findings) -> bool:
    """Return whether anything was found for a label; what speaks against another is no evidence."""
    return any(finding.weight > 0 for finding in found)


def explained(
    signal: str, model: Choice, state: str, reading: Reading, features: Features
) -> Findings:
    """Return the strongest findings for and against a state."""
    return findings(signal, model.weights[state], reading, features, most=_MOST_FINDINGS)


def findings(
    signal: str,
    weights: Mapping[str, float],
    reading: Reading,
    features: Features,
    *,
    most: int | None = None,
) -> Findings:
    """Return one finding per feature that moved the log-odds, the strongest first."""
    moved = [
        (abs(weight), name, weight, feature)
        for name, feature in features.items()
        if feature[0] and not -_SEEN < (weight := weights.get(name, 0.0) * feature[0]) < _SEEN
    ]
    moved.sort(key=_strength, reverse=True)
    return tuple(
        [
            finding(f"{signal}.{name}", weight, reading, feature)
            for _, name, weight, feature in moved[:most]
        ]
    )


def finding(signal: str, weight: float, reading: Reading, feature: Feature) -> Finding:
    """Return a finding in the words at the feature's place, or in the structure without one."""
    value, place = feature
    if place is None or place.start == place.end:
        return _made((signal, round(weight, 3), None, None, None, None, round(value, 4), None))
    _, number, start, end = place
    turn = reading.conversation.turns[number]
    sure = _heard(turn, start, end) if turn.words else None
    return _made((signal, round(weight, 3), number, start, end, turn.text[start:end], None, sure))


# as `Finding._make`, in half the time: fifty are made a conversation
_made: Callable[[Iterable[Any]], Finding] = partial(cast(Any, tuple).__new__, Finding)


def _heard(turn: Turn, start: int, end: int) -> float | None:
    """Return the mean confidence of the words in a span, None where the recogniser gives none."""
    sure = [
        word.confidence
        for word in turn.words
        if word.confidence is not None and word.start < end and word.end > start
    ]
    return round(sum(sure) / len(sure), 3) if sure else None


def decision_for(name: str, reading: Reading) -> Decision:
    """Return the model that decides here: what the centre learnt, else ours."""
    return reading.decisions.get(name) or decision(name)


@cache
def decision(name: str) -> Decision:
    """Return our yes-or-no model."""
    return decision_of(conversation_file()["decisions"][name])


def decision_of(stored: Mapping[str, Any]) -> Decision:
    """Return a yes-or-no model from what training wrote of it."""
    return Decision(
        bases=stored["bases"],
        weights=stored["weights"],
        absent_below=stored["absent_below"],
        present_from=stored["present_from"],
    )


@cache
def choice(name: str) -> Choice:
    """Return a trained one-of-several model."""
    return choice_of(conversation_file()["choices"][name])


def choice_of(stored: Mapping[str, Any]) -> Choice:
    """Return a one-of-several model from what training wrote of it."""
    weights: Mapping[str, Mapping[str, float]] = stored["weights"]
    states = tuple(weights)
    names = sorted({name for row in weights.values() for name in row})
    return Choice(
        states=states,
        base=np.array([stored["base"][state] for state in states]),
        weights=weights,
        rows={name: row for row, name in enumerate(names)},
        table=np.array([[weights[state][name] for state in states] for name in names]),
        least=stored["least"],
    )


@cache
def conversation_file() -> Mapping[str, Any]:
    """Return what training wrote about conversations: models, thresholds, version."""
    raw = files("kindline.text").joinpath("weights", "conversations.json").read_text("utf-8")
    content: Mapping[str, Any] = json.loads(raw)
    return content


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _less_probable(ranked: tuple[str, float]) -> float:
    return -ranked[1]
