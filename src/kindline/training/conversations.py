"""The conversation-level models, fitted to readings made by heads that never saw the story."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

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
from kindline.text.decision import Features
from kindline.text.fold import fold_batch
from kindline.text.heads import Party
from kindline.text.reading import NOTHING, Reading, read
from kindline.text.scoring import Scored, heeding_plain_crisis, in_text
from kindline.text.sentences import split
from kindline.training.corpus import LABELS
from kindline.training.scores import calibration_error
from kindline.training.turns import HeldOut, fold_of

_PARTNERS = 2  # plain contacts that a story is told among, so that long ones are known too
_LONG = 0.3  # weight of a story told so; of 0, .3 and 1 the best of both (docs/measured.md)
_PRECISION = 0.9
_LEAST_RECALL = 0.5  # a threshold that finds fewer is not worth its precision
_CRISIS_RECALL = 0.95  # of the held-out stories with crisis are to be found ...
_MOST_FALSE_ALARMS = 0.05  # ... unless it takes more false alarms than this among the others
_MOST_ABSTAINED = 0.15
_RIGHTLY_NAMED = 2 / 3  # of the states named in held-out stories; below that we abstain
_SPREAD_OF_LANGUAGES = 0.5  # of log-odds, how far languages may lie apart; our choice
_STEPS = 10  # of Newton's method; it stands still after five
_STRENGTH = 10.0
_STRENGTH_OF_CHOICES = 1.0
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
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
    is_long: bool = False


def stories(
    labelled: Sequence[Mapping[str, Any]],
    language: str,
    turns: Mapping[Party, HeldOut],
    calibration: Mapping[Party, Mapping[str, Mapping[str, float]]],
    *,
    is_long: bool = False,
) -> list[Story]:
    """Return training conversations, read with held-out heads."""
    plain = [
        {key: value for key, value in item.items() if key not in ("labels", "evidence")}
        for item in labelled
    ]
    conversations = [conversation_from(item, source="corpus", record=item["id"]) for item in plain]
    readings = read(conversations, language, scorer=held_out_scorer(turns, calibration))
    return [
        Story(reading=reading, judged=item["labels"], situation=item["situation"], is_long=is_long)
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


def lengthened(labelled: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    Return every story once more, told among plain matters of the same language and fold.

    Our stories are short. In a long contact there are more turns for the most telling one to be
    found in by chance; what a need is must not depend on that.
    """
    plain = [item for item in labelled if _is_plain(item["labels"])]
    return [_among(item, plain) for item in labelled]


def _is_plain(judged: Judged) -> bool:
    has_need = judged["company"] != "no" or judged["support"] or judged["crisis"] != "none"
    return bool(judged["service_problem"]) and not has_need and not judged["abuse"]


def _among(item: Mapping[str, Any], plain: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    fold = fold_of(item["situation"])
    others = [one for one in plain if one is not item and fold_of(one["situation"]) == fold]
    chance = int(hashlib.sha256(item["id"].encode()).hexdigest(), 16)
    told = [others[(chance + n) % len(others)]["turns"] for n in range(min(_PARTNERS, len(others)))]
    told.insert(chance % (len(told) + 1), item["turns"])
    judged = {**item["labels"], "service_problem": True}
    return {**item, "turns": [turn for turns in told for turn in turns], "labels": judged}


def fit_decisions(every: Sequence[Story]) -> dict[str, dict[str, Any]]:
    """Return the yes-or-no models with their abstention bands."""
    as_written = [story for story in every if not story.is_long]
    return {  # a long contact always has a matter: nothing to learn about service from those
        name: _fit_decision(name, as_written if name == "service" else every) for name in DECISIONS
    }


def _fit_decision(name: str, told: Sequence[Story]) -> dict[str, Any]:
    features, is_so = DECISIONS[name]
    columns, rows = _rows(features, told)
    truth = np.array([bool(is_so(story.judged)) for story in told])
    weight = np.array([_LONG if story.is_long else 1.0 for story in told])
    model = LogisticRegression(C=_STRENGTH, max_iter=1000)
    if name == "crisis":
        rows = _speaking_for(model, rows, truth, weight)
    odds = np.zeros(len(truth))
    for seen, held in _folds(told):
        model.fit(rows[seen], truth[seen], sample_weight=weight[seen])
        odds[held] = model.decision_function(rows[held])
    shifts = _shifts(odds, truth, told)
    moved = np.array([shifts[story.reading.language] for story in told])
    chance = 1 / (1 + np.exp(-odds - moved))
    own = np.array([not story.is_long for story in told])
    absent_below, present_from = _band(name, chance[own], truth[own])
    model.fit(rows, truth, sample_weight=weight)
    base = float(model.intercept_[0])
    return {
        "bases": {code: round(base + shift, 4) for code, shift in shifts.items()},
        "weights": {c: round(float(w), 4) for c, w in zip(columns, model.coef_[0], strict=True)},
        "absent_below": round(absent_below, 4),
        "present_from": round(present_from, 4),
        "held_out": _held_out(chance, truth, told, present_from),
    }


def _folds(told: Sequence[Story]) -> Iterator[tuple[Rows, Rows]]:
    """Return, per fold, the numbers of the stories outside and inside it."""
    folds = np.array([fold_of(story.situation) for story in told])
    for fold in np.unique(folds):
        yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)


def _held_out(
    chance: Floats, truth: npt.NDArray[np.bool_], told: Sequence[Story], present_from: float
) -> dict[str, Any]:
    """Return how right the held-out judgements are, of stories as written and of long ones."""
    own = np.array([not story.is_long for story in told])
    plain = np.array([_is_plain(story.judged) for story in told])
    languages = np.array([story.reading.language for story in told])
    found = chance >= present_from
    return {
        "n": int(own.sum()),
        "n_true": int(truth[own].sum()),
        "auc": _auc(truth[own], chance[own]),
        "auc_among_plain_matters": _auc(truth[~own], chance[~own]),
        "recall": _share(found[own & truth]),
        "false_alarms": _share(found[own & ~truth]),
        "false_alarms_in_plain_service": _share(found[own & ~truth & plain]),
        "calibration_error": {
            str(code): _rounded(calibration_error(truth[one], chance[one]))
            for code in np.unique(languages)
            for one in (own & (languages == code),)
        },
    }


def _auc(truth: npt.NDArray[np.bool_], chance: Floats) -> float | None:
    return _rounded(roc_auc_score(truth, chance)) if truth.any() and not truth.all() else None


def _share(found: npt.NDArray[np.bool_]) -> float | None:
    return _rounded(found.mean()) if len(found) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _shifts(odds: Floats, truth: npt.NDArray[np.bool_], told: Sequence[Story]) -> dict[str, float]:
    """Return, per language, what to add to the log-odds so that on the whole they are right."""
    languages = np.array([story.reading.language for story in told])
    return {str(code): _shift(odds, truth, languages == code) for code in np.unique(languages)}


def _shift(odds: Floats, truth: npt.NDArray[np.bool_], own: npt.NDArray[np.bool_]) -> float:
    """Return the shift of one language, held towards 0 where its stories are few."""
    shift = 0.0
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-odds[own] - shift))
        slope = float((truth[own] - chance).sum()) - shift / _SPREAD_OF_LANGUAGES**2
        bend = float((chance * (1 - chance)).sum()) + 1 / _SPREAD_OF_LANGUAGES**2
        shift += slope / bend
    return shift


def fit_choices(told: Sequence[Story]) -> dict[str, dict[str, Any]]:
    """Return the one-of-several models, fitted to the stories as written."""
    fitted = {}
    told = [story for story in told if not story.is_long]
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


def _speaking_for(
    model: LogisticRegression, rows: Floats, truth: npt.NDArray[np.bool_], weight: Floats
) -> Floats:
    """Return the rows without what would speak against a cue: by chance, and at a price."""
    against = model.fit(rows, truth, sample_weight=weight).coef_[0] < 0
    kept = np.where(against, 0.0, rows)
    return _speaking_for(model, kept, truth, weight) if against.any() else rows


def _named_apart(
    model: LogisticRegression, rows: Floats, truth: npt.NDArray[np.str_], told: Sequence[Story]
) -> tuple[Floats, npt.NDArray[np.str_]]:
    """Return the best state of every story, and its probability, by models that never saw it."""
    chance, named = np.zeros(len(truth)), truth.copy()
    for seen, held in _folds(told):
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
    found = [at for at in np.unique(held) if (held[truth] >= at).mean() >= _LEAST_RECALL]
    if precise := [at for at in found if truth[held >= at].mean() >= _PRECISION]:
        return float(max(precise, key=lambda at: _both_f1(held >= at, truth)))
    return float(max(found, key=lambda at: truth[held >= at].mean()))


def _both_f1(found: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    """Return the mean F1 of yes and no, so that a common yes does not swallow every no."""
    return (_f1(found, truth) + _f1(~found, ~truth)) / 2


def _f1(found: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    return float(2 * (found & truth).sum() / max(1, found.sum() + truth.sum()))
