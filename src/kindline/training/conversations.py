"""The conversation-level models, fitted to readings made by heads that never saw the story."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from kindline.ingest.plain import conversation_from
from kindline.signals import (
    abuse,
    companionship,
    crisis,
    emotions,
    felt_heard,
    loyalty,
    reason,
    service,
    support,
)
from kindline.text.cues import matcher
from kindline.text.decision import NOTHING, Features
from kindline.text.fold import fold_batch
from kindline.text.heads import Party
from kindline.text.reading import Reading, read
from kindline.text.scoring import Scored, heeding_plain_crisis, in_text
from kindline.text.sentences import split
from kindline.training.corpus import LABELS
from kindline.training.scores import calibration_error
from kindline.training.turns import HeldOut

N_FOLDS = 5
_PRECISION = 0.9
_LEAST_RECALL = 0.5  # a threshold that finds fewer is not worth its precision
_CRISIS_RECALL = 0.95  # of the held-out stories with crisis are to be found ...
_MOST_FALSE_ALARMS = 0.05  # ... unless it takes more false alarms than this among the others
_MOST_ABSTAINED = 0.15
_RIGHTLY_NAMED = 2 / 3  # of the states named in held-out stories; below that we abstain
_SPREAD_OF_LANGUAGES = 0.5  # of log-odds, how far languages may lie apart; our choice
_STEPS = 10  # of Newton's method; it stands still after five
_STRENGTH = 10.0
_STRENGTH_OF_CHOICES = 3.0
Floats = npt.NDArray[np.float64]
Judged = Mapping[str, Any]

DECISIONS: Mapping[str, tuple[Callable[[Reading], Features], Callable[[Judged], bool]]] = {
    "service": (service.features, lambda judged: judged["service_problem"]),
    "companionship": (companionship.features, lambda judged: judged["company"] != "no"),
    "support": (support.features, lambda judged: judged["support"]),
    "crisis": (crisis.features, lambda judged: judged["crisis"] != "none"),
    "abuse": (abuse.features, lambda judged: judged["abuse"]),
}
CHOICES: Mapping[str, tuple[Callable[[Reading], Features], str]] = {
    "arrival": (emotions.arrival_features, "arrival"),
    "departure": (emotions.departure_features, "departure"),
    "felt_heard": (felt_heard.features, "felt_heard"),
    "loyalty": (loyalty.features, "loyalty"),
    "reason": (reason.features, "reason"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A conversation as read, and what its author says of it."""

    reading: Reading
    judged: Judged
    situation: str


def stories(
    labelled: Sequence[Mapping[str, Any]],
    language: str,
    turns: Mapping[Party, HeldOut],
    calibration: Mapping[Party, Mapping[str, Mapping[str, float]]],
) -> list[Story]:
    """Return training conversations, read with held-out heads."""
    plain = [
        {key: value for key, value in item.items() if key not in ("labels", "evidence")}
        for item in labelled
    ]
    conversations = [conversation_from(item, source="corpus", record=item["id"]) for item in plain]
    readings = read(conversations, language, scorer=held_out_scorer(turns, calibration))
    return [
        Story(reading=reading, judged=item["labels"], situation=item["situation"])
        for reading, item in zip(readings, labelled, strict=True)
    ]


def held_out_scorer(
    turns: Mapping[Party, HeldOut],
    calibration: Mapping[Party, Mapping[str, Mapping[str, float]]],
) -> Callable[[Sequence[str], str, Party], Scored]:
    """Return a scorer that knows only the held-out turns, by their text."""
    known = {
        party: {example.text: row for row, example in enumerate(part.examples)}
        for party, part in turns.items()
    }

    def scorer(texts: Sequence[str], language: str, party: Party) -> Scored:
        rows = [known[party][text] for text in texts]
        probability = probabilities(turns[party], calibration[party], party)[rows]
        cut = split(texts)
        hits = [in_text(hit, cut) for hit in matcher(language).hits(fold_batch(cut.said))]
        shown_by = np.repeat(cut.firsts[:, None], len(LABELS[party]), axis=1)
        return Scored(LABELS[party], probability.astype(np.float32), shown_by, cut.spans, hits)

    return scorer


def probabilities(
    part: HeldOut, calibration: Mapping[str, Mapping[str, float]], party: Party
) -> Floats:
    """Return the calibrated probability of every label in every held-out turn."""
    names = ("head", "strong", "weak", "bias")
    head, strong, weak, bias = (
        np.array([calibration[label][name] for label in LABELS[party]]) for name in names
    )
    log_odds = part.log_odds * head + part.strong * strong + part.weak * weak + bias
    probability = 1 / (1 + np.exp(-log_odds))
    return np.asarray(heeding_plain_crisis(probability, part.strong, LABELS[party]))


def fit_decisions(told: Sequence[Story]) -> dict[str, dict[str, Any]]:
    """Return the yes-or-no models with their abstention bands."""
    fitted = {}
    for name, (features, is_so) in DECISIONS.items():
        columns, rows = _rows(features, told)
        truth = np.array([bool(is_so(story.judged)) for story in told])
        model = LogisticRegression(C=_STRENGTH)
        if name == "crisis":
            rows = _speaking_for(model, rows, truth)
        odds = _log_odds(_held_out(model, rows, truth, told)[:, 1])
        languages = np.array([story.reading.language for story in told])
        shifts = {code: _shift(odds, truth, languages == code) for code in np.unique(languages)}
        held = 1 / (1 + np.exp(-odds - np.array([shifts[code] for code in languages])))
        model.fit(rows, truth)
        absent_below, present_from = _band(name, held, truth)
        fitted[name] = {
            "bases": {
                str(code): round(float(model.intercept_[0] + shift), 4)
                for code, shift in shifts.items()
            },
            "weights": {
                c: round(float(w), 4) for c, w in zip(columns, model.coef_[0], strict=True)
            },
            "absent_below": round(absent_below, 4),
            "present_from": round(present_from, 4),
            "held_out": {
                "n": len(truth),
                "n_true": int(truth.sum()),
                "auc": round(float(roc_auc_score(truth, held)), 4),
                "recall": round(float((held[truth] >= present_from).mean()), 4),
                "false_alarms": round(float((held[~truth] >= present_from).mean()), 4),
                "calibration_error": {
                    str(code): _rounded(
                        calibration_error(truth[languages == code], held[languages == code])
                    )
                    for code in shifts
                },
            },
        }
    return fitted


def _log_odds(probability: Floats) -> Floats:
    sure = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(sure / (1 - sure)))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _shift(odds: Floats, truth: npt.NDArray[np.bool_], own: npt.NDArray[np.bool_]) -> float:
    """Return what to add to the log-odds of a language so that on the whole they are right."""
    shift = 0.0
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-odds[own] - shift))
        slope = float((truth[own] - chance).sum()) - shift / _SPREAD_OF_LANGUAGES**2
        bend = float((chance * (1 - chance)).sum()) + 1 / _SPREAD_OF_LANGUAGES**2
        shift += slope / bend
    return shift


def fit_choices(told: Sequence[Story]) -> dict[str, dict[str, Any]]:
    """Return the one-of-several models."""
    fitted = {}
    for name, (features, key) in CHOICES.items():
        columns, rows = _rows(features, told)
        truth = np.array([story.judged[key] for story in told])
        model = LogisticRegression(
            C=_STRENGTH_OF_CHOICES, class_weight=_weights_of(truth), max_iter=3000
        )
        chance, named = _named_apart(model, rows, truth, told)
        model.fit(rows, truth)
        states = [str(state) for state in model.classes_]
        fitted[name] = {
            "base": {s: round(float(b), 4) for s, b in zip(states, model.intercept_, strict=True)},
            "weights": {
                state: {c: round(float(w), 4) for c, w in zip(columns, weights, strict=True)}
                for state, weights in zip(states, model.coef_, strict=True)
            },
            "least": round(_least(chance, named == truth), 4),
            "held_out": _how_right(named, truth),
        }
    return fitted


def _weights_of(truth: npt.NDArray[np.str_]) -> dict[str, float]:
    """Return a weight per state: half way between as common as they are and all alike."""
    states, n = np.unique(truth, return_counts=True)
    weights = np.sqrt(len(truth) / len(states) / n)
    return dict(zip(states.tolist(), weights.tolist(), strict=True))


def _rows(
    features: Callable[[Reading], Features], told: Iterable[Story]
) -> tuple[list[str], Floats]:
    found = [features(story.reading) for story in told]
    columns = sorted({column for row in found for column in row})
    return columns, np.array(
        [[row.get(column, NOTHING).value for column in columns] for row in found]
    )


def _held_out(
    model: LogisticRegression, rows: Floats, truth: npt.NDArray[Any], told: Sequence[Story]
) -> Floats:
    groups = [story.situation for story in told]
    folds = GroupKFold(n_splits=N_FOLDS)
    held: Floats = cross_val_predict(
        model, rows, truth, groups=groups, cv=folds, method="predict_proba"
    )
    return held


def _speaking_for(model: LogisticRegression, rows: Floats, truth: npt.NDArray[np.bool_]) -> Floats:
    """Return the rows without what would speak against a cue: by chance, and at a price."""
    against = model.fit(rows, truth).coef_[0] < 0
    return _speaking_for(model, np.where(against, 0.0, rows), truth) if against.any() else rows


def _named_apart(
    model: LogisticRegression, rows: Floats, truth: npt.NDArray[np.str_], told: Sequence[Story]
) -> tuple[Floats, npt.NDArray[np.str_]]:
    """Return the best state of every story, and its probability, by models that never saw it."""
    chance, named = np.zeros(len(truth)), truth.copy()
    groups = [story.situation for story in told]
    for seen, held in GroupKFold(n_splits=N_FOLDS).split(rows, truth, groups):
        chances = model.fit(rows[seen], truth[seen]).predict_proba(rows[held])
        chance[held] = chances.max(axis=1)
        named[held] = model.classes_[chances.argmax(axis=1)]
    return chance, named


def _least(chance: Floats, is_right: npt.NDArray[np.bool_]) -> float:
    """Return the lowest probability from which the named state is right often enough."""
    right = [at for at in np.unique(chance) if is_right[chance >= at].mean() >= _RIGHTLY_NAMED]
    return float(min(right, default=1.0))


def _how_right(named: npt.NDArray[np.str_], truth: npt.NDArray[np.str_]) -> dict[str, float]:
    """Return how often the best state is right: over all stories, and as the mean over states."""
    by_state = [float((named[truth == state] == state).mean()) for state in np.unique(truth)]
    return {
        "n": len(truth),
        "accuracy": round(float((named == truth).mean()), 4),
        "balanced": round(float(np.mean(by_state)), 4),
    }


def _band(name: str, held: Floats, truth: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Return below which probability a need is absent, and from which it is present."""
    if name == "crisis":
        recalled = float(np.quantile(held[truth], 1 - _CRISIS_RECALL, method="lower"))
        least = max(recalled, float(np.quantile(held[~truth], 1 - _MOST_FALSE_ALARMS)))
        return least, least
    present_from = _precise_from(held, truth)
    sure = np.sort(held[held < present_from])
    n_abstained = min(int(_MOST_ABSTAINED * len(held)), len(sure) // 2)
    absent_below = float(sure[-n_abstained]) if n_abstained else present_from
    return min(present_from, max(absent_below, present_from / 2)), present_from


def _precise_from(held: Floats, truth: npt.NDArray[np.bool_]) -> float:
    """Return the threshold best for yes and no among precise ones, else the most precise one."""
    precise = [
        threshold
        for threshold in np.unique(held)
        if truth[held >= threshold].mean() >= _PRECISION
        and (held[truth] >= threshold).mean() >= _LEAST_RECALL
    ]
    if precise:
        return float(max(precise, key=lambda at: _both_f1(held >= at, truth)))
    found = [at for at in np.unique(held) if (held[truth] >= at).mean() >= _LEAST_RECALL]
    return float(max(found, key=lambda at: truth[held >= at].mean()))


def _both_f1(found: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    """Return the mean F1 of yes and no, so that a common yes does not swallow every no."""
    return (_f1(found, truth) + _f1(~found, ~truth)) / 2


def _f1(found: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    return float(2 * (found & truth).sum() / max(1, found.sum() + truth.sum()))
