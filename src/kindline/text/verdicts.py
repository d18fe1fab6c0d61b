"""
Features of many conversations to labels and states, at once, with what speaks for each.

What every feature adds to the log-odds is one array, a row a conversation; the rest is read off it.
All readings of a call are in one language, as `text.reading.read` makes them.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import compress
import math
from typing import Any, cast

import numpy as np

from kindline.model.analysis import Findings, Label
from kindline.model.conversation import Turn
from kindline.model.finding import Finding
from kindline.text.decision import (
    Choice,
    Decision,
    Features,
    Floats,
    choice,
    decision_for,
    logistic,
)
from kindline.text.reading import Feature, Reading

SHAKY = "shaky_words"  # a reason: the recogniser was not sure of what the label rests on
SURE_WORDS = 0.6  # mean confidence of a quote; below it about half the words are wrong
_MOST_FINDINGS = 4  # of a choice; a decision shows all of its own, so that it adds up
_SEEN = 0.0005  # a weight that rounds to 0.000 is no finding


def labels(signal: str, readings: Sequence[Reading], features: Sequence[Features]) -> list[Label]:
    """Return the decision of that name on each of these features, with the findings behind it."""
    if not readings:
        return []
    model = decision_for(signal, readings[0])
    weights = model.weighed(features)
    chances = model.probabilities(weights, readings[0].language)
    every = findings(signal, tuple(features[0]), weights, readings, features)
    speaking = [tuple(compress(features[0], row)) for row in (weights > 0).tolist()]
    return list(map(partial(_label, model), chances, every, speaking))


def _label(model: Decision, probability: float, found: Findings, reasons: tuple[str, ...]) -> Label:
    state, probability = model.state(probability), round(probability, 4)
    if state != "present":
        return Label(state=state, probability=probability, reasons=reasons, findings=found)
    if not speak_for(found):
        return Label(state="unsure", probability=probability, reasons=reasons, findings=found)
    if model.state(_without_shaky(probability, found)) != "present":
        state, reasons = "unsure", (*reasons, SHAKY)
    return Label(state=state, probability=probability, reasons=reasons, findings=found)


def is_shaky(finding: Finding) -> bool:
    """Return whether a recogniser was not sure of the words that a finding quotes."""
    return finding.confidence is not None and finding.confidence < SURE_WORDS


def _without_shaky(probability: float, found: Findings) -> float:
    """Return the probability if words the recogniser was not sure of had not spoken for it."""
    weight = sum(finding.weight for finding in found if finding.weight > 0 and is_shaky(finding))
    if not weight:
        return probability
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return logistic(math.log(bounded / (1 - bounded)) - weight)


def speak_for(found: Findings) -> bool:
    """Return whether anything was found for a label; what speaks against another is no evidence."""
    return any(finding.weight > 0 for finding in found)


def named(
    signal: str, readings: Sequence[Reading], features: Sequence[Features]
) -> list[tuple[str | None, Findings]]:
    """Return the state a choice names, None where it abstains, and the strongest findings."""
    return [
        (best if speak_for(found) and probability >= choice(signal).least else None, found)
        for (best, probability), _, found in ranked(signal, readings, features)
    ]


Ranked = tuple[tuple[str, float], tuple[str, float], Findings]


def ranked(signal: str, readings: Sequence[Reading], features: Sequence[Features]) -> list[Ranked]:
    """Return the two most probable states of a choice, and what speaks for the first of them."""
    if not readings:
        return []
    model = choice(signal)
    values = model.values(features)
    two = two_best(model, values)
    first = [model.states.index(best) for (best, _), _ in two]
    weights = values * model.table.T[first]
    every = findings(signal, model.names, weights, readings, features, most=_MOST_FINDINGS)
    return [(best, second, found) for (best, second), found in zip(two, every, strict=True)]


def two_best(model: Choice, values: Floats) -> list[tuple[tuple[str, float], tuple[str, float]]]:
    """Return the two most probable states of a choice for each row, with their probabilities."""
    chances = model.probabilities(values)
    order = np.argsort(-chances, axis=1, kind="stable")[:, :2]
    found = np.take_along_axis(chances, order, axis=1).tolist()
    return [
        ((model.states[one], chance), (model.states[other], less))
        for (one, other), (chance, less) in zip(order.tolist(), found, strict=True)
    ]


def findings(
    signal: str,
    names: Sequence[str],
    weights: Floats,
    readings: Sequence[Reading],
    features: Sequence[Features],
    *,
    most: int | None = None,
) -> list[Findings]:
    """Return one finding per feature that moved the log-odds, the strongest first."""
    size = np.abs(weights)
    order = np.argsort(-size, axis=1, kind="stable")[:, :most]
    places: list[list[int]] = order.tolist()
    rounded: list[list[float]] = np.round(np.take_along_axis(weights, order, axis=1), 3).tolist()
    n_moved: list[int] = (size >= _SEEN).sum(axis=1).tolist()
    signals = [f"{signal}.{name}" for name in names]
    return [
        tuple(
            [
                _finding(signals[column], weight, reading, own[names[column]])
                for column, weight in zip(columns[:n], told, strict=False)
            ]
        )
        for reading, own, columns, told, n in zip(
            readings, features, places, rounded, n_moved, strict=True
        )
    ]


def finding(signal: str, weight: float, reading: Reading, feature: Feature) -> Finding:
    """Return a finding in the words at the feature's place, or in the structure without one."""
    return _finding(signal, round(weight, 3), reading, feature)


def _finding(signal: str, weight: float, reading: Reading, feature: Feature) -> Finding:
    value, place = feature
    if place is None or place.start == place.end:
        return _made((signal, weight, None, None, None, None, round(value, 4), None))
    _, number, start, end = place
    turn = reading.conversation.turns[number]
    sure = _heard(turn, start, end) if turn.words else None
    return _made((signal, weight, number, start, end, turn.text[start:end], None, sure))


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
