"""
From a handful of named features of a conversation to one probability, readably.

Every model here is linear: the log-odds are a base plus one term per feature, so a probability
comes apart into its findings. The numbers live in `weights/conversations.json`, written by
`training/build.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import json
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from kindline.model.analysis import Presence
from kindline.text.reading import NOTHING, Feature, Reading

_SURE = 30.0  # log-odds beyond which nothing is surer
Features = Mapping[str, Feature]
Floats = npt.NDArray[np.float64]


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

    def weighed(self, features: Sequence[Features]) -> Floats:
        """
        Return what each feature adds to the log-odds: one row a conversation, one column a feature.

        All have the same features, in one order.
        """
        values = np.array([[value for value, _ in one.values()] for one in features])
        return np.asarray(values * np.array([self.weights[name] for name in features[0]]))

    def probabilities(self, weighed: Floats, language: str) -> list[float]:
        """Return the calibrated probability of every row."""
        odds = self.bases[language] + weighed.sum(axis=1)
        chances: list[float] = (1 / (1 + np.exp(-odds.clip(-_SURE, _SURE)))).tolist()
        return chances

    def state(self, probability: float) -> Presence:
        """Return present, absent or unsure."""
        if probability >= self.present_from:
            return "present"
        return "absent" if probability < self.absent_below else "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """
    One of several states. Below `least` probability for the best of them it abstains.

    `table` holds the weights: one row a feature, one column a state; `rows` the rows by name.
    """

    states: tuple[str, ...]
    base: Floats
    names: tuple[str, ...]
    rows: Mapping[str, int]
    table: Floats
    least: float

    def values(self, features: Sequence[Features]) -> Floats:
        """Return one row a conversation, one column a feature; others say nothing."""
        width, rows = len(self.names), self.rows
        known = [
            (begin + rows[name], told[0])
            for begin, one in zip(range(0, len(features) * width, width), features, strict=True)
            for name, told in one.items()
            if name in rows
        ]
        values = np.zeros(len(features) * width)
        if known:
            places, said = zip(*known, strict=True)
            values[list(places)] = said
        return values.reshape(len(features), width)

    def probabilities(self, values: Floats) -> Floats:
        """Return one row a conversation, one column a state."""
        odds = self.base + values @ self.table
        parts = np.exp(odds - odds.max(axis=1, keepdims=True))
        return np.asarray(parts / parts.sum(axis=1, keepdims=True))


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
        names=tuple(names),
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


def logistic(log_odds: float) -> float:
    """Return the probability that log-odds stand for."""
    return 1 / (1 + math.exp(-max(-_SURE, min(_SURE, log_odds))))
