"""
From a handful of named features of a conversation to one probability, readably.

Every model here is linear: the log-odds are a base plus one term per feature, so a probability
comes apart into its findings. The numbers live in `weights/conversations.json`, written by
`training/build.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import json
import math
from typing import Any

from kindline.model.analysis import Label, Presence
from kindline.model.finding import Finding
from kindline.text.reading import Evidence, Reading

Features = Mapping[str, float]
Places = Mapping[str, Evidence | None]  # None: the feature is structure, not words


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Yes, no, or not sure. Between `absent_below` and `present_from` it abstains."""

    base: float
    weights: Mapping[str, float]
    absent_below: float
    present_from: float

    def probability(self, features: Features) -> float:
        """Return the calibrated probability."""
        log_odds = self.base + sum(self.weights[name] * value for name, value in features.items())
        return _logistic(log_odds)

    def state(self, probability: float) -> Presence:
        """Return present, absent or unsure."""
        if probability >= self.present_from:
            return "present"
        return "absent" if probability < self.absent_below else "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several states. Below `least` probability for the best of them it abstains."""

    base: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]
    least: float

    def best(self, features: Features) -> tuple[str, float]:
        """Return the most probable state and its probability."""
        scores = {
            state: base + sum(self.weights[state][name] * value for name, value in features.items())
            for state, base in self.base.items()
        }
        top = max(scores.values())
        powers = {state: math.exp(score - top) for state, score in scores.items()}
        state = max(powers, key=powers.__getitem__)
        return state, powers[state] / sum(powers.values())


def label(signal: str, reading: Reading, features: Features, places: Places) -> Label:
    """Return the decision of that name on these features, with the findings behind it."""
    model = decision(signal)
    probability = model.probability(features)
    found = tuple(findings(signal, model.weights, reading, features, places))
    speaking_for = tuple(finding for finding in found if finding.weight > 0)
    state = model.state(probability)
    if state == "present" and not speaking_for:
        state = "unsure"
    return Label(
        state=state,
        probability=round(probability, 4),
        reasons=tuple(name for name in features if features[name] and model.weights[name] > 0),
        findings=found,
    )


def findings(
    signal: str, weights: Mapping[str, float], reading: Reading, features: Features, places: Places
) -> Iterator[Finding]:
    """Return one finding per feature that moved the log-odds, the strongest first."""
    moved = [(name, weights[name] * value) for name, value in features.items()]
    for name, weight in sorted(moved, key=lambda item: -abs(item[1])):
        if round(weight, 3):
            yield finding(f"{signal}.{name}", weight, reading, places.get(name), features[name])


def finding(
    signal: str, weight: float, reading: Reading, place: Evidence | None, value: float
) -> Finding:
    """Return a finding in the words at `place`, or in the structure where there is no place."""
    if place is None or place.start == place.end:
        return Finding(signal=signal, weight=round(weight, 3), value=round(value, 4))
    text = reading.conversation.turns[place.turn].text
    return Finding(
        signal=signal,
        weight=round(weight, 3),
        turn=place.turn,
        start=place.start,
        end=place.end,
        quote=text[place.start : place.end],
    )


@cache
def decision(name: str) -> Decision:
    """Return a trained yes-or-no model."""
    stored = conversation_file()["decisions"][name]
    return Decision(
        base=stored["base"],
        weights=stored["weights"],
        absent_below=stored["absent_below"],
        present_from=stored["present_from"],
    )


@cache
def choice(name: str) -> Choice:
    """Return a trained one-of-several model."""
    stored = conversation_file()["choices"][name]
    return Choice(base=stored["base"], weights=stored["weights"], least=stored["least"])


@cache
def conversation_file() -> Mapping[str, Any]:
    """Return what training wrote about conversations: models, thresholds, version."""
    raw = files("kindline.text").joinpath("weights", "conversations.json").read_text("utf-8")
    content: Mapping[str, Any] = json.loads(raw)
    return content


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
