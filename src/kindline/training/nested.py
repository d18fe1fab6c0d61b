"""
Nested cross-validation: how right are needs and states on stories that nothing saw?

Every fold of situations is judged by models whose weights, thresholds and calibration by language
come from the other folds alone, over turns scored by heads that never saw the story either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kindline.metrics.share import share
from kindline.model.analysis import BEHAVIOURS, EMOTIONS
from kindline.model.estimate import Estimate
from kindline.text.decision import Choice, Decision, choice_of, decision_of
from kindline.text.heads import Party
from kindline.text.verdicts import two_best
from kindline.training.conversations import (
    CHOICES,
    DECISIONS,
    Story,
    fit_choices,
    fit_decisions,
    probabilities,
)
from kindline.training.corpus import LABELS
from kindline.training.scores import METHOD, Judged, Rows, macro_f1, resampled, score_of
from kindline.training.turns import N_FOLDS, HeldOut, calibrate, fold_of

_OF_PARTY: Mapping[Party, tuple[str, ...]] = {"customer": EMOTIONS, "agent": BEHAVIOURS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What models that never saw a story said of it: need -> probability and state."""

    story: Story
    probability: Mapping[str, float]
    state: Mapping[str, str]


def told_apart(every: Sequence[Story]) -> list[Told]:
    """Return every story as written, judged by models fitted to the other folds."""
    told: list[Told] = []
    for fold in range(N_FOLDS):
        outside = [story for story in every if fold_of(story.situation) != fold]
        decisions = {name: decision_of(one) for name, one in fit_decisions(outside).items()}
        choices = {name: choice_of(one) for name, one in fit_choices(outside).items()}
        told += [
            _told(story, decisions, choices)
            for story in every
            if not story.is_long and fold_of(story.situation) == fold
        ]
    return told


def _told(story: Story, decisions: Mapping[str, Decision], choices: Mapping[str, Choice]) -> Told:
    reading = story.reading
    probability = {
        name: decision.probabilities(
            decision.weighed([DECISIONS[name][0](reading)]), reading.language
        )[0]
        for name, decision in decisions.items()
    }
    needs = {name: str(decisions[name].state(at)) for name, at in probability.items()}
    named = {
        name: two_best(one, one.values([CHOICES[name][0](reading)]))[0][0][0]
        for name, one in choices.items()
    }
    return Told(story=story, probability=probability, state=needs | named)


def of_decisions(told: Sequence[Told]) -> dict[str, dict[str, Any]]:
    """Return, per need: n, AUC, F1, recall, precision, false alarms, calibration, abstention."""
    return {name: _of_decision(name, told) for name in DECISIONS}


def _of_decision(name: str, told: Sequence[Told]) -> dict[str, Any]:
    is_so = DECISIONS[name][1]
    truth = np.array([bool(is_so(one.story.judged)) for one in told])
    states = np.array([one.state[name] for one in told])
    found = states == "present"
    score = score_of(
        name,
        Judged(
            truth=truth,
            probability=np.array([one.probability[name] for one in told]),
            is_found=found,
            stories=tuple(one.story.situation for one in told),
        ),
    )
    return {
        "n": score.n,
        "n_true": score.n_true,
        "auc": _shown(score.auc),
        "f1": _shown(score.f1),
        "recall": _shown(_share(found[truth])),
        "precision": _shown(_share(truth[found])),
        "false_alarms": _shown(_share(found[~truth])),
        "unsure": _shown(_share(states == "unsure")),
        "calibration_error": score.calibration_error,
    }


def of_choices(told: Sequence[Told]) -> dict[str, list[float | None]]:
    """Return, per state that is one of several, the mean recall over the states."""
    stories = tuple(one.story.situation for one in told)
    method = f"mean recall over states, {METHOD}"
    results = {}
    for name, (_, key) in CHOICES.items():
        truth = np.array([one.story.judged[key] for one in told])
        is_right = truth == np.array([one.state[name] for one in told])

        def mean(rows: Rows, truth: Any = truth, is_right: Any = is_right) -> float:
            there = np.unique(truth[rows])
            return float(np.mean([is_right[rows][truth[rows] == one].mean() for one in there]))

        results[name] = _shown(resampled(stories, mean, method))
    return results


def of_turns(parts: Mapping[str, HeldOut], party: Party) -> dict[str, list[float | None]]:
    """Return, per language, the macro-F1 of emotions or behaviours over our own turns."""
    judged: dict[str, dict[str, list[Any]]] = {language: {} for language in parts}
    for fold in range(N_FOLDS):
        outside = [_of_fold(part, fold, inside=False) for part in parts.values()]
        calibration = calibrate(outside, party)
        for language, part in parts.items():
            inside = _of_fold(part, fold, inside=True)
            chance = probabilities(inside, calibration, party)
            for label in _OF_PARTY[party]:
                at = chance[:, LABELS[party].index(label)]
                judged[language].setdefault(label, []).extend(
                    (example, float(p), bool(p >= calibration[label]["present"]))
                    for example, p in zip(inside.examples, at, strict=True)
                )
    return {
        language: _shown(macro_f1([_judged(label, rows) for label, rows in heads.items()]))
        for language, heads in judged.items()
    }


def _judged(label: str, rows: Sequence[tuple[Any, float, bool]]) -> Judged:
    return Judged(
        truth=np.array([example.labels.get(label, False) for example, _, _ in rows]),
        probability=np.array([p for _, p, _ in rows]),
        is_found=np.array([found for _, _, found in rows]),
        stories=tuple(example.story for example, _, _ in rows),
    )


def _of_fold(part: HeldOut, fold: int, *, inside: bool) -> HeldOut:
    rows = [n for n, one in enumerate(part.examples) if (fold_of(one.story) == fold) == inside]
    return HeldOut(
        examples=tuple(part.examples[n] for n in rows),
        centre=part.centre,
        spread=part.spread,
        log_odds=part.log_odds[rows],
        strong=part.strong[rows],
        weak=part.weak[rows],
    )


def _share(flags: npt.NDArray[np.bool_]) -> Estimate:
    return share("present" if flag else "absent" for flag in flags)


def _shown(estimate: Estimate) -> list[float | None]:
    """Return value, low and high, as they are stored."""
    told = asdict(estimate)
    return [None if told[k] is None else round(told[k], 4) for k in ("value", "low", "high")]
